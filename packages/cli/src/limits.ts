import { formatSize, type GroupKey, type Snapshot } from '@tracemalloc/core';
import { knownMeasure, type Metric } from '@tracemalloc/core/analysis';
import type { Tolerance } from './sizes.ts';

export type Limits = {
  readonly metric: Metric;
  /** Every group is checked by itself; undefined: the total is. */
  readonly key: GroupKey | undefined;
  /** Bytes; undefined: no such limit. */
  readonly limit: number | undefined;
  readonly tolerance: Tolerance;
};

/** What is checked. All in bytes. */
type Subject = {
  /** `total`, or the group: a line, a file, a type. */
  readonly name: string;
  readonly size: number;
  /** Null without a baseline. */
  readonly baseline: number | null;
};

/** Something that has more memory than it may have. */
type Excess = Subject & { readonly allowed: number };

export type CheckReport = {
  readonly metric: Metric;
  readonly key: GroupKey | 'total';
  /** Bytes of everything. */
  readonly total: number;
  readonly exceeded: readonly Excess[];
  /** The lines that grew most, when the total did; else none. */
  readonly growth: readonly { readonly name: string; readonly sizeDiff: number }[];
};

/**
 * Compares a snapshot with a limit, with a baseline, or with both.
 * @throws TracemallocError when a snapshot does not know the metric.
 */
export function checkLimits(now: Snapshot, base: Snapshot | null, limits: Limits): CheckReport {
  const { metric, key } = limits;
  const total = totalOf(now, metric);
  const totals = { name: 'total', size: total, baseline: base && totalOf(base, metric) };
  const exceeded = (key === undefined ? [totals] : groupsOf(now, base, key, metric))
    .map((subject) => ({ ...subject, allowed: allowedOf(subject.baseline, limits) }))
    .filter(({ size, allowed }) => size > allowed)
    .sort((a, b) => b.size - b.allowed - (a.size - a.allowed));
  const grew = exceeded.length > 0 && key === undefined && base !== null;
  const growth = grew ? growthOf(now, base, metric) : [];
  return { metric, key: key ?? 'total', total, exceeded, growth };
}

export function formatCheck(report: CheckReport, shown: number): string {
  const { metric, exceeded, growth, total } = report;
  if (exceeded.length === 0) {
    return `${metric} memory is within what is allowed: ${formatSize(total)}\n`;
  }
  const lines = [`${metric} memory exceeds what is allowed:`];
  for (const { name, size, allowed, baseline } of exceeded.slice(0, shown)) {
    const was = baseline === null ? '' : `, was ${formatSize(baseline)}`;
    lines.push(
      `  ${name}: ${formatSize(size)}, allowed ${formatSize(allowed)} (${formatSize(size - allowed, true)})${was}`,
    );
  }
  if (exceeded.length > shown) lines.push(`  and ${exceeded.length - shown} more`);
  if (growth.length > 0) lines.push('Where it grew most:');
  for (const { name, sizeDiff } of growth.slice(0, shown)) {
    lines.push(`  ${name}: ${formatSize(sizeDiff, true)}`);
  }
  return `${lines.join('\n')}\n`;
}

function allowedOf(baseline: number | null, { limit = Infinity, tolerance }: Limits): number {
  if (baseline === null) return limit;
  const more = 'part' in tolerance ? baseline * tolerance.part : tolerance.bytes;
  return Math.min(limit, Math.floor(baseline + more));
}

function totalOf({ data }: Snapshot, metric: Metric): number {
  return knownMeasure(data, metric).size.reduce((sum, size) => sum + size, 0);
}

function groupsOf(now: Snapshot, base: Snapshot | null, key: GroupKey, metric: Metric): Subject[] {
  if (base === null) {
    const groups = now.statistics(key, { metric });
    return groups.map(({ label, size }) => ({ name: label, size, baseline: null }));
  }
  return now
    .compareTo(base, key, { metric })
    .map(({ label, size, sizeDiff }) => ({ name: label, size, baseline: size - sizeDiff }));
}

function growthOf(
  now: Snapshot,
  base: Snapshot,
  metric: Metric,
): { name: string; sizeDiff: number }[] {
  return now
    .compareTo(base, 'lineno', { metric })
    .filter(({ sizeDiff }) => sizeDiff > 0)
    .map(({ label, sizeDiff }) => ({ name: label, sizeDiff }));
}
