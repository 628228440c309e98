// Our codec against CPython's pickle, on the same snapshot in one run, in turns:
//   node --expose-gc --conditions=@tracemalloc/source --import=tsx benchmarks/codec/main.ts [traces]
// Needs python3.13 on the PATH. Prints medians and ratios; times are only worth their ratio.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { gunzipSync, gzipSync } from 'node:zlib';
import { dump, load } from '@tracemalloc/core/codec';
import { dumpPickle, loadPickle } from '@tracemalloc/formats/pickle';
import { makeSnapshot } from './corpus.ts';

/** The CPython that the figures are against, by its name on the PATH. */
const python = 'python3.13';
const rounds = 9;
const traces = Number(process.argv[2] ?? 1e6);

type Round = { readonly dump: number; readonly load: number; readonly bytes: number };

function timed<T>(work: () => T): { milliseconds: number; result: T } {
  globalThis.gc?.();
  const start = performance.now();
  const result = work();
  return { milliseconds: performance.now() - start, result };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(2)} MB`;
const milliseconds = (time: number): string => `${time.toFixed(1)} ms`;

const snapshot = makeSnapshot(traces);
const folder = mkdtempSync(join(tmpdir(), 'tracemalloc-'));
const path = join(folder, 'snapshot.pickle');
writeFileSync(path, dumpPickle(snapshot));
const peer = spawn(python, [new URL('peer.py', import.meta.url).pathname, path], {
  stdio: ['pipe', 'pipe', 'inherit'],
});
const answers = createInterface({ input: peer.stdout })[Symbol.asyncIterator]();
const answer = async (): Promise<unknown> => JSON.parse((await answers.next()).value ?? 'null');

console.log(`${traces} traces, CPython`, await answer());
const theirs: Round[] = [];
const ours: Round[] = [];
const pickles: Round[] = [];
for (let round = 0; round < rounds; round++) {
  peer.stdin.write('\n');
  theirs.push((await answer()) as Round);
  const dumped = timed(() => dump(snapshot));
  const loaded = timed(() => load(dumped.result));
  ours.push({
    dump: dumped.milliseconds,
    load: loaded.milliseconds,
    bytes: dumped.result.length,
  });
  const pickled = timed(() => dumpPickle(snapshot));
  const unpickled = timed(() => loadPickle(pickled.result));
  pickles.push({
    dump: pickled.milliseconds,
    load: unpickled.milliseconds,
    bytes: pickled.result.length,
  });
}
peer.stdin.end();
await new Promise((resolve) => peer.once('close', resolve));

function report(name: string, found: readonly Round[]): void {
  const reference = {
    dump: median(theirs.map((r) => r.dump)),
    load: median(theirs.map((r) => r.load)),
  };
  const dumping = median(found.map((r) => r.dump));
  const loading = median(found.map((r) => r.load));
  const times = (theirTime: number, ourTime: number) => `${(theirTime / ourTime).toFixed(1)}×`;
  const share = found[0]!.bytes / theirs[0]!.bytes;
  console.log(
    `${name}: dump ${milliseconds(dumping)} (${times(reference.dump, dumping)}), ` +
      `load ${milliseconds(loading)} (${times(reference.load, loading)}), ` +
      `${megabytes(found[0]!.bytes)} (${(share * 100).toFixed(0)} %)`,
  );
}

report('CPython pickle', theirs);
report('dump / load', ours);
report('dumpPickle / loadPickle', pickles);

const file = dump(snapshot);
const own = readFileSync(`${path}.own`);
const zlibOurs = timed(() => gzipSync(file));
const zlibTheirs = gzipSync(own);
const fflate = timed(() => dump(snapshot, { gzip: true }));
const inflated = timed(() => load(fflate.result));
const zlibInflated = timed(() => load(gunzipSync(zlibOurs.result)));
console.log(
  `gzip: CPython's ${megabytes(zlibTheirs.length)}, ours ${megabytes(zlibOurs.result.length)} ` +
    `(${((zlibOurs.result.length / zlibTheirs.length) * 100).toFixed(0)} %)`,
);
console.log(
  `dump with gzip: ${milliseconds(fflate.milliseconds)} (fflate); zlib alone ` +
    `${milliseconds(zlibOurs.milliseconds)}; load ${milliseconds(inflated.milliseconds)} (fflate), ` +
    `${milliseconds(zlibInflated.milliseconds)} (zlib before load)`,
);
rmSync(folder, { recursive: true });
