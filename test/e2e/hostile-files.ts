import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { dump } from '@tracemalloc/core/codec';
import { dumpHeapprofile } from '@tracemalloc/formats/heapprofile';
import { dumpParquet } from '@tracemalloc/formats/parquet';
import { dumpPickle } from '@tracemalloc/formats/pickle';
import { dumpPprof } from '@tracemalloc/formats/pprof';
import { dumpSpeedscope } from '@tracemalloc/formats/speedscope';

import {
  flips,
  prefixes,
  randomBuffers,
  reseal,
} from '../../packages/core/test/codec/mutations.ts';
import { runs } from '../../packages/core/test/runs.ts';
import { shopSnapshot } from './report-snapshots.ts';

const pickles = new URL('../vectors/pickles/', import.meta.url);

const bytesOf = (file: string | Uint8Array): Uint8Array =>
  typeof file === 'string' ? new TextEncoder().encode(file) : file;

/** What the readers' own tests feed them, of each format: cut, changed, resealed, drawn, and too much. */
export async function hostileFiles(): Promise<Uint8Array[]> {
  const snapshot = shopSnapshot(3);
  const ours = dump(snapshot);
  const whole = [
    ours,
    dumpPickle(snapshot),
    dumpPprof(snapshot),
    bytesOf(dumpSpeedscope(snapshot)),
    bytesOf(dumpHeapprofile(snapshot)),
    await dumpParquet(snapshot),
    new Uint8Array(readFileSync(new URL('py3.13-proto0.pickle', pickles))),
  ];
  const each = runs(40);
  const damaged = whole.flatMap((bytes, seed) => [
    ...some([...prefixes(bytes)], each),
    ...flips(bytes, each, seed),
    ...randomBuffers(runs(12), seed, bytes.subarray(0, 40)),
  ]);
  const vectors = readdirSync(pickles)
    .filter((name) => name.endsWith('.pickle'))
    .map((name) => new Uint8Array(readFileSync(new URL(name, pickles))));
  const deep = `${'{"head":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
  return [
    ...damaged,
    ...Array.from(flips(ours, each, 77), reseal),
    ...vectors,
    gzipSync(new Uint8Array(24 * 2 ** 20), { level: 1 }),
    gzipSync(gzipSync(new Uint8Array(2 ** 20))),
    bytesOf(deep),
    bytesOf('['.repeat(100_000)),
    bytesOf('cos\nsystem\n(S"true"\ntR.'),
    bytesOf('<script>alert(1)</script>'),
    new Uint8Array(),
  ];
}

function some<T>(all: readonly T[], count: number): T[] {
  const step = Math.max(1, Math.floor(all.length / count));
  return all.filter((_, i) => i % step === 0);
}
