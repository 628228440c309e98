import { type GroupKey, Snapshot, type SnapshotData } from '@tracemalloc/core';
import {
  allocatorsOf,
  biggestRows,
  foldFrames,
  isSampled,
  knownMeasure,
  type Metric,
  newestFrames,
  nowhere,
  type Place,
  placeAt,
  placeLabel,
  sum,
} from '@tracemalloc/core/analysis';
import { type Interval, intervalOf, variancesOf } from '@tracemalloc/core/sampling';
import { type Cell, type Column, layOut } from './columns.ts';
import { intervalsOf, intervalText } from './intervals.ts';
import { painter } from './paint.ts';
import { plain } from './plain.ts';
import { reportOf, type SomeText, textOptions } from './text-options.ts';
import { formatBytes, formatCount, formatPercent, percentOf } from './units.ts';

/** `site`: one row for each allocating line, type, domain and allocator. */
export type TableKey = GroupKey | 'site';

/** Which groups {@link tableReport} lists. */
export type TableOptions = {
  /** Default: live. */
  readonly metric?: Metric;
  /** Rows to list; default: all. */
  readonly limit?: number;
  /** Default: site. */
  readonly key?: TableKey;
  /**
   * Whether lines of libraries have rows (default), or what they allocated is added to the lines of
   * the program that called them.
   */
  readonly library?: boolean;
};

/** Memory by allocating line or another key, biggest first. Sizes in bytes. */
export type TableReport = {
  /** What was counted. */
  readonly metric: Metric;
  /** What rows were grouped by. */
  readonly key: TableKey;
  /** Of all, the rows that are not shown too. */
  readonly total: { readonly size: number; readonly count: number };
  /** The biggest first. */
  readonly rows: readonly TableRow[];
  /** Rows that are not listed. */
  readonly others: number;
};

/** A group of {@link tableReport}. Sizes in bytes. */
export type TableRow = {
  /** Bytes. */
  readonly size: number;
  /** Blocks. */
  readonly count: number;
  /** Where `size` lies with 95 % confidence; left out where it is exact. */
  readonly interval?: Interval;
  /** What the row is: a line with its function, a file, a type, …; as the guest named it. */
  readonly label: string;
  /** With the key `site`: the allocating line. */
  readonly place?: Place;
  /** With the key `site`: the type's name, `''` = unknown. */
  readonly type?: string;
  /** With the key `site`: CPython's domain number. */
  readonly domain?: number;
  /** With the key `site`: its label, `''` = none. */
  readonly siteLabel?: string;
  /** With the key `site`: the interpreter's function that made the blocks, `''` = unknown. Memray's column. */
  readonly allocator?: string;
};

/**
 * @throws RangeError for an unknown metric or key; TracemallocError for a metric that the snapshot
 * lacks.
 */
export function tableReport(given: Snapshot, options: TableOptions = {}): TableReport {
  const { metric = 'live', limit = Number.POSITIVE_INFINITY, key = 'site' } = options;
  const { library = true } = options;
  const snapshot = library ? given : Snapshot.fromData(foldFrames(given.data, 'mine'));
  const { size, count } = knownMeasure(snapshot.data, metric);
  const rows = key === 'site' ? siteRows(snapshot.data, metric) : groupRows(snapshot, metric, key);
  return {
    metric,
    key,
    total: { size: sum(size), count: sum(count) },
    rows: rows.slice(0, limit),
    others: Math.max(0, rows.length - limit),
  };
}

/** Columns as in memray's table. Type and domain are shown where there are any but the usual. */
export function formatTable(
  given: TableReport | Snapshot,
  options: SomeText & TableOptions = {},
): string {
  const report = reportOf(given, (snapshot) => tableReport(snapshot, options));
  const text = textOptions(options);
  const { rows, total, others } = report;
  const { share, faint } = painter(text.color);
  const columns = columnsOf(report, text.width);
  const cells = rows.map((row): Cell[] => {
    const percent = percentOf(row.size, total.size);
    const paint = share(percent);
    const texts: Record<string, Cell> = {
      Size: { text: formatBytes(row.size, text.units), paint },
      '95 %': intervalText(row.interval, text.units).slice(2, -1),
      '%': { text: formatPercent(percent), paint },
      Allocations: formatCount(row.count),
      Type: plain(row.type || '<unknown>'),
      Domain: String(row.domain),
      Allocator: plain(row.allocator || '<unknown>'),
      Label: plain(row.siteLabel ?? ''),
    };
    return columns.map(({ header, flexible }) => (flexible ? plain(row.label) : texts[header]!));
  });
  const rest = others === 0 ? '' : `${faint(`… and ${others} more`)}\n`;
  return layOut(columns, cells, text.width) + rest;
}

