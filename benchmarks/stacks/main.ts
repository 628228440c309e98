// What a critic of the other benchmarks would measure: stacks as real programs have them, deep and
// many, CPython's side without the cost of being called from Python, the first sample of a process
// and later ones, the longest event, and the first call of each analysis. A minute or two:
//   npm run bench:stacks [-- --only=pairs|pauses|first] [--rounds=3]
import { parseArgs } from 'node:util';
import { CpythonServer, findCpython } from '../cpython/client.ts';
import { measureFirstCalls } from './first-calls.ts';
import { Guest, longestEvents, type Shape } from './ours.ts';
import { type Frees, makeWalk, placesOf } from './zipf.ts';

const { values } = parseArgs({
  options: { only: { type: 'string', default: '' }, rounds: { type: 'string', default: '3' } },
});
const rounds = Number(values.rounds);
const cpython = findCpython();

type Row = Shape & {
  readonly stacks: number;
  readonly visits: number;
  readonly order: 'zipf' | 'local' | 'all';
  readonly frees: Frees;
};

const base: Row = {
  stacks: 5000,
  visits: 20_000,
  order: 'zipf',
  frees: 'fifo',
  nframe: 10,
  live: 50_000,
  burst: 4,
  domains: 1,
};

const rows: readonly Row[] = [
  ...[1, 10, 25, 100].map((nframe) => ({ ...base, nframe })),
  { ...base, order: 'local' },
  { ...base, frees: 'lifo', domains: 3 },
  { ...base, frees: 'random', domains: 3 },
  { ...base, stacks: 50_000, nframe: 25, frees: 'random' },
  { ...base, stacks: 500_000, nframe: 25, burst: 1, visits: 100_000 },
  { ...base, stacks: 100_000, nframe: 25, burst: 1, visits: 100_000, live: 100_000, order: 'all' },
];

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1]!;
}

function ratio(theirs: readonly number[], ours: readonly number[]): string {
  const all = theirs.map((value, i) => value / ours[i]!).sort((a, b) => a - b);
  const [least, most] = [all[0]!, all.at(-1)!];
  return `${median(all).toFixed(2)}× (${least.toFixed(2)}–${most.toFixed(2)})`;
}

async function measureRow(row: Row): Promise<void> {
  const walk = makeWalk(row.stacks, row.visits, row.order);
  const guest = new Guest(walk, row, placesOf(row.visits * row.burst, row.live, row.frees));
  const server = cpython === null ? null : new CpythonServer(cpython.command);
  await server?.ask({
    do: 'stacks',
    ...row,
    ...walk,
    places: [...placesOf(guest.events, row.live, row.frees)],
  });
  const theirs: number[] = [];
  const ours = { pushed: [] as number[], pulled: [] as number[] };
  const first = guest.sample('pushed');
  guest.sample('pulled');
  for (let round = 0; round < rounds; round++) {
    for (const frames of ['pushed', 'pulled'] as const) ours[frames].push(guest.sample(frames).ns);
    if (server !== null) theirs.push(await server.ask({ do: 'measure' }));
  }
  const called = server === null ? 0 : await server.ask({ do: 'call-cost' });
  server?.close();
  const what = `${row.stacks} stacks, ${row.order}, nframe ${row.nframe}, ${row.frees} of ${row.live}`;
  const cells = [
    `${what}, ${row.domains} domain${row.domains > 1 ? 's' : ''}`,
    server === null ? '' : `${median(theirs).toFixed(0)} (call ${called.toFixed(0)})`,
    `${median(ours.pushed).toFixed(0)}${server === null ? '' : `: ${ratio(theirs, ours.pushed)}`}`,
    `${median(ours.pulled).toFixed(0)}${server === null ? '' : `: ${ratio(theirs, ours.pulled)}`}`,
    `${first.ns.toFixed(0)}`,
    `${(first.bytes / 1e6).toFixed(1)}`,
  ];
  console.log(`| ${cells.join(' | ')} |`);
}

if ('pairs'.startsWith(values.only)) {
  console.log(`Node ${process.version}, CPython ${cpython?.version ?? '3.13: none on PATH'}`);
  console.log(
    'CPU ns an event (alloc, and a free once enough live), CPython ÷ ours in brackets after it',
  );
  console.log('| stacks | CPython | pushed | pulled | first sample, pushed | MB |');
  console.log('|---|---|---|---|---|---|');
  for (const row of rows) await measureRow(row);
}
if ('pauses'.startsWith(values.only)) {
  const { longest, bytes } = longestEvents(1e6);
  const shown = longest.map((ms) => ms.toFixed(1)).join(', ');
  console.log(`longest of 1e6 events, each a live stack of 25 frames: ${shown} ms CPU`);
  console.log(`memory: ${(bytes / 1e6).toFixed(0)} MB`);
}
if ('first'.startsWith(values.only)) await measureFirstCalls(cpython?.command ?? null);
