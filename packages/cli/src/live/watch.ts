import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { getHeapStatistics } from 'node:v8';
import { Worker } from 'node:worker_threads';
import type { SnapshotData, Tracer } from '@tracemalloc/core';
import { peek } from '@tracemalloc/core/live';
import type { WatcherMessage, WatcherStart } from './messages.ts';

/** How a run is watched. */
export type WatchOptions = {
  /** Where viewers are served; `null`: nowhere. */
  readonly port: number | null;
  /** What the program is called. */
  readonly name: string;
};

/** What is watched. */
type Watched = {
  readonly tracer: Tracer;
  /** Calls `work` where memory can be read; left out: that is so everywhere. */
  readonly whenReadable?: ((work: () => void) => void) | undefined;
};

/** A thread that starts while the interpreter is loaded, so that it is there before the program's first line. */
export type Watcher = {
  /** From here on it looks. @throws where viewers can't be served. */
  watch(watched: Watched): Promise<Watch>;
  /** There is nothing to watch. */
  stop(): void;
};

/** A run that is watched from a thread of its own. */
export type Watch = {
  /** What viewers open; `null` where nobody is served. */
  readonly url: string | null;
  /** Shows viewers the end, and takes the file away that was for the worst. */
  end(): Promise<void>;
};

/** The member of the global object by which the watching thread asks; it gives the milliseconds that the copy took. */
const watchMember: symbol = Symbol.for('tracemalloc.watch');

/**
 * Starts a thread that watches a run. It has V8 interrupt the program wherever it is (a session of
 * the inspector does so) and copy what the tracer knows: the guest pays nothing between, and needs
 * not to yield. Of a program that dies for want of memory the last copy is in a file.
 */
export function startWatcher({ port, name }: WatchOptions): Watcher {
  const file = join(tmpdir(), `tracemalloc-${process.pid}-${name.replaceAll(/[^\w.-]/g, '_')}.tm`);
  const { heap_size_limit: heapLimit } = getHeapStatistics();
  const start: WatcherStart = { port, file, heapLimit };
  const worker = new Worker(watcherScript(), { workerData: start });
  const isReady = new Promise<string | null>((resolve, reject) => {
    worker.once('message', ({ url, error }: { url: string | null; error?: string }) =>
      error === undefined ? resolve(url) : reject(new Error(error)),
    );
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('the watching thread has ended')));
  });
  // It may fail before anybody waits for it. Without viewers it is a help that may be missing.
  isReady.catch(() => undefined);
  worker.on('error', () => undefined);
  worker.unref();
  return {
    async watch(watched) {
      worker.ref();
      const url = await (port === null ? isReady.catch(() => null) : isReady);
      worker.unref();
      return answering(worker, watched, { url, file });
    },
    stop() {
      void worker.terminate();
    },
  };
}

/** Gives the watching thread what it asks for. */
function answering(
  worker: Worker,
  { tracer, whenReadable }: Watched,
  { url, file }: { readonly url: string | null; readonly file: string },
): Watch {
  const started = performance.now();
  // It interrupts its own walks, too.
  let isAnswering = false;
  const answer = (isOver: boolean, isReadable: boolean): void => {
    const before = performance.now();
    // Of some hosts it is known by a walk what lives. One that fails has told so.
    if (isReadable) settle(tracer);
    const data = peek(tracer);
    if (data === null && !isOver) return;
    const time = before - started;
    const cost = performance.now() - before;
    const message: WatcherMessage = { data, time, cost, date: Date.now() / 1000, isOver };
    worker.postMessage(message, data === null ? [] : buffersOf(data));
  };
  const globals = globalThis as unknown as Record<symbol, unknown>;
  globals[watchMember] = (): number => {
    const before = performance.now();
    if (isAnswering) return 0;
    if (whenReadable === undefined) answer(false, false);
    else {
      whenReadable(() => {
        isAnswering = true;
        answer(false, true);
        isAnswering = false;
      });
    }
    return performance.now() - before;
  };
  worker.postMessage('watch');
  // Nobody needs it unless V8 ends the process, and then nobody comes here.
  const removeFile = (): void => {
    for (const path of [file, `${file}.new`]) rmSync(path, { force: true });
  };
  process.once('exit', removeFile);
  return {
    url,
    async end() {
      delete globals[watchMember];
      answer(true, whenReadable !== undefined);
      if (url !== null) await new Promise((resolve) => worker.once('message', resolve));
      await worker.terminate();
      process.off('exit', removeFile);
      removeFile();
    },
  };
}

function settle(tracer: Tracer): void {
  try {
    tracer.getTracedMemory();
  } catch {
    // What it knew before is copied.
  }
}

/** What a copy is in, so that it is handed over and not copied once more. */
function buffersOf({ traces, sites, tracebacks, frames }: SnapshotData): ArrayBuffer[] {
  const columns = [traces, sites, tracebacks, frames].flatMap((table) => Object.values(table));
  const buffers = columns.flatMap((column) => (ArrayBuffer.isView(column) ? column.buffer : []));
  return [...new Set(buffers)] as ArrayBuffer[];
}

/** The watching thread's script, beside this file in a build; sources are TypeScript, which a loader must read. */
function watcherScript(): URL {
  const [extension = ''] = /\.\w+$/.exec(import.meta.url) ?? [];
  const script = new URL(`./watcher${extension}`, import.meta.url);
  if (extension !== '.ts') return script;
  const loader = JSON.stringify(import.meta.resolve('tsx/esm/api'));
  const text = `import { register } from ${loader}; register(); await import(${JSON.stringify(script.href)});`;
  return new URL(`data:text/javascript,${encodeURIComponent(text)}`);
}
