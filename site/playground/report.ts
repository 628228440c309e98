import { element } from './element.ts';
import { loadScript } from './load-script.ts';
import type { renderReport } from './render-report.ts';

declare global {
  // What the script report.js defines.
  var tracemallocReport: { readonly renderReport: typeof renderReport };
}

/** Shows a snapshot as the whole report, in a frame without an origin. */
export async function showReport(...request: Parameters<typeof renderReport>): Promise<void> {
  await loadScript('report.js');
  const html = globalThis.tracemallocReport.renderReport(...request);
  const frame = element('#report-frame', HTMLIFrameElement);
  const file = element('#report-file', HTMLAnchorElement);
  URL.revokeObjectURL(file.href);
  const url = URL.createObjectURL(new Blob([html], { type: 'text/html' }));
  file.href = url;
  frame.src = url;
  const dialog = element('#report-dialog', HTMLDialogElement);
  dialog.showModal();
}
