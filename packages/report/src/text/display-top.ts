import { Filter, Snapshot } from '@tracemalloc/core';
import { foldFrames, type Metric, sum } from '@tracemalloc/core/analysis';
import type { Interval } from '@tracemalloc/core/sampling';
import { intervalsOf, intervalText } from './intervals.ts';
import { painter } from './paint.ts';
import { plain } from './plain.ts';
import { reportOf, type SomeText, textOptions, type Units } from './text-options.ts';
import { fixed, formatBytes, percentOf } from './units.ts';

/** Which lines {@link topLinesReport} lists. */
export type TopLinesOptions = {
  /** Lines to list; default 10. */
  readonly limit?: number;
  /** Default: live. */
  readonly metric?: Metric;
  /**
   * Whether lines of libraries are listed, as CPython's example does (default), or what they
   * allocated is added to the lines of the program that called them.
   */
  readonly library?: boolean;
};

/** The lines that allocated most, without import machinery and unknown lines. Sizes in bytes. */
export type TopLinesReport = {
  /** Most lines to show. */
  readonly limit: number;
  /** What lines were ordered by. */
  readonly metric: Metric;
  /** The biggest first. */
  readonly lines: readonly {
    readonly filename: string;
    readonly lineno: number;
    readonly size: number;
    readonly count: number;
    /** Where `size` lies with 95 % confidence; left out where it is exact. */
    readonly interval?: Interval;
  }[];
  /** Lines that are not listed. */
  readonly other: { readonly lines: number; readonly size: number; readonly count: number };
  /** Of all, the lines that are not shown too. */
  readonly total: { readonly size: number; readonly count: number };
};

/**
 * The lines that allocated most, without import machinery and unknown lines.
 *
 * @throws RangeError for an unknown metric; TracemallocError for one that the snapshot lacks.
 */
export function topLinesReport(
  snapshot: Snapshot,
  { limit = 10, metric = 'live', library = true }: TopLinesOptions = {},
): TopLinesReport {
  const seen = library ? snapshot : Snapshot.fromData(foldFrames(snapshot.data, 'mine'));
  const filtered = seen.filterTraces([
    new Filter(false, '<frozen importlib._bootstrap>'),
    new Filter(false, '<unknown>'),
  ]);
  const statistics = filtered.statistics('lineno', { metric });
  const intervals = intervalsOf(filtered, 'lineno', metric);
  const listed = statistics.slice(0, limit);
  const others = statistics.slice(limit);
  return {
    limit,
    metric,
    lines: listed.map(({ traceback, size, count, label }) => {
      const { filename, lineno } = traceback.frames[0]!;
      const interval = intervals?.get(label);
      return { filename, lineno, size, count, ...(interval && { interval }) };
    }),
    other: { lines: others.length, ...totalOf(others) },
    total: totalOf(statistics),
  };
}

/**
 * The words of the `display_top` example in CPython's documentation; sizes in its KiB, or in the
 * units that are asked for. https://docs.python.org/3/library/tracemalloc.html#pretty-top
 */
export function formatTopLines(
  given: Snapshot | TopLinesReport,
  options: SomeText & TopLinesOptions = {},
): string {
  const report = reportOf(given, (snapshot) => topLinesReport(snapshot, options));
  const text = textOptions(options);
  const { getLine = () => '' } = text;
  const { share } = painter(text.color);
  const { lines, other, total } = report;
  const written = [`Top ${report.limit} lines`];
  for (const [index, { filename, lineno, size, interval }] of lines.entries()) {
    const label = share(percentOf(size, total.size))(bytesOf(size, text.units));
    const range = intervalText(interval, text.units);
    written.push(`#${index + 1}: ${plain(filename)}:${lineno}: ${label}${range}`);
    const source = plain(getLine(filename, lineno).trim());
    if (source !== '') written.push(`    ${source}`);
  }
  if (other.lines > 0) written.push(`${other.lines} other: ${bytesOf(other.size, text.units)}`);
  written.push(`Total allocated size: ${bytesOf(total.size, text.units)}`);
  return `${written.join('\n')}\n`;
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

function bytesOf(size: number, units: Units): string {
  return units === 'iec' ? `${fixed(size / 1024, 1)} KiB` : formatBytes(size, units);
}
