import { knowsMetric, metrics } from '@tracemalloc/core/analysis';
import { decodePage } from '../src/html/columns.ts';
import type { ReportModel } from './model.ts';

/** Reads what the file carries. */
export async function readModel(page: Document): Promise<ReportModel> {
  const packed = bytesOf(page.getElementById('data')?.textContent ?? '');
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  const { title, sources, data, base } = decodePage(
    new Uint8Array(await new Response(stream).arrayBuffer()),
  );
  return {
    joined: { data, base },
    sources: new Map(Object.entries(sources)),
    title,
    metrics: metrics.filter(
      (metric) => knowsMetric(data, metric) && (base === null || knowsMetric(base, metric)),
    ),
  };
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
