import type { Snapshot, SnapshotData } from '@tracemalloc/core';
import {
  FrameCursor,
  functionTable,
  knownMeasure,
  type Measure,
  type Metric,
  sum,
} from '@tracemalloc/core/analysis';
import { type Cell, type Column, layOut } from './columns.ts';
import { painter } from './paint.ts';
import { plain } from './plain.ts';
import { reportOf, type SomeText, textOptions } from './text-options.ts';
import { formatBytes, formatCount, formatPercent, percentOf } from './units.ts';

/** Memray's `-s`: 1 and 2 are `total`, 3 and 4 `own`, 5 is `count`. */
export type SummarySort = 'total' | 'own' | 'count';

/** Which functions {@link summaryReport} lists, and in what order. */
export type SummaryOptions = {
  /** Default: live. */
  readonly metric?: Metric;
  /** Biggest first by it; default: total. */
  readonly sortBy?: SummarySort;
  /** Functions to list; default: all. */
  readonly limit?: number;
};

/**
 * Memory by function, as `memray summary` has it. A function is told by its name and file; where
 * its name is not known (CPython's snapshots), a line takes its place. Sizes in bytes.
 */
export type SummaryReport = {
  /** What was counted. */
  readonly metric: Metric;
  /** The column that rows are ordered by. */
  readonly sortBy: SummarySort;
  /** Of all functions, those that are not shown too. */
  readonly total: { readonly size: number; readonly count: number };
  /** A function each. */
  readonly rows: readonly SummaryRow[];
  /** Functions that are not listed. */
  readonly others: number;
};

/** A function of {@link summaryReport}: what it allocated itself, and what its callees did. */
export type SummaryRow = {
  /** `''` = unknown. */
  readonly functionName: string;
  /** The function's file. */
  readonly filename: string;
  /** Of the line, where the function's name is unknown; else 0. */
  readonly lineno: number;
  /** Bytes allocated in the function or in what it called; recursion counts once. */
  readonly totalSize: number;
  /** Bytes allocated by the function's own lines. */
  readonly ownSize: number;
  /** Blocks of `totalSize`. */
  readonly count: number;
};

/**
 * Cost: O(sites × frames).
 *
 * @throws RangeError for an unknown metric or sortBy; TracemallocError for a metric that the
 * snapshot lacks.
 */
export function summaryReport({ data }: Snapshot, options: SummaryOptions = {}): SummaryReport {
  const { metric = 'live', sortBy = 'total', limit = Number.POSITIVE_INFINITY } = options;
  if (!['total', 'own', 'count'].includes(sortBy)) {
    throw new RangeError(`sortBy must be total, own or count; got ${JSON.stringify(sortBy)}`);
  }
  const sites = knownMeasure(data, metric);
  const all = functionRows(data, sites).filter(({ count }) => count !== 0);
  const key = ({ total: 'totalSize', own: 'ownSize', count: 'count' } as const)[sortBy];
  all.sort((a, b) => b[key] - a[key] || b.totalSize - a.totalSize);
  return {
    metric,
    sortBy,
    total: { size: sum(sites.size), count: sum(sites.count) },
    rows: all.slice(0, limit),
    others: Math.max(0, all.length - limit),
  };
}

/** A table with memray's columns and colours; the column that is sorted by is in `<>`. */
export function formatSummary(
  given: SummaryReport | Snapshot,
  options: SomeText & SummaryOptions = {},
): string {
  const report = reportOf(given, (snapshot) => summaryReport(snapshot, options));
  const text = textOptions(options);
  const { sortBy, total, rows, others } = report;
  const { share, faint } = painter(text.color);
  const header = (name: string, key: SummarySort): string => (key === sortBy ? `<${name}>` : name);
  const figures = (header: string): Column => ({ header, isFigure: true });
  const columns: Column[] = [
    { header: 'Location', flexible: 'middle' },
    figures(header('Total Memory', 'total')),
    { ...figures('Total Memory %'), expendable: 2 },
    { ...figures(header('Own Memory', 'own')), expendable: sortBy === 'count' ? 3 : 4 },
    { ...figures('Own Memory %'), expendable: 1 },
    { ...figures(header('Allocation Count', 'count')), expendable: sortBy === 'count' ? 4 : 3 },
  ];
  const cells = rows.map((row): Cell[] => {
    const totalPercent = percentOf(row.totalSize, total.size);
    const ownPercent = percentOf(row.ownSize, total.size);
    const countPercent = percentOf(row.count, total.count);
    const painted = (percent: number, label: string): Cell => {
      return { text: label, paint: share(percent) };
    };
    return [
      summaryLabel(row),
      painted(totalPercent, formatBytes(row.totalSize, text.units)),
      painted(totalPercent, formatPercent(totalPercent)),
      painted(ownPercent, formatBytes(row.ownSize, text.units)),
      painted(ownPercent, formatPercent(ownPercent)),
      painted(countPercent, formatCount(row.count)),
    ];
  });
  const rest = others === 0 ? '' : `${faint(`… and ${others} more`)}\n`;
  return layOut(columns, cells, text.width) + rest;
}

function summaryLabel({ functionName, filename, lineno }: SummaryRow): string {
  if (functionName !== '') return `${plain(functionName)} at ${plain(filename)}`;
  return filename === '<unknown>' && lineno === 0 ? '???' : `${plain(filename)}:${lineno}`;
}

type MutableRow = { -readonly [Field in keyof SummaryRow]: SummaryRow[Field] };

function functionRows(data: SnapshotData, { size, count }: Measure): SummaryRow[] {
  const functions = functionTable(data);
  const rows = Array.from({ length: functions.length }, (_, row): MutableRow => {
    return {
      functionName: data.strings[functions.name[row]!]!,
      filename: data.strings[functions.file[row]!]!,
      lineno: functions.line[row]!,
      totalSize: 0,
      ownSize: 0,
      count: 0,
    };
  });
  const cursor = new FrameCursor(data);
  /** The site that a function was counted for last, so that recursion counts once. */
  const countedFor = new Int32Array(rows.length).fill(-1);
  for (let site = 0; site < data.sites.length; site++) {
    cursor.moveTo(data.sites.traceback[site]!);
    for (let i = 0; i < cursor.length; i++) {
      const index = functions.ofFrame[cursor.at(i)]!;
      const row = rows[index]!;
      if (i === 0) row.ownSize += size[site]!;
      if (countedFor[index] === site) continue;
      countedFor[index] = site;
      row.totalSize += size[site]!;
      row.count += count[site]!;
    }
  }
  return rows;
}
