import type { Snapshot, SnapshotData } from '@tracemalloc/core';
import { FrameCursor, type Measure, measure, metrics } from '@tracemalloc/core/analysis';
import { frameTexts } from '../shared/frame-texts.ts';
import { TextWriter } from '../shared/text-writer.ts';

const header = (hasLabels: boolean): string[] => [
  'domain',
  'type',
  ...(hasLabels ? ['label'] : []),
  ...metrics.flatMap((metric) => [`${metric}_bytes`, `${metric}_blocks`]),
  'filename',
  'lineno',
  'function',
  'total_nframe',
  'traceback',
];

/**
 * A snapshot as CSV (RFC 4180, UTF-8, CRLF): a row a site, most live bytes first. File, line and
 * function are the most recent frame's; a `label` is there where any site has one; `traceback` has all frames, MOST RECENT FIRST, parted by
 * ` | `, and `|` in their names is `¦`. Figures that nobody counted are empty. Names that a spreadsheet would take for a formula
 * get an apostrophe before them, and NUL, which many readers refuse, becomes U+FFFD.
 */
export function dumpCsv(snapshot: Snapshot): Uint8Array {
  const { data } = snapshot;
  const { liveSize, length } = data.sites;
  const columns = metrics.map((metric) => measure(data, metric));
  // What parts frames occurs in none.
  const texts = frameTexts(data).map((text) => text.replaceAll('|', '¦'));
  const order = Uint32Array.from({ length }, (_, site) => site);
  order.sort((a, b) => liveSize[b]! - liveSize[a]! || a - b);
  const writer = new TextWriter();
  const hasLabels = data.sites.label.some((row) => row !== 0);
  writer.write(`${header(hasLabels).join(',')}\r\n`);
  const cursor = new FrameCursor(data);
  for (const site of order)
    writer.write(`${row(data, { columns, texts, cursor, hasLabels }, site)}\r\n`);
  return writer.finish();
}

/** What rows are written with. */
type Fields = {
  readonly columns: readonly (Measure | null)[];
  readonly texts: readonly string[];
  readonly cursor: FrameCursor;
  readonly hasLabels: boolean;
};

function row(
  data: SnapshotData,
  { columns, texts, cursor, hasLabels }: Fields,
  site: number,
): string {
  const { sites, tracebacks, frames, strings } = data;
  const traceback = sites.traceback[site]!;
  const rows = cursor.moveTo(traceback).rows();
  const total = tracebacks.totalNframe[traceback]!;
  const top = rows[0];
  return [
    sites.domain[site]!,
    quoted(strings[sites.type[site]!]!),
    ...(hasLabels ? [quoted(strings[sites.label[site]!]!)] : []),
    ...columns.flatMap((column) => [column?.size[site] ?? '', column?.count[site] ?? '']),
    ...(top === undefined
      ? ['', '', '']
      : [
          quoted(strings[frames.file[top]!]!),
          frames.line[top]!,
          quoted(strings[frames.functionName[top]!]!),
        ]),
    total < 0 ? '' : total,
    quoted(Array.from(rows, (frame) => texts[frame]!).join(' | ')),
  ].join(',');
}

/** A field of guest text. */
function quoted(text: string): string {
  const safe = text.replaceAll('\0', '\ufffd');
  const field = /^[=+\-@\t\r\n]/.test(safe) ? `'${safe}` : safe;
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
