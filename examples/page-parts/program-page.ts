import type { Snapshot, Tracer } from '@tracemalloc/core';
import { mountLive } from '@tracemalloc/report/live';
import { Editor } from './editor.ts';
import { showMemory } from './memory-panel.ts';
import { Output } from './output.ts';

/** The name that the program of a page has. */
export const mainFile = 'main.py';

/** Frames kept a traceback when the page starts the tracing: as many as `-X tracemalloc=25` keeps. */
export const framesKept = 25;

/** How a run ended, when it did not run to its end. */
export type Report = {
  readonly text: string;
  /** 1-based line of the program; null when no line of it was reached. */
  readonly line: number | null;
};

export type RunResult = {
  readonly seconds: number;
  /** What went wrong; null after a normal end. */
  readonly report: Report | null;
  /** What is live after the run; null when the program was not traced, or ended the tracing. */
  readonly snapshot: Snapshot | null;
  /** Bytes; 0 where there is no snapshot. */
  readonly peak: number;
};

export type RunOptions = {
  readonly print: (text: string) => void;
  /** Traces from the first line, as `python -X tracemalloc=25` does. */
  readonly trace: boolean;
};

/** An interpreter that runs programs one at a time. */
export type Python = {
  readonly isRunning: boolean;
  /** Resolves when the program has ended, in whatever way. */
  run(source: string, options: RunOptions): Promise<RunResult>;
  /** Ends the run as soon as that can be. */
  stop(): void;
  /** A file of its library. */
  libraryFile(filename: string): string | undefined;
};

export type PageParts = {
  readonly python: Python;
  readonly tracer: Tracer;
  /** Programs to begin with, by title. */
  readonly samples: Readonly<Record<string, string>>;
  /** What there is to know of the figures. */
  readonly note: string;
  /** Whether a look at what lives has to settle it first. */
  readonly settle?: boolean;
};

/** Puts an interpreter behind the page: editor, run and stop, output, and what lives, while it runs and after. */
export function programPage({ python, tracer, samples, note, settle = false }: PageParts): void {
  mountLive(element('#live'), tracer, { settle });
  const editor = new Editor(element('#source', HTMLTextAreaElement), element('#numbers'));
  const output = new Output(element('#output'));
  const panel = {
    totals: element('#totals'),
    lines: element('#lines'),
    nothing: element('#nothing'),
  };
  // What scrolls has to be reached by keys.
  element('.lines').tabIndex = 0;
  const status = element('#status');
  const runButton = element('#run', HTMLButtonElement);
  const stopButton = element('#stop', HTMLButtonElement);
  const trace = element('#trace', HTMLInputElement);
  const examples = element('#examples', HTMLSelectElement);

  const run = async (): Promise<void> => {
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
  };

  const runAndShow = async (source: string): Promise<void> => {
    const print = (text: string): void => output.write(text);
    const result = await python.run(source, { print, trace: trace.checked });
    const { report, seconds } = result;
    output.flush();
    if (report !== null) output.writeError(report.text);
    editor.mark(report?.line ?? null);
    status.textContent = `${report === null ? 'Ran in' : 'Ended early, after'} ${seconds.toFixed(2)} s`;
    showMemory(panel, result, {
      mainFile,
      sourceOf: (name) => (name === mainFile ? source : python.libraryFile(name)),
      onLine: (line) => editor.select(line),
    });
  };

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
  element('#note').textContent = note;
  editor.text = samples[examples.value]!;
  runButton.disabled = false;
  status.textContent = 'Ready';
}

/** @throws Error when the page has no such element. */
function element<E extends HTMLElement = HTMLElement>(selector: string, kind?: new () => E): E {
  const found = document.querySelector(selector);
  if (!(found instanceof (kind ?? HTMLElement))) throw new Error(`no ${selector} in the page`);
  return found as E;
}
