import { Filter, type GetLine, type Snapshot } from '@tracemalloc/core';
import type { Metric } from '@tracemalloc/core/metric';
import { sum } from '../model/rank.ts';
import { plain } from './plain.ts';
import { fixed } from './units.ts';

export type TopLinesOptions = {
  /** Lines to list. */
  readonly limit: number;
  /** Default: live. */
  readonly metric?: Metric;
};

export type TopOptions = TopLinesOptions & { readonly getLine: GetLine };

/** The lines that allocated most, without import machinery and unknown lines. Sizes in bytes. */
export type TopLinesReport = {
  readonly limit: number;
  readonly metric: Metric;
  readonly lines: readonly {
    readonly filename: string;
    readonly lineno: number;
    readonly size: number;
    readonly count: number;
  }[];
  /** Lines that are not listed. */
  readonly other: { readonly lines: number; readonly size: number; readonly count: number };
  readonly total: { readonly size: number; readonly count: number };
};

/**
 * What {@link displayTop} prints, as data.
 *
 * @throws RangeError for an unknown metric; TracemallocError for one that the snapshot lacks.
 */
export function topLines(
  snapshot: Snapshot,
  { limit, metric = 'live' }: TopLinesOptions,
): TopLinesReport {
  const filtered = snapshot.filterTraces([
    new Filter(false, '<frozen importlib._bootstrap>'),
    new Filter(false, '<unknown>'),
  ]);
  const statistics = filtered.statistics('lineno', { metric });
  const listed = statistics.slice(0, limit);
  const others = statistics.slice(limit);
  return {
    limit,
    metric,
    lines: listed.map(({ traceback, size, count }) => {
      const { filename, lineno } = traceback.frames[0]!;
      return { filename, lineno, size, count };
    }),
    other: { lines: others.length, ...totalOf(others) },
    total: totalOf(statistics),
  };
}

/**
 * The lines that allocated most, in the words of the `display_top` example in CPython's
 * documentation. https://docs.python.org/3/library/tracemalloc.html#pretty-top
 *
 * @throws As {@link topLines}.
 */
export function displayTop(snapshot: Snapshot, { getLine, ...options }: TopOptions): string {
  const report = topLines(snapshot, options);
  const text = [`Top ${report.limit} lines`];
  for (const [index, { filename, lineno, size }] of report.lines.entries()) {
    text.push(`#${index + 1}: ${plain(filename)}:${lineno}: ${kibibytes(size)}`);
    const source = plain(getLine(filename, lineno).trim());
    if (source !== '') text.push(`    ${source}`);
  }
  const { other, total } = report;
  if (other.lines > 0) text.push(`${other.lines} other: ${kibibytes(other.size)}`);
  text.push(`Total allocated size: ${kibibytes(total.size)}`);
  return `${text.join('\n')}\n`;
}

function totalOf(statistics: readonly { readonly size: number; readonly count: number }[]): {
  size: number;
  count: number;
} {
  return {
    size: sum(statistics.map(({ size }) => size)),
    count: sum(statistics.map(({ count }) => count)),
  };
}

function kibibytes(size: number): string {
  return `${fixed(size / 1024, 1)} KiB`;
}
