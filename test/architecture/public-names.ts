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
  /** Members of a class or of a type that have no such comment. Those of a type on one line need none. */
  readonly silentMembers: readonly string[];
};

type Parsed = Pick<ReturnType<typeof parseSync>, 'module' | 'comments' | 'program'> & {
  readonly text: string;
};

type Declaration = Extract<
  Parsed['program']['body'][number],
  { type: 'ExportNamedDeclaration' }
>['declaration'];
type Type = Extract<Declaration, { type: 'TSTypeAliasDeclaration' }>['typeAnnotation'];
type Member = {
  readonly start: number;
  readonly key: object;
  readonly kind?: string;
  readonly accessibility?: string | null;
  readonly override?: boolean;
};

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
      const found = target ? find(target, local) : declaredAt(file, name, start);
      return found ? [{ ...found, name }] : [];
    }),
  );
}

function find(file: string, name: string): PublicName | undefined {
  return publicNames(file).find((one) => one.name === name);
}

function declaredAt(file: string, name: string, start: number): PublicName {
  const { program, text } = parse(file);
  const statement = program.body.find((one) => one.start === start);
  const declared = statement?.type === 'ExportNamedDeclaration' ? statement.declaration : null;
  const silentMembers = membersOf(declared, text)
    .filter((member) => !has(file, member.start))
    .map((member) => nameOf(member.key));
  return { name, file, isDocumented: has(file, start), silentMembers };
}

function membersOf(declared: Declaration, text: string): readonly Member[] {
  if (declared?.type === 'TSTypeAliasDeclaration') return ofType(declared.typeAnnotation, text);
  if (declared?.type === 'TSInterfaceDeclaration') return declared.body.body.filter(hasKey);
  if (declared?.type !== 'ClassDeclaration') return [];
  return declared.body.body.filter(hasKey).filter(isOfInterest);
}

function ofType(type: Type, text: string): readonly Member[] {
  if (type.type === 'TSUnionType' || type.type === 'TSIntersectionType')
    return type.types.flatMap((one) => ofType(one, text));
  if (type.type !== 'TSTypeLiteral') return [];
  return text.slice(type.start, type.end).includes('\n') ? type.members.filter(hasKey) : [];
}

/** Not what calls, indexes or constructs. */
function hasKey<T extends object>(member: T): member is T & Member {
  return 'key' in member && member.key !== null;
}

/** Not what is private, stands for another declaration, or is a constructor. */
function isOfInterest({ key, kind, accessibility, override }: Member): boolean {
  const isPrivate =
    (key as { type: string }).type === 'PrivateIdentifier' || accessibility === 'private';
  return !isPrivate && kind !== 'constructor' && kind !== 'set' && override !== true;
}

function nameOf(key: object): string {
  const { name, value } = key as { name?: string; value?: unknown };
  return name ?? String(value ?? '[computed]');
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
  const { module, comments, program } = parseSync(file, text);
  const fresh = { module, comments, program, text };
  parsed.set(file, fresh);
  return fresh;
}
