import { load } from '@tracemalloc/core/codec';
import { type HtmlOptions, renderHtml } from '@tracemalloc/report/html';

/** The report of a snapshot file. */
export function renderReport(snapshot: Uint8Array, options: HtmlOptions): string {
  return renderHtml(load(snapshot), options);
}
