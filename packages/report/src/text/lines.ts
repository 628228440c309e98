import type { Snapshot, SnapshotData } from '@tracemalloc/core';
import {
  biggestRows,
  FrameCursor,
  knownMeasure,
  type Measure,
  type Metric,
  measure,
} from '@tracemalloc/core/analysis';
import { type Cell, type Column, layOut } from './columns.ts';
import { painter } from './paint.ts';
import { fit, plain, plainSource } from './plain.ts';
import { reportOf, type SomeText, textOptions } from './text-options.ts';
import { formatBytes, formatCount, percentOf } from './units.ts';

/** Which file {@link linesReport} shows, and what its figures count. */
export type LinesOptions = {
  /** What the column of memory counts; default: live. */
  readonly metric?: Metric;
  /** The file as frames name it; default: the one with most memory. */
  readonly filename?: string;
  /** The file's text, or what gives it for the file's name; `''` (default) = there is none. */
  readonly source?: string | ((filename: string) => string);
};

/**
 * Memory beside the lines of a source file, after memory_profiler. There a line's figures are the
 * change of the process while it ran; here they are exact: bytes of the blocks that the line
 * allocated, or that what it called did (a block counts once a line, however deep the recursion).
 */
export type LinesReport = {
  /** What was counted. */
  readonly metric: Metric;
  /** The file that is shown. */
  readonly filename: string;
  /** All memory of the snapshot, in bytes. */
  readonly total: number;
  /** Whether `allocated` and `occurrences` are known; CPython's snapshots know live memory only. */
  readonly knowsAllocated: boolean;
  /** Every line of the source, and of others those with figures; ascending. */
  readonly lines: readonly {
    /** 1-based; 0 = memory of the file whose line is not known. */
    readonly lineno: number;
    /** Bytes and blocks by the metric. */
    readonly size: number;
    readonly count: number;
    /** Bytes ever allocated; `null` = unknown. */
    readonly allocated: number | null;
    /** Blocks ever allocated; `null` = unknown. */
    readonly occurrences: number | null;
    readonly contents: string;
  }[];
};

/**
 * Cost: O(sites × frames + lines).
 *
 * @throws RangeError for an unknown metric, or a file that no traceback speaks of; TracemallocError
 * for a metric that the snapshot lacks.
 */
export function linesReport({ data }: Snapshot, options: LinesOptions = {}): LinesReport {
  const { metric = 'live', source = '' } = options;
  const sites = knownMeasure(data, metric);
  const file = fileRow(data, sites, options.filename);
  const filename = data.strings[file]!;
  const text = typeof source === 'string' ? source : source(filename);
  const contents = text === '' ? [] : text.replace(/(\r\n|\r|\n)$/, '').split(/\r\n|\r|\n/);
  const allocated = measure(data, 'allocated');
  const ofMetric = byLineOf(data, sites, file);
  const ofAllocated = allocated === null ? null : byLineOf(data, allocated, file);
  const numbers = new Set([...contents.keys()].map((index) => index + 1));
  for (const lineno of ofMetric.keys()) numbers.add(lineno);
  for (const lineno of ofAllocated?.keys() ?? []) numbers.add(lineno);
  return {
    metric,
    filename,
    total: sites.size.reduce((sum, size) => sum + size, 0),
    knowsAllocated: ofAllocated !== null,
    lines: [...numbers]
      .sort((a, b) => a - b)
      .map((lineno) => ({
        lineno,
        size: ofMetric.get(lineno)?.size ?? 0,
        count: ofMetric.get(lineno)?.count ?? 0,
        allocated: ofAllocated && (ofAllocated.get(lineno)?.size ?? 0),
        occurrences: ofAllocated && (ofAllocated.get(lineno)?.count ?? 0),
        contents: contents[lineno - 1] ?? '',
      })),
  };
}

const titles: Readonly<Record<Metric, string>> = {
  live: 'Live',
  peak: 'At peak',
  temporary: 'Temporary',
  allocated: 'Allocated',
};

