import { isLibraryFile } from '../analysis/library.ts';
import { nowhere, placeAt } from '../analysis/place.ts';
import type { HeapGraph, HeapPath, Holder, Root } from './heap-graph.ts';

/** Where an object was born: the newest line of the program's own, or the newest of all. */
export type Birth = { readonly filename: string; readonly lineno: number };

/** Where an object was born; `null` where nobody saw it. */
export function birthOf({ data, snapshot }: HeapGraph, object: number): Birth | null {
  const site = data.objects.site[object]!;
  return site < 0 ? null : birthAt(snapshot, site);
}

/** Where the blocks of a site were born. */
export function birthAt(snapshot: HeapGraph['snapshot'], site: number): Birth | null {
  const { tracebacks, sites } = snapshot;
  const row = sites.traceback[site]!;
  const first = tracebacks.offset[row]!;
  const end = tracebacks.offset[row + 1]!;
  for (let i = first; i < end; i++) {
    const { filename, lineno } = placeAt(snapshot, tracebacks.frame[i]!);
    if (lineno > 0 && !isLibraryFile(filename)) return { filename, lineno };
  }
  if (first === end) return null;
  const { filename, lineno } = placeAt(snapshot, tracebacks.frame[first]!);
  const isNowhere = filename === nowhere.filename && lineno === nowhere.lineno;
  return isNowhere ? null : { filename, lineno };
}

/** `module cache`, `frame main`, `held by the host`. */
export function rootText({ kind, name }: Root): string {
  return kind === 'host' || kind === 'other' ? name : `${kind} ${name}`;
}

/**
 * How one object holds another, as Python writes it where it can: `pages` (a module's), `dict['/a']`,
 * `Order.items`, `list[3]`, `local x`, `cell x of function`.
 *
 * @param type The holder's type.
 */
export function stepText({ kind, name }: Pick<Holder, 'kind' | 'name'>, type: string): string {
  switch (kind) {
    case 'item':
      return `${type}[${name}]`;
    case 'key':
      return `${type}[${name}]`;
    case 'dict key':
      return `a key of ${type}`;
    case 'attribute':
      return `${type}.${name}`;
    case 'global':
      return String(name);
    case 'local':
      return `local ${name}`;
    case 'cell':
      return `${type}'s variable ${name}`;
    case 'default':
      return `${type}'s default ${name}`;
    case 'class':
      return `${type}'s ${name}`;
    default:
      return `${type}'s ${name}`;
  }
}

/** `module cache → pages → dict['/a']`. */
export function pathText(graph: HeapGraph, { root, steps }: HeapPath): string {
  return [rootText(root), ...steps.map((step) => stepText(step, graph.typeOf(step.holder)))].join(
    ' → ',
  );
}
