import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { traced } from '@tracemalloc/vitest';
import { expect, test } from 'vitest';
import { Toy } from './toy.ts';

/** Three blocks, 300 bytes, of which 200 live at a time and 100 are left. */
function working(toy: Toy) {
  return traced(
    toy.tracer,
    () => {
      const first = toy.alloc(1, 100, 'list');
      toy.alloc(2, 50);
      toy.free(first);
      toy.alloc(2, 150);
      toy.free(first + 8);
    },
    { getLine: toy.getLine },
  );
}

function messageOf(check: () => unknown): string {
  try {
    check();
  } catch (error) {
    return (error as Error).message;
  }
  return 'no error';
}

test('limits are kept up to the last byte and block', () => {
  const work = working(new Toy());
  expect(work).toAllocateAtMost(300);
  expect(work).not.toAllocateAtMost('299 B');
  expect(work).toAllocateBlocksAtMost(3);
  expect(work).not.toAllocateBlocksAtMost(2);
  expect(work).toPeakAtMost('200 B');
  expect(work).not.toPeakAtMost(199);
  expect(work).toLeakAtMost('450 B');
  expect(work).not.toLeakAtMost('449 B');
  expect(work).toLeakAtMost(150, { iterations: 1, warmup: 0 });
  expect(work).not.toLeakNothing();
  expect(work.tracer.isTracing()).toBe(false);
});

test('what is allocated: the message shows the biggest sites with their lines', () => {
  const work = working(new Toy());
  expect(messageOf(() => expect(work).toAllocateAtMost('0.1 KiB'))).toBe(
    `The work was limited to 102 B and allocated 300 B in 3 blocks.
  200 B in 2 blocks (67 %)
    allocated at load.toy:2 in load
      new_block(2)
    called from main.toy:1 in main
      load()
  100 B in 1 block of list (33 %)
    allocated at load.toy:1 in load
      new_block(1)
    called from main.toy:1 in main
      load()`,
  );
});

test('what leaks: the message shows who has more than before', () => {
  const work = working(new Toy());
  expect(messageOf(() => expect(work).toLeakNothing())).toBe(
    `The work leaked 450 B in 3 blocks in 3 runs.
  450 B in 3 blocks (100 %)
    allocated at load.toy:2 in load
      new_block(2)
    called from main.toy:1 in main
      load()`,
  );
  const perSite = () => expect(work).toLeakAtMost(99, { perSite: true, iterations: 1 });
  expect(messageOf(perSite).split('\n')[0]).toBe(
    'The work was allowed to leak 99 B per site in 1 run and leaked 150 B at its worst site.',
  );
});

test('blocks: the message shows who allocated most of them', () => {
  const message = messageOf(() => expect(working(new Toy())).toAllocateBlocksAtMost(1));
  expect(message.split('\n').slice(0, 3)).toEqual([
    'The work was limited to 1 block and allocated 3.',
    '  200 B in 2 blocks (67 %)',
    '    allocated at load.toy:2 in load',
  ]);
});

test('many sites are cut short, and big sizes are told apart', () => {
  const toy = new Toy();
  const work = traced(toy.tracer, () => {
    for (let line = 1; line <= 7; line++) toy.alloc(line, 10_240 + line);
  });
  const lines = messageOf(() => expect(work).toPeakAtMost(71707)).split('\n');
  expect(lines[0]).toBe(
    'The work was limited to a peak of 70.0 KiB (71707 B) and had 70.0 KiB (71708 B) live at a time.',
  );
  expect(lines.at(-1)).toBe('  and 2 more sites with 20.0 KiB (20483 B)');
});

test('a tracer that traces goes on, and what it has does not count', () => {
  const toy = new Toy();
  toy.tracer.start(5);
  toy.alloc(1, 1000);
  toy.alloc(2, 1000);
  expect(working(toy)).toAllocateAtMost(300);
  expect(working(toy)).toPeakAtMost(200);
  expect(working(toy)).toLeakAtMost(150, { warmup: 0, iterations: 1 });
  expect(toy.tracer.takeSnapshot().traces).toHaveLength(5);
});

test('caches are filled before the first look, and limits are for all runs together', () => {
  const toy = new Toy();
  let runs = 0;
  const work = traced(toy.tracer, () => {
    if (runs++ < 2) toy.alloc(1, 10);
  });
  expect(work).toLeakNothing({ warmup: 2, iterations: 4 });
  expect(runs).toBe(6);
  runs = 0;
  expect(work).not.toLeakNothing({ warmup: 1 });
});

test('a block of size 0 is a leak, and so are more blocks with fewer bytes', () => {
  const toy = new Toy();
  toy.tracer.start();
  let last = toy.alloc(1, 100);
  const shrinking = traced(toy.tracer, () => {
    toy.free(last);
    toy.alloc(1, 0);
    last = toy.alloc(1, 1);
  });
  expect(shrinking).not.toLeakNothing({ warmup: 0 });
  toy.tracer.stop();
  expect(traced(toy.tracer, () => toy.alloc(1, 0))).not.toLeakNothing();
});

