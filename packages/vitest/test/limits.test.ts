import { assertKeepTo, assertPeakAtMost, traced } from '@tracemalloc/vitest/assert';
import { describe, expect, test } from 'vitest';
import '@tracemalloc/vitest';
import { Toy } from './toy.ts';

function messageOf(check: () => unknown): string {
  try {
    check();
  } catch (error) {
    return (error as Error).message;
  }
  return 'no error';
}

describe('several limits on one run', () => {
  function counted(toy: Toy) {
    let runs = 0;
    const work = traced(toy.tracer, () => {
      runs++;
      toy.free(toy.alloc(1, 100, 'list'));
      toy.alloc(2, 50);
    });
    return { work, runs: () => runs };
  }

  test('run the work once, and once before it for leaks', () => {
    const { work, runs } = counted(new Toy());
    expect(work).toKeepTo({ allocated: 150, blocks: 2, peak: 100 });
    expect(runs()).toBe(1);
    expect(work).toKeepTo({ leak: 50 });
    expect(runs()).toBe(3);
    expect(work).toKeepTo({ leak: 50 }, { warmup: 0 });
    expect(runs()).toBe(4);
  });

  test('say all that were broken', () => {
    const { work } = counted(new Toy());
    const limits = { allocated: 149, blocks: 2, peak: '99 B', leak: 49 } as const;
    const message = messageOf(() => assertKeepTo(work, limits));
    expect(message).toBe(`The work was limited to 149 B and allocated 150 B in 2 blocks.
  100 B in 1 block of list (67 %)
    allocated at load.toy:1 in load
    called from main.toy:1 in main
  50 B in 1 block (33 %)
    allocated at load.toy:2 in load
    called from main.toy:1 in main
The work was limited to a peak of 99 B and had 100 B live at a time.
  100 B in 1 block of list (100 %)
    allocated at load.toy:1 in load
    called from main.toy:1 in main
The work was allowed to leak 49 B in 1 run and leaked 50 B in 1 block.
  50 B in 1 block (100 %)
    allocated at load.toy:2 in load
    called from main.toy:1 in main`);
    expect(work).not.toKeepTo(limits);
  });

  test('are checked before the work runs', () => {
    const { work, runs } = counted(new Toy());
    expect(() => expect(work).toKeepTo({})).toThrow(
      'limits must have one of allocated, blocks, peak, leak, got none',
    );
    expect(() => expect(work).toKeepTo({ peek: 1 } as object)).toThrow(
      'unknown option "peek"; it takes allocated, blocks, peak, leak',
    );
    expect(() => expect(work).toKeepTo({ peak: '8 QiB' as never })).toThrow(
      /^peak must be a size: .*8 QiB/,
    );
    expect(() => expect(work).toKeepTo({ blocks: -1 })).toThrow(
      'blocks must be a number of blocks',
    );
    expect(runs()).toBe(0);
  });
});

test('sites that are ignored count for nothing', () => {
  const toy = new Toy();
  const work = traced(
    toy.tracer,
    () => {
      toy.alloc(1, 1000, 'cache');
      toy.free(toy.alloc(2, 10));
    },
    { ignore: ({ frames, type }) => type === 'cache' && frames[0]!.lineno === 1 },
  );
  expect(work).toKeepTo({ allocated: 10, blocks: 1, peak: 10, leak: 0 });
  expect(work).toLeakNothing();
  expect(work).not.toKeepTo({ peak: 9 });
});

test('a traced application keeps its peak and its label', () => {
  const toy = new Toy();
  const { tracer } = toy;
  tracer.start(5);
  toy.free(toy.alloc(1, 9000));
  const label = tracer.label('GET /');
  tracer.setLabel(label);
  const work = traced(tracer, () => toy.free(toy.alloc(2, 10)));
  expect(work).toKeepTo({ allocated: 10, peak: 10, leak: 0 });
  expect(work).toLeakNothing();
  expect([tracer.getTracedMemory(), tracer.currentLabel]).toEqual([
    { current: 0, peak: 9000 },
    label,
  ]);
});

test('a guest that resets the peak hides none', () => {
  const toy = new Toy();
  const work = traced(toy.tracer, () => {
    toy.free(toy.alloc(1, 1000));
    toy.tracer.resetPeak();
  });
  expect(work).not.toPeakAtMost(999);
  expect(work).toPeakAtMost(1000);
});

describe('checks of one tracer at a time', () => {
  const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

  test('a peak is not hidden by another check meanwhile', async () => {
    const toy = new Toy();
    toy.tracer.start();
    const big = traced(toy.tracer, async () => {
      toy.free(toy.alloc(1, 1e6));
      await later(10);
    });
    const small = traced(toy.tracer, async () => {
      toy.free(toy.alloc(2, 10));
    });
    const all = await Promise.allSettled([
      assertPeakAtMost(big, '1 KB'),
      later(3).then(() => assertPeakAtMost(small, '1 KB')),
    ]);
    expect(all.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  });

  test('two that leak nothing pass beside each other, on a tracer that was off', async () => {
    const toy = new Toy();
    const work = (ms: number) =>
      traced(toy.tracer, async () => {
        const block = toy.alloc(1, 10);
        await later(ms);
        toy.free(block);
      });
    await Promise.all([4, 2, 3].map((ms) => expect(work(ms)).toLeakNothing()));
    expect(toy.tracer.isTracing()).toBe(false);
  });

  test('one that fails lets the next one run', async () => {
    const toy = new Toy();
    const failing = traced(toy.tracer, async () => {
      await later(2);
      throw new Error('guest failed');
    });
    const work = traced(toy.tracer, async () => toy.free(toy.alloc(1, 10)));
    const all = await Promise.allSettled([
      assertPeakAtMost(failing, 1),
      assertPeakAtMost(work, 10),
    ]);
    expect(all.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  });

  test('but not for the check whose work they are in', async () => {
    const toy = new Toy();
    const inner = (line: number, size: number) =>
      traced(toy.tracer, async () => {
        await later(1);
        toy.free(toy.alloc(line, size));
        await later(1);
      });
    const outer = traced(toy.tracer, async () => {
      await later(1);
      toy.free(toy.alloc(1, 1000));
      await assertPeakAtMost(inner(2, 100), 100);
      // Those inside it wait for each other.
      await Promise.all([3, 4].map((line) => assertKeepTo(inner(line, 100), { peak: 100 })));
      const broken = traced(toy.tracer, () => toy.free(toy.alloc(5, 101)));
      expect(messageOf(() => assertPeakAtMost(broken, 100))).toMatch(/had 101 B live/);
    });
    await expect(outer).toPeakAtMost(1000);
    await expect(outer).not.toPeakAtMost(999);
    await expect(outer).toKeepTo({ allocated: 1401, leak: 0 });
    expect(toy.tracer.isTracing()).toBe(false);
  });

  test('and what a check leaves running waits as any other code does', async () => {
    const toy = new Toy();
    const work = () => traced(toy.tracer, async () => toy.free(toy.alloc(1, 10)));
    let late: Promise<void> | undefined;
    await assertPeakAtMost(
      traced(toy.tracer, async () => {
        toy.free(toy.alloc(2, 10));
        late = later(5).then(() => assertPeakAtMost(work(), 10));
      }),
      10,
    );
    const big = traced(toy.tracer, async () => {
      await later(10);
      toy.free(toy.alloc(3, 1000));
    });
    await Promise.all([assertPeakAtMost(big, 1000), late]);
    expect(toy.tracer.isTracing()).toBe(false);
  });
});
