import type { GraphData } from '@tracemalloc/core/graph';
import type { NamedColumn, PageColumn } from './page-column.ts';

/** Objects that a page carries at most: a file of some megabytes, and a second for a browser. */
export const maxPageObjects = 300_000;

/** The graph as a page carries it: all columns; its strings stand in the head. */
export function graphColumns({ objects, edges, roots }: GraphData): NamedColumn[] {
  return [
    ['objects.type', objects.type],
    ['objects.size', objects.size],
    ['objects.site', objects.site],
    ['objects.edgeOffset', objects.edgeOffset],
    ['edges.to', edges.to],
    ['edges.kind', edges.kind],
    ['edges.name', edges.name],
    ['roots.object', roots.object],
    ['roots.kind', roots.kind],
    ['roots.name', roots.name],
  ];
}

/** The inverse of {@link graphColumns}. */
export function graphFrom(
  column: <Store extends PageColumn>(name: string) => Store,
  strings: readonly string[],
): GraphData {
  const type = column<Int32Array>('objects.type');
  const to = column<Int32Array>('edges.to');
  const object = column<Int32Array>('roots.object');
  return {
    objects: {
      length: type.length,
      type,
      size: column('objects.size'),
      site: column('objects.site'),
      edgeOffset: column('objects.edgeOffset'),
    },
    edges: { length: to.length, to, kind: column('edges.kind'), name: column('edges.name') },
    roots: {
      length: object.length,
      object,
      kind: column('roots.kind'),
      name: column('roots.name'),
    },
    strings,
  };
}
