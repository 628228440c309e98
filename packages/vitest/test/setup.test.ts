import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from '@tracemalloc/core/codec';
import { limitEveryTest, type TestMemory } from '@tracemalloc/vitest';
import {
  AllocationError,
  assertAllocateAtMost,
  assertLeakNothing,
  assertMatchesBaseline,
  limitUntil,
  type Size,
  setupLimits,
  traced,
} from '@tracemalloc/vitest/assert';
import MemoryReporter from '@tracemalloc/vitest/reporter';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { writeBaseline } from '../src/assert/baseline-file.ts';
import { Toy } from './toy.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'limits-'));
});
afterEach(() => {
  setupLimits();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

function messageOf(check: () => unknown): string {
  try {
    check();
  } catch (error) {
    return (error as Error).message.replaceAll(folder, '');
  }
  return 'no error';
}

const busy = (toy: Toy) =>
  traced(toy.tracer, () => {
    for (const line of [1, 2, 3]) toy.alloc(line, 10 * line);
  });

describe('what a setup file says', () => {
  test('of messages: sites, frames, source lines', () => {
    const toy = new Toy();
    setupLimits({ sites: 1, frames: 1, getLine: toy.getLine });
    expect(messageOf(() => assertAllocateAtMost(busy(toy), 59))).toBe(
      `The work was limited to 59 B and allocated 60 B in 3 blocks.
  30 B in 1 block (50 %)
    allocated at load.toy:3 in load
      new_block(3)
    and 1 more caller
  and 2 more sites with 30 B`,
    );
    setupLimits({ sites: 0 });
    expect(messageOf(() => assertAllocateAtMost(busy(toy), 59))).toBe(
      'The work was limited to 59 B and allocated 60 B in 3 blocks.\n  and 3 more sites with 60 B',
    );
  });

  test('of frames kept', () => {
    setupLimits({ nframe: 1 });
    expect(messageOf(() => assertAllocateAtMost(busy(new Toy()), 1))).not.toMatch('called from');
    expect(traced(new Toy().tracer, () => 1).nframe).toBe(1);
    expect(traced(new Toy().tracer, () => 1, { nframe: 7 }).nframe).toBe(7);
  });

  test('of snapshots: a check that fails keeps one, and says where', () => {
    const snapshots = join(folder, 'kept');
    setupLimits({ snapshots });
    assertAllocateAtMost(busy(new Toy()), 60);
    expect(existsSync(snapshots)).toBe(false);
    const message = messageOf(() => expect(busy(new Toy())).toAllocateAtMost(59));
    const file =
      'what-a-setup-file-says-of-snapshots-a-check-that-fails-keeps-one-and-says-where.tm';
    expect(message.split('\n').at(-1)).toBe(
      `The snapshot is in /kept/${file}: tracemalloc report /kept/${file}`,
    );
    expect(load(readFileSync(join(snapshots, file))).traces.length).toBe(3);
    expect(messageOf(() => expect(busy(new Toy())).not.toAllocateAtMost(60))).toMatch(/-2\.tm$/);
    expect(messageOf(() => assertLeakNothing(busy(new Toy())))).toMatch(
      /report \/kept\/check\.tm$/,
    );
    setupLimits({ snapshots: join(snapshots, file) });
    expect(messageOf(() => assertLeakNothing(busy(new Toy())))).toMatch(
      /\nThe snapshot could not be kept: .*$/,
    );
  });

  test.each<[object, string]>([
    [{ nframe: 0 }, 'nframe must be an integer in 1..65535, got 0'],
    [{ sites: -1 }, 'sites must be an integer in 0..1000000, got -1'],
    [{ tolerance: 1 }, 'tolerance must be a part, 0 or more and below 1, got 1'],
    [
      { frame: 1 },
      'unknown option "frame"; it takes nframe, getLine, tolerance, sites, frames, samples, snapshots',
    ],
  ])('is checked: %j', (settings, message) => {
    expect(() => setupLimits(settings)).toThrow(message);
  });
});

test('leaks show samples of what leaked, the newest, where the host can show them', () => {
  const toy = new Toy();
  const names = new Map<number, string>();
  const work = () => {
    for (let i = 0; i < 3; i++) names.set(toy.alloc(1, 8, 'Point'), `<Point ${names.size}>`);
    toy.free(toy.alloc(1, 8, 'Point'));
  };
  const show = (_: number, id: number) => names.get(id) ?? 'freed';
  const run = traced(toy.tracer, work, { show });
  expect(messageOf(() => assertLeakNothing(run, { warmup: 0, iterations: 2 }))).toBe(
    `The work leaked 48 B in 6 blocks in 2 runs.
  48 B in 6 blocks of Point (100 %)
    allocated at load.toy:1 in load
    called from main.toy:1 in main
    such as <Point 3>, <Point 4>, <Point 5>`,
  );
  setupLimits({ samples: 1 });
  const broken = traced(toy.tracer, work, {
    show: () => {
      throw new Error('no memory');
    },
  });
  expect(messageOf(() => assertLeakNothing(broken))).toMatch(
    /\n {4}such as \(not shown: Error: no memory\)$/,
  );
});

describe('baselines without vitest', () => {
  test('are written once, kept to, and written anew when told so', () => {
    vi.stubEnv('CI', '');
    const file = join(folder, 'deep/down/base.txt');
    const work = (size: number) => {
      const toy = new Toy();
      return traced(toy.tracer, () => toy.alloc(1, size));
    };
    const check = (size: number, options = {}) =>
      messageOf(() => assertMatchesBaseline(work(size), file, options));
    expect([check(100), check(100), check(90)]).toEqual(['no error', 'no error', 'no error']);
    expect(
      check(101),
    ).toBe(`The baseline /deep/down/base.txt says less than the work allocates; TRACEMALLOC_UPDATE=1 writes it anew.
  101 B in 1 block, was 100 B in 1 block: all together
  101 B, was 100 B: at the peak
  101 B in 1 block, was 100 B in 1 block: load.toy:1 in load < main.toy:1 in main`);
    expect(check(101, { tolerance: 0.01 })).toBe('no error');
    setupLimits({ tolerance: 0.01 });
    expect(check(101)).toBe('no error');
    vi.stubEnv('TRACEMALLOC_UPDATE', '1');
    expect(check(500)).toMatch(
      /^Two checks that differ write the baseline \/deep.*: give each its own\.$/,
    );
    const again = join(folder, 'again.txt');
    expect(messageOf(() => assertMatchesBaseline(work(100), again))).toBe('no error');
    vi.stubEnv('TRACEMALLOC_UPDATE', '');
    expect(messageOf(() => assertMatchesBaseline(work(500), again))).toMatch(/says less than/);
    vi.stubEnv('CI', '1');
    expect(messageOf(() => assertMatchesBaseline(work(1), join(folder, 'none.txt')))).toBe(
      'The baseline /none.txt is missing; TRACEMALLOC_UPDATE=1 writes it anew.',
    );
  });
});

describe('one baseline file', () => {
  const write = (path: string, text: string, isNew: boolean) =>
    messageOf(() => writeBaseline({ path, name: 'b.txt' }, text, { isNew }));

  test('that another process writes meanwhile stays as it is, and must be the same', () => {
    const file = join(folder, 'b.txt');
    writeFileSync(file, 'theirs\n');
    expect(write(file, 'ours\n', true)).toBe(
      'Two checks that differ write the baseline b.txt: give each its own.',
    );
    expect(readFileSync(file, 'utf8')).toBe('theirs\n');
    expect(write(file, 'theirs\n', true)).toBe('no error');
  });

  test('of two checks of a process is written once, if they are the same', () => {
    const file = join(folder, 'b.txt');
    expect([write(file, 'a\n', true), write(file, 'a\n', false)]).toEqual(['no error', 'no error']);
    expect(write(file, 'b\n', false)).toMatch(/^Two checks that differ/);
    expect(readFileSync(file, 'utf8')).toBe('a\n');
  });

  test('has no peak where the engine says what is freed: it is not the same twice', () => {
    const toy = new Toy();
    const lines = (liveness: string) => {
      const file = join(folder, `${liveness}.txt`);
      toy.tracer.setMetadata({ liveness });
      const work = traced(toy.tracer, () => toy.alloc(1, 8));
      assertMatchesBaseline(work, file);
      return readFileSync(file, 'utf8').split('\n').length;
    };
    vi.stubEnv('CI', '');
    expect([lines('exact'), lines('gc-sync')]).toEqual([4, 3]);
  });
});

describe('a limit on every test', () => {
  const toy = new Toy();
  limitEveryTest(toy.tracer, { peak: '150 B', leak: 0 });

  test('lets pass what keeps to it, with checks of its own inside', () => {
    toy.free(toy.alloc(1, 150));
    const inner = traced(toy.tracer, () => toy.free(toy.alloc(2, 100)));
    expect(inner).toPeakAtMost(100);
  });

  test('and tests that allocate nothing', () => {
    expect(toy.tracer.isTracing()).toBe(true);
  });

  test('throws what was broken', () => {
    const other = new Toy();
    const end = limitUntil(other.tracer, { peak: 100, leak: '5 B' });
    other.free(other.alloc(1, 101));
    other.alloc(2, 6);
    expect(end).toThrow(AllocationError);
    expect(other.tracer.isTracing()).toBe(false);
    expect(() => limitUntil(other.tracer, {})).toThrow('limits must have one of allocated');
  });
});

test('sizes that no unit has are no TypeScript', () => {
  const sizes: Size[] = [1, '1', '8 KiB', '8KB', '1.5 MiB', '2 TB', '3 kB'];
  expect(sizes).toHaveLength(7);
  // @ts-expect-error there is no such unit
  expect(() => expect(busy(new Toy())).toPeakAtMost('8 QiB')).toThrow(/8 QiB/);
});

describe('the reporter', () => {
  /** What it prints of tests with what their checks measured. */
  function printed(tests: Record<string, TestMemory | undefined>, options = {}): string {
    let text = '';
    const reporter = new MemoryReporter({ print: (more) => (text += more), ...options });
    const all = Object.entries(tests).map(([fullName, tracemalloc]) => ({
      fullName,
      module: { relativeModuleId: 'a.test.ts' },
      meta: () => ({ tracemalloc }),
    }));
    reporter.onTestRunEnd([{ children: { allTests: () => all } }] as never);
    return text;
  }

  test('lists the biggest tests with their sites and block sizes', ({ task }) => {
    const toy = new Toy();
    const run = traced(toy.tracer, () => {
      for (let i = 0; i < 8; i++) toy.alloc(1, 16, 'node');
      toy.free(toy.alloc(2, 4096, 'buffer'));
      toy.alloc(3, 1024);
    });
    expect(run).toPeakAtMost('1 MiB');
    expect(run).toKeepTo({ allocated: '1 MiB', leak: '1 MiB' });
    const { tracemalloc } = task.meta as { tracemalloc: TestMemory };
    const small = {
      ...tracemalloc,
      allocated: 10,
      peak: null,
      leaked: null,
      blocks: 1,
      sites: [],
      sizes: [],
    };
    expect(printed({ small, big: tracemalloc, unmeasured: undefined })).toBe(`
Memory: 2 tests were measured; those that allocated most:
  a.test.ts > big
    5248 B allocated in 10 blocks, peak 4224 B, left 1152 B
      4096 B in 1 block at load.toy:2 in load [buffer]
      1024 B in 1 block at load.toy:3 in load
      128 B in 8 blocks at load.toy:1 in load [node]
      sizes of live blocks: 24 B █        ▁ 1024 B
  a.test.ts > small
    10 B allocated in 1 block
`);
    expect(printed({ small, big: tracemalloc }, { biggest: 1, sites: 1 }).split('\n')).toHaveLength(
      7,
    );
  });

  /** What it prints of tests that used baselines: `name: path=what was written`. */
  async function printedOf(uses: string[], options: { only?: boolean; update?: boolean } = {}) {
    let text = '';
    const reporter = new MemoryReporter({ print: (more) => (text += more), biggest: 0 });
    reporter.onInit({
      config: {
        testNamePattern: options.only === true ? /x/ : undefined,
        snapshotOptions: { updateSnapshot: options.update === true ? 'all' : 'new' },
      },
      globTestSpecifications: async () => [0],
    } as never);
    const tests = uses.map((use) => {
      const [fullName, file, written = null] = use.split(/[:=]/);
      const baselines = [{ path: join(folder, file!), written }];
      return {
        fullName,
        module: { relativeModuleId: 'a.test.ts' },
        meta: () => ({ tracemalloc: { sites: [], sizes: [], baselines } }),
        result: () => ({ state: 'passed' }),
      };
    });
    await reporter.onTestRunEnd([{ children: { allTests: () => tests } }] as never);
    return text
      .replace(/\S*limits-\w+/g, '')
      .split('\n')
      .slice(3)
      .join('\n')
      .trimStart();
  }

  test('names baselines that no test is held to, which --update deletes', async () => {
    for (const name of ['used.txt', 'old.txt']) {
      writeFileSync(join(folder, name), '8 B in 1 block: all together\n8 B in 1 block: a.toy:1\n');
    }
    writeFileSync(join(folder, 'notes.txt'), 'of somebody else\n');
    expect(await printedOf(['a:used.txt'], { only: true })).toBe('');
    expect(await printedOf(['a:used.txt', 'b:old.txt'])).toBe('');
    expect(await printedOf(['a:used.txt'])).toBe(
      'Baselines that no test is held to (vitest --update deletes them):\n  /old.txt\n',
    );
    await printedOf(['a:used.txt'], { update: true });
    expect(readdirSync(folder).sort()).toEqual(['notes.txt', 'used.txt']);
  });

  test('names tests that write one baseline and differ, and fails the run', async () => {
    const { exitCode } = process;
    expect(await printedOf(['a:x=1', 'b:x=1', 'c:x', 'd:y=2'], { only: true })).toBe('');
    expect(process.exitCode).toBe(exitCode);
    expect(await printedOf(['a:x=1', 'b:x=2'], { only: true })).toBe(
      'Two tests that differ write one baseline; give each its own:\n  /x\n    a.test.ts > a\n    a.test.ts > b\n',
    );
    expect(process.exitCode).toBe(1);
    process.exitCode = exitCode;
  });

  test('says nothing where nothing was measured', () => {
    expect(printed({ a: undefined })).toBe('');
  });
});
