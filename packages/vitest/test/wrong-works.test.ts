import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TracedWork, traced } from '@tracemalloc/vitest';
import { assertMatchesBaseline, limitUntil } from '@tracemalloc/vitest/assert';
import { afterAll, expect, test } from 'vitest';
import { readingSnapshots } from './reading-snapshots.ts';
import { Toy } from './toy.ts';

// Each matcher is held to limits that the right work keeps exactly, and shown works that are wrong by
// as little as possible. What it says of each is in test/golden, whole.

type Work = (toy: Toy) => unknown;

/** Two blocks of 150 bytes in all, which it frees. */
const right: Work = (toy) => {
  const list = toy.alloc(1, 100, 'list');
  const text = toy.alloc(2, 50);
  toy.free(list);
  toy.free(text);
};

const folder = mkdtempSync(join(tmpdir(), 'wrong-works-'));
afterAll(() => rmSync(folder, { recursive: true }));
const baseline = join(folder, 'right.txt');
writeFileSync(
  baseline,
  `150 B in 2 blocks: all together
150 B: at the peak
100 B in 1 block: load.toy:1 in load < main.toy:1 in main [list]
50 B in 1 block: load.toy:2 in load < main.toy:1 in main
`,
);

const checks: Record<string, (work: TracedWork<'sync'>) => unknown> = {
  toAllocateAtMost: (work) => expect(work).toAllocateAtMost(150),
  toAllocateBlocksAtMost: (work) => expect(work).toAllocateBlocksAtMost(2),
  toPeakAtMost: (work) => expect(work).toPeakAtMost('150 B'),
  toLeakNothing: (work) => expect(work).toLeakNothing(),
  toLeakAtMost: (work) => expect(work).toLeakAtMost(0),
  'toLeakAtMost per site': (work) => expect(work).toLeakAtMost(0, { perSite: true, warmup: 0 }),
  toKeepTo: (work) => expect(work).toKeepTo({ allocated: 150, blocks: 2, peak: 150, leak: 0 }),
  toMatchAllocationBaseline: (work) => expect(work).toMatchAllocationBaseline(baseline),
  assertMatchesBaseline: (work) => assertMatchesBaseline(work, baseline, { update: false }),
  limitUntil: ({ tracer, work }) => {
    const end = limitUntil(tracer, { allocated: 150, blocks: 2, peak: 150, leak: 0 });
    try {
      work();
    } catch (error) {
      expect(end).not.toThrow();
      throw error;
    }
    end();
  },
};

const other = new Toy();
let heaps = 0;

/** Works of which no figures can be trusted: wrong for every matcher. */
const untrusted: Record<string, Work> = {
  'crashes at its end': (toy) => {
    right(toy);
    throw new Error('the guest crashed');
  },
  'clears its traces': (toy) => {
    right(toy);
    toy.tracer.clearTraces();
  },
  'stops the tracer': (toy) => {
    right(toy);
    toy.tracer.stop();
  },
  'starts the tracer anew': (toy) => {
    toy.tracer.stop();
    toy.tracer.start(10);
    right(toy);
  },
  'frees a block twice': (toy) => {
    const block = toy.alloc(1, 100, 'list');
    toy.free(block);
    toy.free(block);
  },
  'has a block of NaN bytes': (toy) => {
    right(toy);
    toy.alloc(1, Number.NaN);
  },
  'has a block of -1 bytes': (toy) => {
    right(toy);
    toy.free(toy.alloc(1, -1));
  },
  'frees a block that is no number': (toy) => {
    right(toy);
    toy.free(Number.NaN);
  },
  'allocates where a block lives': (toy) => {
    right(toy);
    for (let i = 0; i < 2; i++) toy.tracer.track(0, 1 << 20, 0, [['load.toy', 9]]);
  },
  'begins a collection and never ends it': (toy) => {
    right(toy);
    toy.tracer.gcBegin(0);
  },
  'ends a collection that did not begin': (toy) => {
    right(toy);
    toy.tracer.gcEnd(0);
  },
  'uses a row of another tracer': (toy) => {
    right(toy);
    toy.tracer.alloc(0, 1 << 20, 10, 12_345);
  },
};

/** Wrong for all but hooks, which know no work. */
const unseen: Record<string, Work> = {
  'is seen by another tracer': () => right(other),
  'ends with exit status 1': (toy) => {
    right(toy);
    return { exitCode: 1 };
  },
  'is killed': (toy) => {
    right(toy);
    return { exitCode: null, signal: 'SIGKILL' };
  },
  'is two runs, one of which fails': (toy) => {
    right(toy);
    return [{ exitCode: 0 }, { exitCode: 2 }];
  },
  'settles as a run that failed': (toy) => {
    right(toy);
    return [{ status: 'rejected', reason: new Error('no such module') }];
  },
  'gives its error back': (toy) => {
    right(toy);
    return new TypeError('not callable');
  },
};

