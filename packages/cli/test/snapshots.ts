import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type RawTrace, Snapshot, Tracer } from '@tracemalloc/core';
import { dump } from '@tracemalloc/core/codec';
import { dumpPickle } from '@tracemalloc/formats/pickle';

/** Frames most recent first. */
function trace(size: number, frames: [string, number][], domain = 0): RawTrace {
  return [domain, size, frames];
}

const main: [string, number] = ['main.py', 7];
const cache: [string, number] = ['src/cache.py', 2];

/** As CPython knows it: live memory only, no types. */
const older: Snapshot = Snapshot.fromTraces(
  [trace(1024, [cache, main]), trace(512, [['lib/json.py', 30], main])],
  5,
);

export const newer: Snapshot = Snapshot.fromTraces(
  [
    trace(1024, [cache, main]),
    trace(4096, [cache, main]),
    trace(512, [['lib/json.py', 30], main]),
    trace(100, [['src/cache.py', 9], main], 7),
  ],
  5,
);

/** A folder of snapshots, sources and files that are none. */
export function folderOfSnapshots(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tracemalloc-cli-'));
  const pickle = dumpPickle(newer);
  const files: Record<string, Uint8Array | string> = {
    'old.tm': dump(older),
    'new.tm': dump(newer),
    'new.tm.gz': dump(newer, { gzip: true }),
    'new.pickle': pickle,
    'new.pickle.gz': gzipSync(pickle),
    'counted.tm': dump(counted()),
    'empty.tm': '',
    'noise.tm': 'hello',
    'cut.tm': dump(newer).subarray(0, 200),
    'cut.pickle': pickle.subarray(0, 100),
    // {'a': 1} in msgpack and in pickle.
    'other.msgpack': Uint8Array.of(0x81, 0xa1, 0x61, 0x01),
    'other.pickle': Buffer.from('8004950a000000000000007d948c0161944b01732e', 'hex'),
    'zip.gz': gzipSync('hello'),
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

/** One that a tracer took: with types, a peak and all that was ever allocated. */
function counted(): Snapshot {
  const tracer = new Tracer();
  tracer.start(1);
  const heap = tracer.domain({ name: 'heap', ids: 'serial' });
  const [small, big] = [tracer.type('small'), tracer.type('big')];
  const frame = tracer.frame(tracer.string('app.py'), 3, tracer.string('work'));
  const traceback = tracer.extend(0, frame);
  for (let id = 0; id < 4; id++) tracer.alloc(heap, id, 100, traceback, small);
  tracer.alloc(heap, 4, 5000, traceback, big);
  tracer.free(heap, 4);
  return tracer.takeSnapshot();
}
