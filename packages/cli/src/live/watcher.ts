// The thread that watches a run; see watch.ts. It asks the program's thread by an inspector's session,
// which works while that runs guest code without a pause, and is answered by messages.
import { renameSync, utimesSync, writeFileSync, writeSync } from 'node:fs';
import { Session } from 'node:inspector';
import { parentPort, workerData } from 'node:worker_threads';
import { Snapshot } from '@tracemalloc/core';
import { dump } from '@tracemalloc/core/codec';
import { formatBytes } from '@tracemalloc/report';
import { LiveServer } from '@tracemalloc/report/live/node';
import { CopyPace, lookEvery } from './copy-pace.ts';
import type { WatcherMessage, WatcherStart } from './messages.ts';

/** V8 says of its limit that it has the young generation in it, which old objects can't use. */
const youngBytes = 48 * 2 ** 20;

const { port, file, heapLimit } = workerData as WatcherStart;
const room = Math.max(1, heapLimit - youngBytes);
const program = parentPort!;
const server = port === null ? null : new LiveServer({ port });
const session = new Session();
let isConnected = false;
let hasWarned = false;
const pace = new CopyPace();
/** Ends the pause between two looks, where a viewer must not wait for the next one. */
let wake = (): void => undefined;

/** Looks as long as the program runs: at little while nobody is there to be told. */
async function watch(): Promise<never> {
  let pause = lookEvery;
  for (;;) {
    await pauseFor(pause);
    pace.full = (await heapUsed()) / room;
    pause = lookEvery;
    if (pace.isKept || server?.isWatched === true) {
      const left = pace.left(performance.now());
      if (left <= 0) await copy();
      else pause = Math.min(pause, left);
    }
  }
}

function pauseFor(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    wake = () => {
      clearTimeout(timer);
      resolve();
    };
  });
}

/** Has the program's thread do something, wherever it is. */
function post(method: string, params: object = {}): Promise<Readonly<Record<string, unknown>>> {
  if (!isConnected) {
    isConnected = true;
    session.connectToMainThread();
  }
  return new Promise((resolve) => {
    session.post(method, params, (_, result: object = {}) =>
      resolve(result as Readonly<Record<string, unknown>>),
    );
  });
}

async function heapUsed(): Promise<number> {
  const { usedSize } = await post('Runtime.getHeapUsage');
  return Number(usedSize ?? 0);
}

/** Asks for a copy, which comes as a message: by then, or when it can be made. */
async function copy(): Promise<void> {
  pace.asked(performance.now());
  const { result } = await post('Runtime.evaluate', {
    expression: 'globalThis[Symbol.for("tracemalloc.watch")]?.() ?? 0',
    silent: true,
  });
  pace.took(performance.now(), Number((result as { value?: unknown } | undefined)?.value ?? 0));
}

function keep({ data, date }: WatcherMessage & { readonly data: object }): void {
  try {
    writeFileSync(`${file}.new`, dump(Snapshot.fromData(data)));
    // Its time is that of the copy.
    utimesSync(`${file}.new`, date, date);
    renameSync(`${file}.new`, file);
  } catch {
    return; // A full disk is no reason to stop the program.
  }
  if (!pace.isNearlyFull || hasWarned) return;
  hasWarned = true;
  writeSync(
    2,
    `tracemalloc: V8's memory (${formatBytes(heapLimit, 'iec')}) is nearly full. If it runs out, what lived until then is in ${file}: ` +
      `tracemalloc top ${file}. More room: NODE_OPTIONS=--max-old-space-size=${Math.ceil((2 * heapLimit) / 2 ** 20)}; ` +
      `an error at the line that asks for too much instead: --memory-limit\n`,
  );
}

function end(): void {
  const tell = (): void => program.postMessage('ended');
  if (server === null) tell();
  else void server.close().then(tell);
}

program.on('message', (message: WatcherMessage | 'watch') => {
  if (message === 'watch') {
    void watch();
    return;
  }
  const { data, time, cost, isOver } = message;
  pace.took(performance.now(), cost);
  if (data !== null) server?.publish(data, time, isOver);
  if (isOver) end();
  else if (data !== null && pace.isKept) keep({ ...message, data });
});

if (server === null) program.postMessage({ url: null });
else {
  server.onViewer = () => wake();
  server.listen().then(
    (url) => program.postMessage({ url }),
    (error: Error) => program.postMessage({ url: null, error: error.message }),
  );
}
