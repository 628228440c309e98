import type { Snapshot } from '@tracemalloc/core';
import {
  type Explained,
  explainedIn,
  HeapGraph,
  type RetainedGroup,
  retainedBy,
} from '@tracemalloc/core/graph';
import { type Column, layOut } from '../text/columns.ts';
import { plain } from '../text/plain.ts';
import { type SomeText, type TextOptions, textOptions } from '../text/text-options.ts';
import { formatBytes, formatCount } from '../text/units.ts';

/** How many groups {@link retainedReport} lists. */
export type RetainedOptions = {
  /** Of each kind; default 10. */
  readonly limit?: number;
};

/** What would be free without the objects of a type, of a line, or that a root holds. Sizes in bytes. */
export type RetainedReport = {
  /** Objects in the graph. */
  readonly count: number;
  /** Bytes of all of them. */
  readonly size: number;
  /**
   * Of the objects that were recorded, how many a root is known to reach: of those that the program made
   * itself, and of those that libraries made; `null` where the host can't list what was recorded.
   */
  readonly explained: { readonly own: Explained; readonly library: Explained } | null;
  /** By type's name. */
  readonly types: readonly RetainedGroup[];
  /** By `file:line` of birth. */
  readonly lines: readonly RetainedGroup[];
  /** By root: `module cache`, `frame main`, `held by the host`. */
  readonly roots: readonly RetainedGroup[];
};

/**
 * What holds most memory alive. Python: guppy's `heap().domisize`, by type, by line and by root.
 *
 * @throws TracemallocError `unsupported` for a snapshot without a graph.
 */
export function retainedReport(snapshot: Snapshot, options: RetainedOptions = {}): RetainedReport {
  const { limit = 10 } = options;
  const graph = new HeapGraph(snapshot);
  return {
    count: graph.length,
    size: graph.data.objects.size.reduce((sum, size) => sum + size, 0),
    explained: explainedIn(graph),
    types: retainedBy(graph, 'type', limit),
    lines: retainedBy(graph, 'line', limit),
    roots: retainedBy(graph, 'root', limit),
  };
}

/** Three tables. */
export function formatRetained(report: RetainedReport, options: SomeText = {}): string {
  const text = textOptions(options);
  const table = (header: string, groups: readonly RetainedGroup[]): string =>
    formatGroups(header, groups, text);
  const { count, size, explained } = report;
  const of = ({ recorded, reached }: Explained) =>
    `${formatCount(reached)} of ${formatCount(recorded)}`;
  const share =
    explained === null
      ? ''
      : `Roots that are known reach ${of(explained.own)} objects that the program made and ${of(explained.library)} that libraries made\n`;
  return [
    `${formatCount(count)} objects, ${formatBytes(size, text.units)}\n${share}`,
    table('Type', report.types),
    table('Born at', report.lines),
    table('Held by', report.roots),
  ].join('\n');
}

/** A table of groups, which `header` says what they are. */
export function formatGroups(
  header: string,
  groups: readonly RetainedGroup[],
  text: TextOptions,
): string {
  const figures = (name: string): Column => ({ header: name, isFigure: true });
  const columns: Column[] = [
    figures('Retained'),
    { ...figures('Own'), expendable: 2 },
    { ...figures('Objects'), expendable: 1 },
    { header, flexible: 'middle' },
  ];
  const cells = groups.map(({ name, count, size, retained }) => [
    formatBytes(retained, text.units),
    formatBytes(size, text.units),
    formatCount(count),
    plain(name || '<unknown>'),
  ]);
  return layOut(columns, cells, text.width);
}
