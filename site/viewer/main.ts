import type { Snapshot } from '@tracemalloc/core';
import { loadAny } from '@tracemalloc/formats';
import { renderHtml } from '@tracemalloc/report/html';

const status = document.querySelector<HTMLOutputElement>('#status')!;
const report = document.querySelector<HTMLIFrameElement>('#report')!;
const input = document.querySelector<HTMLInputElement>('#files')!;

/** The newest snapshot of a file: pickles and Parquet files may hold several. */
async function read(file: File): Promise<Snapshot> {
  const snapshots = await loadAny(new Uint8Array(await file.arrayBuffer()));
  const last = snapshots.at(-1);
  if (last === undefined) throw new Error('it holds no snapshot');
  return last;
}

/** Shows one file, or the difference of two, the older first. */
async function show(files: readonly File[]): Promise<void> {
  const [first, second] = files;
  if (first === undefined) return;
  if (files.length > 2) {
    status.value = `Choose one file, or two to compare: these are ${files.length}.`;
    return;
  }
  status.value = 'Reading …';
  const opened: Snapshot[] = [];
  for (const file of files) {
    try {
      opened.push(await read(file));
    } catch (error) {
      status.value = `${file.name}: ${error instanceof Error ? error.message : String(error)}`;
      return;
    }
  }
  const [older, newer] = opened;
  const html =
    second === undefined || newer === undefined
      ? renderHtml(older!, { title: first.name })
      : renderHtml(newer, { title: second.name, base: older!, baseTitle: first.name });
  URL.revokeObjectURL(report.src);
  report.src = URL.createObjectURL(new Blob([html], { type: 'text/html' }));
  report.hidden = false;
  status.value = files.map(({ name }) => name).join(' → ');
}

input.addEventListener('change', () => void show([...(input.files ?? [])]));
document.addEventListener('dragover', (event) => {
  event.preventDefault();
  document.body.classList.add('over');
});
document.addEventListener('dragleave', () => document.body.classList.remove('over'));
document.addEventListener('drop', (event) => {
  event.preventDefault();
  document.body.classList.remove('over');
  void show([...(event.dataTransfer?.files ?? [])]);
});

// From a server it works without one, once loaded; from a disk it always does.
if (location.protocol.startsWith('http')) void navigator.serviceWorker?.register('sw.js');