test('an old block that grows in place is a leak, whoever allocated it', () => {
  const toy = new Toy();
  toy.tracer.start(5);
  const old = toy.alloc(1, 100);
  let size = 100;
  const growing = traced(toy.tracer, () => {
    size += 10;
    toy.tracer.resize(0, old, size);
  });
  expect(messageOf(() => expect(growing).toLeakNothing()).split('\n')).toEqual([
    'The work leaked 30 B in 0 blocks in 3 runs.',
    '  30 B in 0 blocks (100 %)',
    '    allocated at load.toy:1 in load',
    '    called from main.toy:1 in main',
  ]);
  expect(growing).not.toPeakAtMost(9);
});

test('asynchronous work, or a settle that is, makes asynchronous matchers', async () => {
  const toy = new Toy();
  const garbage: number[] = [];
  const work = traced(toy.tracer, async () => {
    await Promise.resolve();
    garbage.push(toy.alloc(1, 10));
  });
  await expect(work).not.toLeakNothing();
  await expect(work).toAllocateAtMost(10);
  await expect(expect(work).toPeakAtMost(9)).rejects.toThrow('limited to a peak of 9 B');
  const settled = traced(toy.tracer, () => garbage.push(toy.alloc(1, 10)), {
    settle: async () => {
      for (const address of garbage.splice(0)) toy.free(address);
    },
  });
  await expect(settled).toLeakNothing();
  expect(toy.tracer.isTracing()).toBe(false);
});

test('work that throws stops the tracer', async () => {
  const { tracer } = new Toy();
  const failing = traced(tracer, () => {
    throw new Error('guest failed');
  });
  expect(() => expect(failing).toAllocateAtMost(1)).toThrow('guest failed');
  expect(tracer.isTracing()).toBe(false);
  const later = traced(tracer, async () => {
    throw new Error('guest failed later');
  });
  await expect(async () => expect(later).toLeakNothing()).rejects.toThrow('failed later');
  expect(tracer.isTracing()).toBe(false);
});

test('hosts that see frees late are named', () => {
  const toy = new Toy();
  toy.tracer.setMetadata({ liveness: 'gc-async' });
  expect(messageOf(() => expect(working(toy)).toLeakNothing())).toContain(
    'This host sees frees late (gc-async): give traced() a settle option.',
  );
});

test('wrong arguments are errors, with .not, too', () => {
  const work = working(new Toy());
  expect(() => expect(() => 1).not.toLeakNothing()).toThrow(/^allocations are checked of traced/);
  expect(() => expect(work).not.toAllocateAtMost('lots' as never)).toThrow(
    /^limit must be a size: .* got/,
  );
  expect(() => expect(work).not.toAllocateBlocksAtMost(0.5)).toThrow(/^limit must be a number of/);
  expect(() => expect(work).toLeakNothing({ iterations: 0 })).toThrow(
    'iterations must be an integer in 1..1000000, got 0',
  );
  const typo = { warmups: 1 };
  expect(() => expect(work).toLeakNothing(typo as object)).toThrow(
    'unknown option "warmups"; it takes warmup, iterations',
  );
  expect(() => traced({} as never, () => 1)).toThrow('tracer must be a Tracer');
  expect(() => traced(work.tracer, 1 as never)).toThrow('work must be a function');
});

test('a baseline file has a line for each site', async () => {
  await expect(working(new Toy())).toMatchAllocationBaseline('golden/working.txt');
});

test('a baseline that holds within the tolerance stays as it is, when updating, too', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'baseline-'));
  try {
    const file = join(folder, 'b.txt');
    const baseline = [
      '105 B in 2 blocks: all together',
      '105 B: at the peak',
      '105 B in 2 blocks: load.toy:1 in load < main.toy:1 in main\n',
    ].join('\n');
    writeFileSync(file, baseline);
    const toy = new Toy();
    const work = traced(toy.tracer, () => [1, 2].map(() => toy.alloc(1, 50)));
    await expect(work).toMatchAllocationBaseline(file, { tolerance: 0.05 });
    expect(readFileSync(file, 'utf8')).toBe(baseline);
    const wrong = [
      () => expect(work).toMatchAllocationBaseline(file, { tolerance: 1 }),
      () => expect(work).not.toMatchAllocationBaseline(file),
    ];
    const messages = await Promise.all(
      wrong.map((check) => check().catch((e: Error) => e.message)),
    );
    expect(messages).toEqual([
      'tolerance must be a part, 0 or more and below 1, got 1',
      'toMatchAllocationBaseline cannot be negated',
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
