import type { Snapshot } from '@tracemalloc/core';
import {
  HeapGraph,
  type RetainedGroup,
  retainedBy,
  retainedTogether,
  selectObjects,
} from '@tracemalloc/core/graph';
import { type SomeText, textOptions } from '../text/text-options.ts';
import { formatBytes, formatCount } from '../text/units.ts';
import { formatGroups } from './retained.ts';

/** Which objects {@link typesReport} is about, and how many types it lists. */
export type TypesOptions = {
  /** As `selectObjects` takes it: `'list & line:app.py:3 - held-by:cache'`. Default: all objects. */
  readonly objects?: string;
  /** Default 10. */
  readonly limit?: number;
};

/** Objects by type. Sizes in bytes. */
export type TypesReport = {
  /** What was asked for; `''` = all objects. */
  readonly objects: string;
  /** How many there are. */
  readonly count: number;
  /** Their own bytes. */
  readonly size: number;
  /** What would be free without all of them. */
  readonly retained: number;
  /** By type's name, what holds most first. */
  readonly types: readonly RetainedGroup[];
};

/**
 * A set of objects by type. Python: guppy's `(heap & hpy().iso(…)).bytype`.
 *
 * @throws SyntaxError for objects that can't be understood; TracemallocError `unsupported` for a
 *   snapshot without a graph.
 */
export function typesReport(snapshot: Snapshot, options: TypesOptions = {}): TypesReport {
  const { objects = '', limit = 10 } = options;
  const graph = new HeapGraph(snapshot);
  const rows =
    objects.trim() === ''
      ? Array.from({ length: graph.length }, (_, row) => row)
      : selectObjects(graph, objects);
  const isMember = new Uint8Array(graph.length);
  for (const row of rows) isMember[row] = 1;
  return {
    objects,
    count: rows.length,
    size: rows.reduce((sum, row) => sum + graph.sizeOf(row), 0),
    retained: retainedTogether(graph.data, isMember),
    types: retainedBy(graph, 'type', limit, isMember),
  };
}

/** A line for all, and a table. */
export function formatTypes(report: TypesReport, options: SomeText = {}): string {
  const text = textOptions(options);
  const { count, size, retained, types } = report;
  const bytes = (value: number): string => formatBytes(value, text.units);
  const all = `${formatCount(count)} ${count === 1 ? 'object' : 'objects'}, ${bytes(size)}; without ${count === 1 ? 'it' : 'them'} ${bytes(retained)} would be free\n`;
  return count === 0 ? all : `${all}\n${formatGroups('Type', types, text)}`;
}
