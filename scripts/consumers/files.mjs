// files: snapshots as bytes, streams, and messages to a worker and back.
import { Worker } from 'node:worker_threads';
import { Snapshot, Tracer } from '@tracemalloc/core';
import { dump, dumpChunks, load, loadChunks } from '@tracemalloc/core/codec';
import { mergeSnapshots } from '@tracemalloc/core/merge';

const tracer = new Tracer();
tracer.start(5);
for (let i = 0; i < 1000; i++)
  tracer.track(0, i * 16, 64 + (i % 7), [
    ['a.py', (i % 13) + 1],
    ['m.py', 2],
  ]);
const snapshot = tracer.takeSnapshot();
const top = String(snapshot.statistics('lineno')[0]);
const same = (what, other) => {
  if (String(other.statistics('lineno')[0]) !== top)
    throw new Error(`${what} has another top line`);
};
const bytes = dump(snapshot, { gzip: true });
const copy = Uint8Array.from(bytes);
same('load', load(bytes));
same('an ArrayBuffer', load(copy.buffer));
same('a stream', await loadChunks(new Blob([copy]).stream()));
same('pieces', await loadChunks(dumpChunks(snapshot)));
const code = `
  import { parentPort } from 'node:worker_threads';
  import { Snapshot } from '@tracemalloc/core';
  import { load } from '@tracemalloc/core/codec';
  parentPort.on('message', ({ bytes, data }) => {
    parentPort.postMessage(bytes ? load(bytes).data : Snapshot.fromData(data).filterTraces([]).data);
  });
`;
const { writeFileSync } = await import('node:fs');
writeFileSync('files-worker.mjs', code);
const worker = new Worker(new URL('./files-worker.mjs', import.meta.url));
const answer = (message, transfer) =>
  new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.postMessage(message, transfer);
  });
same('the data of a snapshot', Snapshot.fromData(await answer({ data: snapshot.data })));
same('transferred bytes', Snapshot.fromData(await answer({ bytes: copy }, [copy.buffer])));
const twice = mergeSnapshots([snapshot, Snapshot.fromData(structuredClone(snapshot.data))]);
if (twice.traces.length !== 2000) throw new Error(`merged ${twice.traces.length}`);
await worker.terminate();
