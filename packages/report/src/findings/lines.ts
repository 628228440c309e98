import type { SnapshotData } from '@tracemalloc/core';
import {
  type Amount,
  byLine,
  foldFrames,
  type Metric,
  measure,
  metrics,
  type Place,
  sum,
} from '@tracemalloc/core/analysis';

/** The lines of the program with what they keep, libraries' added to the lines that called them. */
export type ProgramLines = {
  /** The snapshot with libraries folded. */
  readonly folded: SnapshotData;
  /** The first metric that has anything: mostly `live`. */
  readonly metric: Metric;
  /** Biggest first. One row a line, whatever its functions. */
  readonly lines: readonly (Place & Amount)[];
  /** Bytes of all of them. */
  readonly total: number;
};

/** Cost: O(sites + frames of distinct tracebacks). */
export function programLines(data: SnapshotData): ProgramLines {
  const metric = firstMetric(data);
  const folded = foldFrames(data, 'mine');
  const lines = linesBy(folded, metric);
  return { folded, metric, lines, total: sum(lines.map(({ size }) => size)) };
}

/** The first metric that has anything: mostly `live`. */
export function firstMetric(data: SnapshotData): Metric {
  return metrics.find((one) => totalOf(data, one) > 0) ?? 'live';
}

/** Sums by line; lines whose functions differ are one, as they are for whoever reads the file. */
export function linesBy(data: SnapshotData, metric: Metric): (Place & Amount)[] {
  const measured = measure(data, metric);
  if (measured === null) return [];
  const merged = new Map<string, Place & { size: number; count: number }>();
  for (const line of byLine(data, measured, 'size')) {
    const key = lineKey(line);
    const known = merged.get(key);
    if (known === undefined) merged.set(key, { ...line });
    else {
      known.size += line.size;
      known.count += line.count;
    }
  }
  return [...merged.values()].sort((a, b) => b.size - a.size || b.count - a.count);
}

/** What tells lines apart. */
export function lineKey({ filename, lineno }: Place): string {
  return `${lineno} ${filename}`;
}

/** Bytes of a metric; 0 where nobody counted it. */
export function totalOf(data: SnapshotData, metric: Metric): number {
  return sum(measure(data, metric)?.size ?? []);
}

/** `live memory`: what a metric counts, in a sentence. */
export const metricWords: Readonly<Record<Metric, string>> = {
  live: 'live memory',
  peak: 'what was live at the peak',
  temporary: 'what was freed at once',
  allocated: 'all that was allocated',
};
