import { attachSkulpt, installSkulptModule } from '@tracemalloc/adapters/skulpt';
import { Tracer } from '@tracemalloc/core';
import { mountLive } from '@tracemalloc/report/live';
import { Editor } from './editor.ts';
import { showMemory } from './memory-panel.ts';
import { Output } from './output.ts';
import { Python } from './python.ts';
import { samples } from './samples.ts';
import { mainFile, type Skulpt } from './skulpt.ts';

declare global {
  interface Window {
    readonly Sk: Skulpt;
  }
}

// Classic scripts have loaded Skulpt by now, and no Python has run yet.
const { Sk } = window;
const tracer = new Tracer();
const python = new Python(Sk, tracer);
const adapter = attachSkulpt(Sk, tracer, { onWarning: (message) => console.warn(message) });
installSkulptModule(Sk, adapter);

// What Skulpt keeps is known when somebody walks it: with each look.
mountLive(element('#live'), tracer, { settle: true });

const editor = new Editor(element('#source', HTMLTextAreaElement), element('#numbers'));
const output = new Output(element('#output'));
const panel = {
  totals: element('#totals'),
  lines: element('#lines'),
  nothing: element('#nothing'),
};
const status = element('#status');
const runButton = element('#run', HTMLButtonElement);
const stopButton = element('#stop', HTMLButtonElement);
const trace = element('#trace', HTMLInputElement);
const examples = element('#examples', HTMLSelectElement);

async function run(): Promise<void> {
  if (python.isRunning) return;
  output.clear();
  editor.mark(null);
  runButton.disabled = true;
  stopButton.disabled = false;
  status.textContent = 'Running …';
  try {
    await runAndShow(editor.text);
  } finally {
    runButton.disabled = false;
    stopButton.disabled = true;
  }
}

async function runAndShow(source: string): Promise<void> {
  const print = (text: string): void => output.write(text);
  const result = await python.run(source, { print, trace: trace.checked });
  const { report, seconds } = result;
  output.flush();
  if (report !== null) output.writeError(report.text);
  editor.mark(report?.line ?? null);
  status.textContent = `${report === null ? 'Ran in' : 'Ended early, after'} ${seconds.toFixed(2)} s`;
  showMemory(panel, result, {
    sourceOf: (name) => (name === mainFile ? source : python.libraryFile(name)),
    onLine: (line) => editor.select(line),
  });
}

/** @throws Error when the page has no such element. */
function element<E extends HTMLElement = HTMLElement>(selector: string, kind?: new () => E): E {
  const found = document.querySelector(selector);
  if (!(found instanceof (kind ?? HTMLElement))) throw new Error(`no ${selector} in the page`);
  return found as E;
}

runButton.addEventListener('click', () => void run());
stopButton.addEventListener('click', () => python.stop());
examples.append(...Object.keys(samples).map((title) => new Option(title)));
examples.addEventListener('change', () => {
  editor.text = samples[examples.value]!;
  editor.mark(null);
});
document.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    void run();
  } else if (event.key === 'Escape') {
    python.stop();
  }
});

element('#note').textContent =
  'In use is what the program can still reach, found by a walk over its objects when memory is read: ' +
  'no garbage collection is waited for. Sizes are those of 64-bit CPython 3.13. A traced program may keep 32 MiB: ' +
  'beyond, it gets a MemoryError.';
editor.text = samples[examples.value]!;
status.textContent = 'Ready';
