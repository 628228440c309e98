// The thread that watches a run; see watch.ts. It asks the program's thread by an inspector's session,
// which works while that runs guest code without a pause, and is answered by messages.
import { renameSync, writeFileSync, writeSync } from 'node:fs';
import { Session } from 'node:inspector';
import { parentPort, workerData } from 'node:worker_threads';
import { Snapshot } from '@tracemalloc/core';
import { dump } from '@tracemalloc/core/codec';
import { formatBytes } from '@tracemalloc/report';
import { pauseAfter } from '@tracemalloc/report/live';
import { LiveServer } from '@tracemalloc/report/live/node';
import type { WatcherMessage, WatcherStart } from './messages.ts';

/** Milliseconds to the first look where nobody looks, and to one that is not answered. */
const firstLook = 1000;
/** V8 says of its limit that it has the young generation in it, which old objects can't use. */
const youngBytes = 48 * 2 ** 20;
/** Parts of V8's memory from which on copies are kept, and the user is told. */
const keepFrom = 0.25;
const warnFrom = 0.7;

const { port, file } = workerData as WatcherStart;
const program = parentPort!;
const server = port === null ? null : new LiveServer({ port });
const session = new Session();
let isConnected = false;
let hasWarned = false;
let isWaiting = false;

let timer: NodeJS.Timeout | undefined;

function askIn(milliseconds: number): void {
  clearTimeout(timer);
  timer = setTimeout(ask, milliseconds);
}

function ask(): void {
  // Where nothing is traced yet there is no answer.
  askIn(firstLook);
  if (isWaiting) return;
  isWaiting = true;
  if (!isConnected) {
    isConnected = true;
    session.connectToMainThread();
  }
  session.post(
    'Runtime.evaluate',
    { expression: 'globalThis[Symbol.for("tracemalloc.watch")]?.(), 0', silent: true },
    () => {
      isWaiting = false;
    },
  );
}

function keep({ data, heap }: WatcherMessage): void {
  const part = heap.used / Math.max(1, heap.limit - youngBytes);
  if (part < keepFrom) return;
  try {
    writeFileSync(`${file}.new`, dump(Snapshot.fromData(data)));
    renameSync(`${file}.new`, file);
  } catch {
    return; // A full disk is no reason to stop the program.
  }
  if (part < warnFrom || hasWarned) return;
  hasWarned = true;
  const room = formatBytes(heap.limit, 'iec');
  writeSync(
    2,
    `tracemalloc: V8's memory (${room}) is nearly full. If it runs out, what lived until then is in ${file}: ` +
      `tracemalloc top ${file}. More room: NODE_OPTIONS=--max-old-space-size=${Math.ceil((2 * heap.limit) / 2 ** 20)}; ` +
      `an error at the line that asks for too much instead: --memory-limit\n`,
  );
}

program.on('message', (message: WatcherMessage) => {
  const { data, time, isOver, cost } = message;
  if (server !== null) server.publish(data, time, isOver);
  if (isOver) {
    if (server === null) program.postMessage('ended');
    else void server.close().then(() => program.postMessage('ended'));
    return;
  }
  keep(message);
  askIn(pauseAfter(cost));
});

if (server === null) askIn(firstLook);
else {
  server.onViewer = ask;
  server.listen().then(
    (url) => program.postMessage({ url }),
    (error: Error) => program.postMessage({ url: null, error: error.message }),
  );
}
