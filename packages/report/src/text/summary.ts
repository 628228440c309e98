import type { Snapshot, SnapshotData } from '@tracemalloc/core';
import { knownMeasure, type Measure, type Metric } from '@tracemalloc/core/metric';
import { sum } from '../model/rank.ts';
import { type Cell, layOut } from './columns.ts';
import { painter } from './paint.ts';
import { plain } from './plain.ts';
import type { TextOptions } from './text-options.ts';
import { formatBytes, formatCount, formatPercent, percentOf } from './units.ts';

/** Memray's `-s`: 1 and 2 are `total`, 3 and 4 `own`, 5 is `count`. */
export type SummarySort = 'total' | 'own' | 'count';

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
  readonly metric: Metric;
  readonly sortBy: SummarySort;
  readonly total: { readonly size: number; readonly count: number };
  readonly rows: readonly SummaryRow[];
  /** Functions that are not listed. */
  readonly others: number;
};

export type SummaryRow = {
  /** `''` = unknown. */
  readonly functionName: string;
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
export function summary({ data }: Snapshot, options: SummaryOptions = {}): SummaryReport {
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
export function formatSummary(report: SummaryReport, text: TextOptions): string {
  const { sortBy, total, rows, others } = report;
  const { share, faint } = painter(text.color);
  const header = (name: string, key: SummarySort): string => (key === sortBy ? `<${name}>` : name);
  const right = (title: string) => ({ header: title, align: 'right' }) as const;
  const columns = [
    { header: 'Location', align: 'left', flexible: 'middle' } as const,
    right(header('Total Memory', 'total')),
    { ...right('Total Memory %'), expendable: 2 },
    { ...right(header('Own Memory', 'own')), expendable: sortBy === 'count' ? 3 : 4 },
    { ...right('Own Memory %'), expendable: 1 },
    { ...right(header('Allocation Count', 'count')), expendable: sortBy === 'count' ? 4 : 3 },
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
  const { rows, ofFrame } = functionsOf(data);
  const { sites, tracebacks } = data;
  /** The site that a function was counted for last, so that recursion counts once. */
  const countedFor = new Int32Array(rows.length).fill(-1);
  for (let site = 0; site < sites.length; site++) {
    const traceback = sites.traceback[site]!;
    const from = tracebacks.offset[traceback]!;
    const end = tracebacks.offset[traceback + 1]!;
    for (let i = from; i < end; i++) {
      const index = ofFrame[tracebacks.frame[i]!]!;
      const row = rows[index]!;
      if (i === from) row.ownSize += size[site]!;
      if (countedFor[index] === site) continue;
      countedFor[index] = site;
      row.totalSize += size[site]!;
      row.count += count[site]!;
    }
  }
  return rows;
}

/** The functions, and which of them each frame is in. */
function functionsOf({ frames, strings }: SnapshotData): {
  rows: MutableRow[];
  ofFrame: Int32Array;
} {
  const rows: MutableRow[] = [];
  const known = new Map<string, number>();
  const ofFrame = new Int32Array(frames.length);
  for (let frame = 0; frame < frames.length; frame++) {
    const name = frames.functionName[frame]!;
    const lineno = name === 0 ? frames.line[frame]! : 0;
    const key = `${frames.file[frame]} ${name} ${lineno}`;
    const row = known.get(key) ?? rows.length;
    ofFrame[frame] = row;
    if (row < rows.length) continue;
    known.set(key, row);
    rows.push({
      functionName: strings[name]!,
      filename: strings[frames.file[frame]!]!,
      lineno,
      totalSize: 0,
      ownSize: 0,
      count: 0,
    });
  }
  return { rows, ofFrame };
}
