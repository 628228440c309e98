import type { SnapshotData } from '@tracemalloc/core';
import { codesOf, knowsMetric, metrics } from '@tracemalloc/core/analysis';
import { HeapGraph } from '@tracemalloc/core/graph';
import { decodePage, type LineTexts, type PageData } from '../src/html/columns.ts';
import type { ReportModel } from './model.ts';

/** Reads what the file carries. */
export async function readModel(page: Document): Promise<ReportModel> {
  const packed = bytesOf(page.getElementById('data')?.textContent ?? '');
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  return modelOf(decodePage(new Uint8Array(await new Response(stream).arrayBuffer())));
}

/** The model of a report's data. */
function modelOf({
  title,
  baseTitle,
  sources,
  lines,
  spread,
  folding,
  data,
  base,
}: PageData): ReportModel {
  const files = new Map(Object.entries(sources));
  return {
    joined: { data, base },
    sources: files,
    lineOf: lineReader(data, files, lines),
    codes: codesOf(data),
    graph: data.graph && new HeapGraph({ data }),
    spread,
    folding,
    title,
    baseTitle,
    metrics: metrics.filter(
      (metric) => knowsMetric(data, metric) && (base === null || knowsMetric(base, metric)),
    ),
  };
}

/** Lines of whole files, which are split when one of them is first asked for, and single lines. */
function lineReader(
  { frames, strings }: SnapshotData,
  sources: ReadonlyMap<string, string>,
  { texts, ofFrame }: LineTexts,
): (frame: number) => string {
  const files = new Map<number, readonly string[]>();
  return (frame) => {
    if (frame < 0) return '';
    const single = ofFrame[frame]!;
    if (single >= 0) return texts[single]!;
    const file = frames.file[frame]!;
    let lines = files.get(file);
    if (lines === undefined) {
      lines = (sources.get(strings[file]!) ?? '').split(/\r\n|\r|\n/);
      files.set(file, lines);
    }
    return (lines[frames.line[frame]! - 1] ?? '').trim();
  };
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
