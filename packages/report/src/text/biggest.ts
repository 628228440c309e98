import { Frame, type Snapshot, Traceback } from '@tracemalloc/core';
import type { Metric } from '@tracemalloc/core/metric';
import { type Place, placeOf } from '../model/place.ts';
import { plain } from './plain.ts';
import type { TextOptions } from './text-options.ts';
import { fixed, formatBytes } from './units.ts';

export type BiggestOptions = {
  /** Tracebacks to show; default 1. */
  readonly limit?: number;
  /** Default: live. */
  readonly metric?: Metric;
};

/** The tracebacks with most memory. Sizes in bytes. */
export type BiggestReport = {
  readonly metric: Metric;
  readonly tracebacks: readonly {
    readonly size: number;
    readonly count: number;
    /** OLDEST FIRST. */
    readonly frames: readonly Place[];
  }[];
  /** Tracebacks that are not listed. */
  readonly others: number;
};

/** @throws RangeError for an unknown metric; TracemallocError for one that the snapshot lacks. */
export function biggest(snapshot: Snapshot, options: BiggestOptions = {}): BiggestReport {
  const { limit = 1, metric = 'live' } = options;
  const statistics = snapshot.statistics('traceback', { metric });
  return {
    metric,
    tracebacks: statistics.slice(0, limit).map(({ traceback, size, count }) => {
      return { size, count, frames: traceback.frames.map(placeOf) };
    }),
    others: Math.max(0, statistics.length - limit),
  };
}

/**
 * In the words of the example "Get the traceback of a memory block" in CPython's documentation.
 * https://docs.python.org/3/library/tracemalloc.html#get-the-traceback-of-a-memory-block
 */
export function formatBiggest(report: BiggestReport, { units, getLine }: TextOptions): string {
  const blocks = report.tracebacks.map(({ size, count, frames }) => {
    const bytes = units === 'iec' ? `${fixed(size / 1024, 1)} KiB` : formatBytes(size, units);
    const traceback = new Traceback(
      frames.map(({ filename, lineno }) => new Frame(filename, lineno)),
    );
    const lines = traceback.format(getLine === undefined ? {} : { getLine });
    return [`${count} memory blocks: ${bytes}`, ...lines.map(plain)].join('\n');
  });
  return blocks.length === 0 ? 'no memory blocks\n' : `${blocks.join('\n\n')}\n`;
}
