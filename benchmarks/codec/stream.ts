// A large snapshot to a file and back, in pieces, and the memory that takes:
//   node --expose-gc --conditions=@tracemalloc/source --import=tsx benchmarks/codec/stream.ts [traces]
import { createReadStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Snapshot } from '@tracemalloc/core';
import { dumpChunks, loadChunks } from '@tracemalloc/core/codec';
import { makeSnapshot } from './corpus.ts';

const traces = Number(process.argv[2] ?? 1e7);
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;

/** A snapshot of many traces without ever holding them as objects: a small one, repeated. */
function repeated(count: number): Snapshot {
  const { data } = makeSnapshot(100_000);
  const size = new Float64Array(count);
  const site = new Int32Array(count);
  for (let row = 0; row < count; row++) {
    size[row] = data.traces.size[row % 100_000]!;
    site[row] = data.traces.site[row % 100_000]!;
  }
  return Snapshot.fromData({ ...data, traces: { length: count, size, site, weight: null } });
}

/** Highest bytes in use outside the heap, seen while `work` runs, above those before it. */
async function peakOf(
  name: string,
  columnBytes: number,
  work: () => Promise<unknown>,
): Promise<void> {
  globalThis.gc?.();
  const used = () => {
    const { arrayBuffers, heapUsed } = process.memoryUsage();
    return arrayBuffers + heapUsed;
  };
  const before = used();
  let peak = before;
  const timer = setInterval(() => {
    peak = Math.max(peak, used());
  }, 1);
  const start = performance.now();
  await work();
  clearInterval(timer);
  const took = performance.now() - start;
  const multiple = ((peak - before) / columnBytes).toFixed(2);
  console.log(
    `${name}: ${took.toFixed(0)} ms, ${megabytes(peak - before)} (${multiple} × columns)`,
  );
}

const snapshot = repeated(traces);
const columnBytes = traces * 12;
const folder = mkdtempSync(join(tmpdir(), 'tracemalloc-'));
console.log(`${traces} traces: columns of ${megabytes(columnBytes)}`);
for (const gzip of [false, true]) {
  const path = join(folder, gzip ? 'snapshot.tm.gz' : 'snapshot.tm');
  await peakOf(`write${gzip ? ' gzipped' : ''}`, columnBytes, async () => {
    const file = await open(path, 'w');
    for (const chunk of dumpChunks(snapshot, { gzip })) await file.write(chunk);
    await file.close();
  });
  const byteLength = statSync(path).size;
  console.log(`file: ${megabytes(byteLength)}`);
  await peakOf(`read${gzip ? ' gzipped' : ''}`, columnBytes, async () => {
    const options = gzip ? {} : { byteLength };
    return loadChunks(createReadStream(path, { highWaterMark: 2 ** 20 }), options);
  });
}
rmSync(folder, { recursive: true });
