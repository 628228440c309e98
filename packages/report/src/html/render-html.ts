import { type GetLine, Snapshot, type SnapshotData } from '@tracemalloc/core';
import { isSampled, type JoinedData, joinSnapshots } from '@tracemalloc/core/analysis';
import { type Variances, variancesOf } from '@tracemalloc/core/sampling';
import type { TimelineData } from '@tracemalloc/core/timeline';
import { gzipSync } from 'fflate/browser';
import { appScript, appScriptHash, appStyle, appStyleHash } from './app-bundle.ts';
import { encodePage, type LineTexts, type Spread } from './columns.ts';
import { foldSmall } from './fold-small.ts';
import { maxPageObjects } from './page-graph.ts';
import { pageCurve, pageTimeline } from './page-timeline.ts';

/** What {@link renderHtml} shows beside the snapshot. */
export type HtmlOptions = {
  /** An older snapshot: every view can show what changed since. */
  readonly base?: Snapshot;
  /** Default: `Memory report`. */
  readonly title?: string;
  /** What the older snapshot is called. Default: it is not said. */
  readonly baseTitle?: string;
  /** File name, as tracebacks have it → its text, for the source view. Default: none. */
  readonly sources?: Readonly<Record<string, string>>;
  /**
   * A line of a file that is not in `sources`, `''` for none: bars and details show it. It is asked
   * for each line that the snapshot names, and what it gives is in the page. Default: none.
   */
  readonly getLine?: GetLine;
};

/**
 * An interactive report as one HTML file that needs nothing else and may fetch nothing: it opens
 * from a disk. What the guest named reaches the page only as compressed base64, and there only as
 * text. The same snapshots give the same file. A graph of more than 300 000 objects is left out. Cost:
 * O(sites + frames of tracebacks + objects and edges of the graph), and O(traces) to join two snapshots.
 *
 * @throws TypeError when an argument is of the wrong type.
 */
export function renderHtml(snapshot: Snapshot, options: HtmlOptions = {}): string {
  const { base, title = 'Memory report', baseTitle = '', sources = {}, getLine } = options;
  checkSnapshot('snapshot', snapshot);
  if (base !== undefined) checkSnapshot('base', base);
  for (const [name, value] of Object.entries({ title, baseTitle })) {
    if (typeof value === 'string') continue;
    throw new TypeError(`${name} must be a string, got ${typeof value}`);
  }
  for (const [file, text] of Object.entries(sources)) {
    if (typeof text === 'string') continue;
    throw new TypeError(`sources[${JSON.stringify(file)}] must be a string, got ${typeof text}`);
  }
  const whole = joinSnapshots(
    withTimeline(snapshot.data, pageTimeline),
    base === undefined ? null : withTimeline(base.data, pageCurve),
  );
  const { joined, folding, siteRows } = foldSmall(whole);
  const spread = spreadOf(whole, siteRows, joined.data.sites.length);
  const lines = lineTexts(joined.data, sources, getLine);
  const { graph } = joined.data;
  const data = {
    ...joined.data,
    graph: graph === null || graph.objects.length > maxPageObjects ? null : graph,
  };
  const bytes = encodePage({ title, baseTitle, sources, lines, spread, folding, ...joined, data });
  return page(base64(gzipSync(bytes, { level: 9, mtime: 0 })));
}

/** Variances come of blocks, which a page does not have; those of sites that became one add up. */
function spreadOf(whole: JoinedData, siteRows: Int32Array | null, length: number): Spread | null {
  const sums = (column: Float64Array): Float64Array => {
    if (siteRows === null) return column;
    const sum = new Float64Array(length);
    for (let site = 0; site < siteRows.length; site++) sum[siteRows[site]!]! += column[site]!;
    return sum;
  };
  const of = (data: SnapshotData | null): Variances | null => {
    if (data === null || !isSampled(data)) return null;
    const { size, count } = variancesOf(data);
    return { size: sums(size), count: sums(count) };
  };
  const [now, base] = [of(whole.data), of(whole.base)];
  return now === null && base === null ? null : { now, base };
}

function withTimeline(
  data: SnapshotData,
  make: (timeline: TimelineData) => TimelineData,
): SnapshotData {
  return { ...data, timeline: data.timeline && make(data.timeline) };
}

/** A longer line is no code that a bar could show. */
const maxLine = 200;

function lineTexts(
  { frames, strings }: SnapshotData,
  sources: Readonly<Record<string, string>>,
  getLine: GetLine = () => '',
): LineTexts {
  const rows = new Map<string, number>();
  const ofFrame = new Int32Array(frames.length).fill(-1);
  for (let frame = 0; frame < frames.length; frame++) {
    const [filename, line] = [strings[frames.file[frame]!]!, frames.line[frame]!];
    if (line < 1 || Object.hasOwn(sources, filename)) continue;
    const text = getLine(filename, line).trim().slice(0, maxLine);
    if (text === '') continue;
    if (!rows.has(text)) rows.set(text, rows.size);
    ofFrame[frame] = rows.get(text)!;
  }
  return { texts: [...rows.keys()], ofFrame };
}

function checkSnapshot(name: string, value: unknown): void {
  if (!(value instanceof Snapshot)) throw new TypeError(`${name} must be a Snapshot`);
}

/** Only this script and this style may run, and nothing may be requested, whatever the page does. */
const policy: string = [
  "default-src 'none'",
  `script-src '${appScriptHash}'`,
  `style-src '${appStyleHash}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** @param data base64, so that no part of it can be markup. */
function page(data: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>Memory report</title>
<style>${appStyle}</style>
</head>
<body>
<div id="app"></div>
<noscript>This report draws itself with JavaScript, which is switched off here.</noscript>
<script type="application/octet-stream" id="data">${data}</script>
<script>${appScript}</script>
</body>
</html>
`;
}

/** Bytes that one call turns into text: a multiple of 3, and few enough for an argument list. */
const chunkBytes = 24576;

function base64(bytes: Uint8Array): string {
  let text = '';
  for (let start = 0; start < bytes.length; start += chunkBytes) {
    text += btoa(String.fromCharCode(...bytes.subarray(start, start + chunkBytes)));
  }
  return text;
}