const tooMuch: Record<string, Work> = {
  'allocates a byte more': (toy) => {
    const list = toy.alloc(1, 101, 'list');
    const text = toy.alloc(2, 50);
    toy.free(list);
    toy.free(text);
  },
};

const tooMany: Record<string, Work> = {
  'allocates an empty block more': (toy) => {
    right(toy);
    toy.free(toy.alloc(3, 0));
  },
};

const tooHigh: Record<string, Work> = {
  'has a byte more at its peak': tooMuch['allocates a byte more']!,
  'hides its peak': (toy) => {
    const blocks = [toy.alloc(1, 100, 'list'), toy.alloc(2, 50), toy.alloc(3, 1)];
    for (const block of blocks) toy.free(block);
    toy.tracer.resetPeak();
  },
};

const leaks: Record<string, Work> = {
  'leaves a byte': (toy) => {
    toy.alloc(1, 1);
    toy.free(toy.alloc(2, 50));
  },
  'frees a block too late': (toy) => {
    const block = toy.alloc(1, 100, 'list');
    queueMicrotask(() => toy.free(block));
  },
  'calls what it leaves another type': (toy) => {
    const block = toy.alloc(1, 100, 'list');
    toy.tracer.retag(0, block, 0, toy.tracer.type('code'));
  },
  'leaves a byte with a label': (toy) => {
    const { tracer } = toy;
    tracer.setLabel(tracer.label('GET /'));
    toy.alloc(1, 1);
    tracer.setLabel(0);
  },
  'leaves a byte in another heap': (toy) => {
    toy.tracer.track(7, 8 * heaps++, 1, [['load.toy', 3]]);
  },
  'frees another one in its place': (toy) => {
    toy.tracer.track(0, 1 << 30, 100, [['old.toy', 1]]);
    toy.alloc(1, 100, 'list');
    toy.tracer.untrack(0, 1 << 30);
  },
};

const leaksEmpty: Record<string, Work> = {
  'leaves an empty block': (toy) => {
    right(toy);
    toy.alloc(3, 0);
  },
};

const everywhere = { ...untrusted, ...unseen };
const wrong: Record<string, Record<string, Work>> = {
  toAllocateAtMost: { ...everywhere, ...tooMuch },
  toAllocateBlocksAtMost: { ...everywhere, ...tooMany, ...leaksEmpty },
  toPeakAtMost: { ...everywhere, ...tooHigh },
  toLeakNothing: { ...everywhere, ...leaks, ...leaksEmpty },
  toLeakAtMost: { ...everywhere, ...leaks },
  'toLeakAtMost per site': { ...everywhere, ...leaks },
  toKeepTo: { ...everywhere, ...tooMuch, ...tooMany, ...tooHigh, ...leaks },
  toMatchAllocationBaseline: { ...everywhere, ...tooMuch, ...tooMany, ...tooHigh },
  assertMatchesBaseline: { ...everywhere, ...tooMuch, ...tooMany, ...tooHigh },
  limitUntil: { ...untrusted, ...tooMuch, ...tooMany, ...tooHigh, ...leaks },
};

/** What a check says of a work; `null` when it passes. */
async function said(check: (work: TracedWork<'sync'>) => unknown, work: Work) {
  const toy = new Toy();
  try {
    const run = traced(toy.tracer, () => work(toy)) as unknown as TracedWork<'sync'>;
    await readingSnapshots(() => check(run));
    return null;
  } catch (error) {
    expect(toy.tracer.isTracing()).toBe(false);
    return `${(error as Error).name}: ${(error as Error).message}`.replaceAll(folder, '');
  }
}

test.each(Object.keys(checks))('%s passes the right work and no wrong one', async (name) => {
  expect(await said(checks[name]!, right)).toBeNull();
  const found: string[] = [];
  for (const [what, work] of Object.entries(wrong[name]!)) {
    const message = await said(checks[name]!, work);
    expect(message, what).not.toBeNull();
    found.push(`== ${what}\n${message}\n`);
  }
  expect(found.length).toBeGreaterThanOrEqual(10);
  await expect(found.join('\n')).toMatchFileSnapshot(
    `./golden/wrong-works/${name.replaceAll(' ', '-')}.txt`,
  );
});
