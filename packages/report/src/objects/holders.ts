import { type Snapshot, TracemallocError } from '@tracemalloc/core';
import {
  HeapGraph,
  retainedTogether,
  selectObjects,
  type WayStep,
  waysTo,
} from '@tracemalloc/core/graph';
import { plain } from '../text/plain.ts';
import { type SomeText, textOptions } from '../text/text-options.ts';
import { formatBytes, formatCount } from '../text/units.ts';
import { formatSteps, pathOf } from './way-text.ts';

/** Which objects {@link holdersReport} is about, and how many ways it lists. */
export type HoldersOptions = {
  /** As `selectObjects` takes it: `Order`, `app.py:13`, `'list & line:app.py:3 - held-by:cache'`. */
  readonly objects: string;
  /** Ways to list; default 5. */
  readonly limit?: number;
};

/** Why some objects live. Sizes in bytes. */
export type HoldersReport = {
  /** What was asked for. */
  readonly objects: string;
  /** How many there are. */
  readonly count: number;
  /** Their own bytes. */
  readonly size: number;
  /** What would be free without all of them. */
  readonly retained: number;
  /** The shortest ways from roots to them, those that look alike as one, most objects first. */
  readonly ways: readonly HoldersWay[];
  /** Objects that no listed way leads to. */
  readonly others: number;
};

/** Objects that live for the same reason. */
export type HoldersWay = {
  /** How many. */
  readonly count: number;
  /** Their own bytes. */
  readonly size: number;
  /** What would be free without them. */
  readonly retained: number;
  /** `module cache → pages → dict['/a']`. */
  readonly path: string;
  /** Each object on the way, the last one being theirs. */
  readonly steps: readonly WayStep[];
};

/**
 * Why objects live: who holds them, from a root on. Python: objgraph.show_backrefs().
 *
 * @throws SyntaxError for objects that can't be understood; TracemallocError `unsupported` for a
 *   snapshot without a graph, and for one that has none of these objects.
 */
export function holdersReport(snapshot: Snapshot, options: HoldersOptions): HoldersReport {
  const { objects, limit = 5 } = options;
  const graph = new HeapGraph(snapshot);
  const rows = selectObjects(graph, objects);
  if (rows.length === 0) {
    throw new TracemallocError(
      'unsupported',
      `no object of the snapshot's graph is '${objects}': a type, FILE:LINE where it was born, or several with &, | and -`,
      { objects },
    );
  }
  const isMember = new Uint8Array(graph.length);
  for (const row of rows) isMember[row] = 1;
  const ways = waysTo(graph, rows, limit).map(({ count, size, retained, steps }) => {
    return { count, size, retained, path: pathOf(steps), steps };
  });
  return {
    objects,
    count: rows.length,
    size: rows.reduce((sum, row) => sum + graph.sizeOf(row), 0),
    retained: retainedTogether(graph.data, isMember),
    ways,
    others: rows.length - ways.reduce((sum, { count }) => sum + count, 0),
  };
}

/** A paragraph a way: the path, and below it where each object on it was born. */
export function formatHolders(report: HoldersReport, options: SomeText = {}): string {
  const text = textOptions(options);
  const { objects, count, ways, others } = report;
  const bytes = (size: number) => formatBytes(size, text.units);
  const first = `${formatCount(count)} ${count === 1 ? 'object is' : 'objects are'} '${plain(objects)}': ${bytes(report.size)}; without ${count === 1 ? 'it' : 'them'} ${bytes(report.retained)} would be free\n`;
  const paragraphs = ways.map(({ count: held, path, retained, steps }) => {
    const figures = `${formatCount(held)} held by ${path} (${bytes(retained)})`;
    return `\n${formatSteps(figures, steps, text)}`;
  });
  const rest = others === 0 ? '' : `\n… and ${formatCount(others)} more, held in other ways\n`;
  return first + paragraphs.join('') + rest;
}
