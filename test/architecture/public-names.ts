import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'vite';

/** A name of a door, and where it is declared. */
export type PublicName = {
  readonly name: string;
  readonly file: string;
  /** Whether a comment of the form `/** … *\/` stands before its declaration. */
  readonly isDocumented: boolean;
};

type Parsed = Pick<ReturnType<typeof parseSync>, 'module' | 'comments'> & { readonly text: string };

const parsed = new Map<string, Parsed>();

/** All names that a file exports, followed to where they are declared: in it or in others. */
export function publicNames(file: string): PublicName[] {
  const { module } = parse(file);
  return module.staticExports.flatMap(({ start, entries }) =>
    entries.flatMap((entry) => {
      const target = entry.moduleRequest && resolve(file, entry.moduleRequest.value);
      if (target && entry.importName.kind === 'AllButDefault') return publicNames(target);
      const name = entry.exportName.name ?? 'default';
      const local = entry.importName.name ?? entry.localName.name ?? name;
      const found = target ? find(target, local) : { name, file, isDocumented: has(file, start) };
      return found ? [{ ...found, name }] : [];
    }),
  );
}

function find(file: string, name: string): PublicName | undefined {
  return publicNames(file).find((one) => one.name === name);
}

/** Null for a name of somebody else's package. */
function resolve(file: string, specifier: string): string | null {
  if (specifier.startsWith('.')) return join(dirname(file), specifier);
  if (!specifier.startsWith('@tracemalloc/')) return null;
  return fileURLToPath(import.meta.resolve(specifier));
}

/** Whether the declaration at an offset has a doc comment before it, but for `//` lines. */
function has(file: string, start: number): boolean {
  const { comments, text } = parse(file);
  const last = comments.filter(({ end, type }) => type === 'Block' && end <= start).at(-1);
  if (last === undefined || !last.value.startsWith('*')) return false;
  return /^(?:\s|\/\/.*)*$/.test(text.slice(last.end, start));
}

function parse(file: string): Parsed {
  const known = parsed.get(file);
  if (known !== undefined) return known;
  const text = readFileSync(file, 'utf8');
  const { module, comments } = parseSync(file, text);
  const fresh = { module, comments, text };
  parsed.set(file, fresh);
  return fresh;
}