/** The columns of memory_profiler: lines that allocated nothing have blanks. */
export function formatLines(
  given: LinesReport | Snapshot,
  options: SomeText & LinesOptions = {},
): string {
  const report = reportOf(given, (snapshot) => linesReport(snapshot, options));
  const text = textOptions(options);
  const { share } = painter(text.color);
  const figures = (header: string): Column => ({ header, isFigure: true });
  const isAllocated = report.metric === 'allocated';
  const hasIncrement = report.knowsAllocated && !isAllocated;
  const columns: Column[] = [
    figures('Line #'),
    figures(titles[report.metric]),
    ...(hasIncrement ? [{ ...figures('Allocated'), expendable: 2 }] : []),
    { ...figures(report.knowsAllocated ? 'Occurrences' : 'Blocks'), expendable: 1 },
    { header: 'Line Contents', flexible: 'end' },
  ];
  const rows = report.lines.map((line): Cell[] => {
    const bytes = (size: number, blocks: number): string => {
      return blocks === 0 ? '' : formatBytes(size, text.units);
    };
    const blocks = line.occurrences ?? line.count;
    const size = bytes(line.size, line.count);
    const paint = share(percentOf(line.size, report.total));
    return [
      String(line.lineno),
      size === '' ? size : { text: size, paint },
      ...(hasIncrement ? [bytes(line.allocated ?? 0, blocks)] : []),
      blocks === 0 ? '' : formatCount(blocks),
      plainSource(line.contents),
    ];
  });
  const filename = fit(plain(report.filename), Math.max(8, text.width - 10));
  return `Filename: ${filename}\n\n${layOut(columns, rows, text.width, '=')}`;
}

/** The file's row in the strings. */
function fileRow(data: SnapshotData, sites: Measure, filename: string | undefined): number {
  const { files, sums } = sumsOfFiles(data, sites);
  if (filename === undefined) {
    const biggest = biggestRows(sums.size, sums.count)[0];
    if (biggest !== undefined) return biggest;
    throw new RangeError('filename must be given where the snapshot has no memory to show');
  }
  const row = data.strings.indexOf(filename);
  if (files[row] === 1) return row;
  throw new RangeError(
    `filename must be a file of the snapshot as its frames name it, got ${JSON.stringify(filename)}`,
  );
}

/** Memory by file, and which strings are files. A block counts once a file. */
function sumsOfFiles(data: SnapshotData, sites: Measure): { files: Uint8Array; sums: Measure } {
  const files = new Uint8Array(data.strings.length);
  for (let frame = 0; frame < data.frames.length; frame++) files[data.frames.file[frame]!] = 1;
  const size = new Float64Array(data.strings.length);
  const count = new Float64Array(data.strings.length);
  const cursor = new FrameCursor(data);
  const seen = new Int32Array(data.strings.length).fill(-1);
  for (let site = 0; site < data.sites.length; site++) {
    cursor.moveTo(data.sites.traceback[site]!);
    for (let i = 0; i < cursor.length; i++) {
      const file = data.frames.file[cursor.at(i)]!;
      if (seen[file] === site) continue;
      seen[file] = site;
      size[file]! += sites.size[site]!;
      count[file]! += sites.count[site]!;
    }
  }
  return { files, sums: { size, count } };
}

type Sum = { size: number; count: number };

/** What each line of a file allocated, with what it called; only lines with blocks. */
function byLineOf(data: SnapshotData, sites: Measure, file: number): Map<number, Sum> {
  const { frames } = data;
  const cursor = new FrameCursor(data);
  const sums = new Map<number, Sum>();
  /** The site that a line was counted for last, so that recursion counts once. */
  const countedFor = new Map<number, number>();
  for (let site = 0; site < data.sites.length; site++) {
    if (sites.count[site] === 0) continue;
    cursor.moveTo(data.sites.traceback[site]!);
    for (let i = 0; i < cursor.length; i++) {
      const frame = cursor.at(i);
      const line = frames.line[frame]!;
      if (frames.file[frame] !== file || countedFor.get(line) === site) continue;
      countedFor.set(line, site);
      const sum = sums.get(line) ?? { size: 0, count: 0 };
      sum.size += sites.size[site]!;
      sum.count += sites.count[site]!;
      sums.set(line, sum);
    }
  }
  return sums;
}
