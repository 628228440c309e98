// Feeds damaged snapshots and pickles to their readers for as long as it is told to:
//   npm run fuzz -- [runs = 100000] [seed = 1]
// The short form of the same corpus runs in the tests. Prints what each part met, how long the
// slowest file took and how far memory grew, and fails on anything but a TracemallocError.
import { readFileSync } from 'node:fs';
import { dump, load } from '../packages/core/src/codec/index.ts';
import { Snapshot } from '../packages/core/src/index.ts';
import { fullRows, snapshotFromRows } from '../packages/core/test/codec/fixtures.ts';
import {
  flips,
  outcomeOf,
  prefixes,
  randomBuffers,
  reseal,
} from '../packages/core/test/codec/mutations.ts';
import { dumpPickle, loadPickle } from '../packages/formats/src/pickle/index.ts';

const maxMilliseconds = 1000;
const maxGrowthBytes = 64 * 2 ** 20;

const runs = Number(process.argv[2] ?? 100_000);
const seed = Number(process.argv[3] ?? 1);

function loadPickleOrSize(bytes: Uint8Array): Snapshot | null {
  try {
    return loadPickle(bytes);
  } catch (error) {
    // The one other error that loadPickle promises: a size that no number holds, named.
    if (error instanceof RangeError && error.message.startsWith('the size of trace ')) return null;
    throw error;
  }
}

/** Of CPU, so that a busy machine makes nothing slow. */
function cpuMilliseconds(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

function usedBytes(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/**
 * Reads every file of a part.
 * @param maxOffset that an error may name beside those in the file: offsets in inflated data.
 * @returns whether all kept within the bounds.
 */
function run(
  name: string,
  files: Iterable<Uint8Array>,
  read: (file: Uint8Array) => unknown,
  maxOffset = 0,
): boolean {
  const outcomes = new Map<string, number>();
  let slowest = 0;
  let growth = 0;
  for (const file of files) {
    const before = usedBytes();
    const start = process.cpuUsage();
    const outcome = outcomeOf(() => read(file), Math.max(file.length, maxOffset));
    slowest = Math.max(slowest, cpuMilliseconds(start));
    growth = Math.max(growth, usedBytes() - before);
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  const counts = Array.from(outcomes, ([outcome, count]) => `${outcome} ${count}`).join(', ');
  const bounds = `slowest ${slowest.toFixed(1)} ms, memory +${(growth / 2 ** 20).toFixed(1)} MiB`;
  console.log(`${name}: ${counts}; ${bounds}`);
  return slowest < maxMilliseconds && growth < maxGrowthBytes;
}

/** What a changed file still gives must be a snapshot that works. */
function use(snapshot: Snapshot | null): void {
  if (snapshot === null) return;
  for (const trace of snapshot.traces) String(trace);
  snapshot.statistics('traceback');
  load(dump(snapshot));
}

const snapshot = snapshotFromRows(fullRows(true));
const file = dump(snapshot);
const gzipped = dump(snapshot, { gzip: true });
const vectors = new URL('../test/vectors/pickles/', import.meta.url);
const pickles = ['py3.13-synthetic.pickle', 'py3.13-proto0.pickle', 'py3.13-extra.pickle'];

const results = [
  run('prefixes of a snapshot', prefixes(file), load),
  run('flips in a snapshot', flips(file, runs, seed), load),
  run('flips behind right checksums', flips(file, runs, seed + 1), (bytes) =>
    use(load(reseal(bytes))),
  ),
  run(
    'flips in a gzipped snapshot',
    flips(gzipped, runs / 10, seed + 2),
    (bytes) => use(load(bytes)),
    Number.POSITIVE_INFINITY,
  ),
  run('random buffers', randomBuffers(runs, seed + 3, file.subarray(0, 25)), load),
];
for (const name of pickles) {
  const pickle = new Uint8Array(readFileSync(new URL(name, vectors)));
  results.push(run(`prefixes of ${name}`, prefixes(pickle), loadPickle));
  results.push(
    run(`flips in ${name}`, flips(pickle, runs, seed + 4), (bytes) => use(loadPickleOrSize(bytes))),
  );
}
const small = dumpPickle(Snapshot.fromTraces([[0, 1, [['a.py', 1]]]], 1));
results.push(
  run('random pickles', randomBuffers(runs, seed + 5, small.subarray(0, 40)), loadPickleOrSize),
);

if (Object.hasOwn(Object.prototype, 'polluted')) throw new Error('a prototype was touched');
if (results.includes(false)) {
  console.error(`a file took more than ${maxMilliseconds} ms or ${maxGrowthBytes} bytes`);
  process.exitCode = 1;
}