function columnsOf({ rows, key }: TableReport, width: number): Column[] {
  const figures = (header: string): Column => ({ header, isFigure: true });
  const columns: Column[] = [
    figures('Size'),
    ...(rows.some(({ interval }) => interval !== undefined) ? [figures('95 %')] : []),
    { ...figures('%'), expendable: 1 },
    { ...figures('Allocations'), expendable: 3 },
  ];
  if (rows.some(({ type = '' }) => type !== '')) {
    const most = Math.max(12, Math.floor(width / 4));
    columns.push({ header: 'Type', most, expendable: 4 });
  }
  if (rows.some(({ allocator = '' }) => allocator !== '')) {
    columns.push({ header: 'Allocator', most: Math.max(17, Math.floor(width / 5)), expendable: 4 });
  }
  if (rows.some(({ domain = 0 }) => domain !== 0)) {
    columns.push({ ...figures('Domain'), expendable: 2 });
  }
  if (rows.some(({ siteLabel = '' }) => siteLabel !== '')) {
    const most = Math.max(12, Math.floor(width / 5));
    columns.push({ header: 'Label', most, expendable: 5 });
  }
  const header = headers[key] ?? 'Location';
  return [...columns, { header, flexible: 'middle' }];
}

const headers: Partial<Record<TableKey, string>> = {
  filename: 'File',
  function: 'Function',
  type: 'Type',
  domain: 'Domain',
  label: 'Label',
};

function groupRows(snapshot: Snapshot, metric: Metric, key: GroupKey): TableRow[] {
  const intervals = intervalsOf(snapshot, key, metric);
  return snapshot.statistics(key, { metric }).map(({ size, count, label, traceback }) => {
    const interval = intervals?.get(label);
    const name = key === 'filename' ? traceback.frames[0]!.filename : label;
    return { size, count, ...(interval && { interval }), label: name };
  });
}

/** Sites of different callers, but of one line, type, domain, allocator and label, are one row. */
function siteRows(data: SnapshotData, metric: Metric): TableRow[] {
  const { size, count } = knownMeasure(data, metric);
  const { sites, strings } = data;
  const top = newestFrames(data);
  const allocators = allocatorsOf(data);
  const rowOfSite = new Map<string, number>();
  const first: number[] = [];
  const sizes: number[] = [];
  const counts: number[] = [];
  const hasIntervals = metric === 'live' && isSampled(data);
  const variances = hasIntervals ? variancesOf(data).size : null;
  const spreads: number[] = [];
  for (let site = 0; site < sites.length; site++) {
    if (count[site] === 0) continue;
    const key = `${top[site]} ${sites.type[site]} ${sites.domain[site]} ${sites.label[site]} ${allocators?.[site]}`;
    const row = rowOfSite.get(key) ?? first.length;
    if (row === first.length) {
      rowOfSite.set(key, row);
      first.push(site);
      sizes.push(0);
      counts.push(0);
      spreads.push(0);
    }
    if (variances !== null) spreads[row]! += variances[site]!;
    sizes[row]! += size[site]!;
    counts[row]! += count[site]!;
  }
  const order = biggestRows(Float64Array.from(sizes), Float64Array.from(counts));
  return order.map((row) => {
    const site = first[row]!;
    const place = top[site]! < 0 ? nowhere : placeAt(data, top[site]!);
    const type = strings[sites.type[site]!]!;
    const figures = { size: sizes[row]!, count: counts[row]! };
    const [domain, siteLabel] = [sites.domain[site]!, strings[sites.label[site]!]!];
    const interval = hasIntervals ? { interval: intervalOf(sizes[row]!, spreads[row]!) } : {};
    const made = allocators !== null && {
      allocator: allocators[site] === 0 ? '' : strings[allocators[site]!]!,
    };
    const label = placeLabel(place);
    return { ...figures, ...interval, label, place, type, domain, siteLabel, ...made };
  });
}
