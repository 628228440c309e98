import { loadScript } from '../playground/load-script.ts';
import type { Example, reportOf, reportOfExample } from './open.ts';

declare global {
  // What open.js and example.js define: they are loaded when something is to be opened.
  var tracemallocViewer: {
    readonly reportOf: typeof reportOf;
    readonly reportOfExample: typeof reportOfExample;
  };
  var tracemallocExample: Example;
}

const status = document.querySelector<HTMLOutputElement>('#status')!;
const report = document.querySelector<HTMLIFrameElement>('#report')!;
const input = document.querySelector<HTMLInputElement>('#files')!;
const welcome = document.querySelector<HTMLElement>('#welcome')!;

/** Shows a report under a name; what is wrong is said, and what was shown before stays. */
async function show(name: string, render: () => Promise<string>): Promise<void> {
  status.value = 'Reading …';
  try {
    await loadScript('open.js');
    const html = await render();
    URL.revokeObjectURL(report.src);
    report.src = URL.createObjectURL(new Blob([html], { type: 'text/html' }));
    report.hidden = false;
    welcome.hidden = true;
    // Its keys work at once, without a click into it.
    report.addEventListener('load', () => report.focus(), { once: true });
    status.value = name;
  } catch (error) {
    status.value = error instanceof Error ? error.message : String(error);
  }
}

/** Shows one file, or the difference of two, the older first. */
function open(files: readonly File[]): void {
  const [first, second] = files;
  if (first === undefined) return;
  if (files.length > 2) {
    status.value = `Choose one file, or two to compare: these are ${files.length}.`;
    return;
  }
  const name = files.map((file) => file.name).join(' → ');
  void show(name, () => globalThis.tracemallocViewer.reportOf(first, second));
}

async function example(isDifference: boolean): Promise<string> {
  await loadScript('example.js');
  return globalThis.tracemallocViewer.reportOfExample(globalThis.tracemallocExample, isDifference);
}

for (const [id, isDifference] of [
  ['#example', false],
  ['#example-difference', true],
] as const) {
  document.querySelector(id)!.addEventListener('click', () => {
    void show('An example: examples/leak-hunt, in Brython', () => example(isDifference));
  });
}
input.addEventListener('change', () => open([...(input.files ?? [])]));
document.addEventListener('dragover', (event) => {
  event.preventDefault();
  document.body.classList.add('over');
});
document.addEventListener('dragleave', () => document.body.classList.remove('over'));
document.addEventListener('drop', (event) => {
  event.preventDefault();
  document.body.classList.remove('over');
  open([...(event.dataTransfer?.files ?? [])]);
});

// From a server it works without one, once loaded; from a disk it always does.
if (location.protocol.startsWith('http')) void navigator.serviceWorker?.register('sw.js');
