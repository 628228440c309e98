import { formatSize, type Snapshot } from '@tracemalloc/core';
import { type HtmlOptions, renderHtml } from './render-html.ts';

/** What a notebook shows of a value, by kind of content: Jupyter's MIME bundle. */
export type MimeBundle = { readonly 'text/html': string; readonly 'text/plain': string };

/** Lines for whoever shows no pages. */
const plainLines = 10;

/**
 * The report of {@link renderHtml} for notebooks: a frame without an origin, since it is a whole page, and the ten lines
 * with most memory for whoever shows no pages. Strings alone: it goes to another thread or a kernel's messages as it is.
 *
 * Cost: that of {@link renderHtml}.
 * @throws TypeError when an argument is of the wrong type.
 */
export function mimeBundle(snapshot: Snapshot, options: HtmlOptions = {}): MimeBundle {
  const page = renderHtml(snapshot, options).replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  const frame = 'sandbox="allow-scripts" style="width:100%;height:600px;border:0"';
  const lines = snapshot.statistics('lineno').slice(0, plainLines);
  return {
    'text/html': `<iframe title="Memory report" ${frame} srcdoc="${page}"></iframe>`,
    'text/plain': lines
      .map(({ traceback, size, count }) => {
        const { filename, lineno } = traceback.at(0)!;
        return `${filename}:${lineno}: ${formatSize(size)} in ${count} ${count === 1 ? 'block' : 'blocks'}`;
      })
      .join('\n'),
  };
}
