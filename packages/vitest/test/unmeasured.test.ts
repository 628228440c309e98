import { Tracer } from '@tracemalloc/core';
import { sampling } from '@tracemalloc/core/sampling';
import {
  type Allowed,
  assertAllocateAtMost,
  assertKeepTo,
  assertLeakNothing,
  assertPeakAtMost,
  measureRun,
  type TracedWork,
  traced,
} from '@tracemalloc/vitest/assert';
import { describe, expect, test } from 'vitest';
import '@tracemalloc/vitest';
import { Toy } from './toy.ts';

function verdict(check: () => unknown): string {
  try {
    check();
    return 'passes';
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message.split('\n')[0]}`;
  }
}

/** Every limit there is, all of them out of reach. */
const checks: Record<string, (work: TracedWork<'sync'>) => void> = {
  allocated: (work) => assertAllocateAtMost(work, '1 GiB'),
  peak: (work) => assertPeakAtMost(work, '1 GiB'),
  leak: (work) => assertLeakNothing(work),
  all: (work) => assertKeepTo(work, { allocated: '1 GiB', blocks: 100, peak: '1 GiB', leak: 0 }),
  negated: (work) => expect(work).not.toPeakAtMost(0),
};

/** What each check says of work that it cannot judge: all the same. */
function verdicts(work: () => unknown, toy: Toy, allow: readonly Allowed[] = []): string {
  const found = Object.values(checks).map((check) =>
    verdict(() => check(traced(toy.tracer, work, { allow }) as TracedWork<'sync'>)),
  );
  return [...new Set(found)].join('\n');
}

/** Allocates and frees, so that there is something to see. */
function busy(toy: Toy): void {
  toy.free(toy.alloc(1, 100));
}

describe('no check passes, nor does its opposite, on', () => {
  test('work that the tracer saw nothing of', () => {
    expect(verdicts(() => 1, new Toy())).toBe(
      "UnmeasuredError: The tracer saw nothing of the work: no block was allocated. Attach the adapter of the guest to this tracer first, or say allow: ['nothing'] in traced() if that is meant.",
    );
    const running = new Toy();
    running.tracer.start();
    running.alloc(1, 1000);
    expect(verdicts(() => 1, running)).toMatch(/^UnmeasuredError: The tracer saw nothing/);
    const other = new Toy();
    expect(verdicts(() => busy(other), new Toy())).toMatch(/^UnmeasuredError: The tracer saw noth/);
  });

  test('but frees of blocks that are older than the tracing are none of it', () => {
    const toy = new Toy();
    const old = [1, 2, 3, 4].map(() => toy.alloc(1, 10));
    const work = traced(toy.tracer, () => {
      busy(toy);
      toy.free(old.pop() ?? 0x10_000);
    });
    assertLeakNothing(work);
    expect(toy.tracer.isTracing()).toBe(false);
  });

  test.each([
    [
      'a size that is NaN',
      (toy: Toy) => toy.alloc(1, Number.NaN),
      'a size that is no integer in 0..2^53-1',
    ],
    [
      'a block that is freed twice',
      (toy: Toy) => {
        const block = toy.alloc(1, 10);
        toy.free(block);
        toy.free(block);
      },
      'a free of a block that was freed before',
    ],
    [
      'a row of another tracer',
      ({ tracer }: Toy) => tracer.alloc(0, 800, 1, 123),
      'a row that this tracer did not give',
    ],
  ])('an event that was rejected: %s', (_, fail, what) => {
    const toy = new Toy();
    const work = () => {
      busy(toy);
      fail(toy);
    };
    expect(verdicts(work, toy)).toBe(
      `UnmeasuredError: The tracer rejected an event of the work: ${what}. Find the adapter's mistake with a CheckedTracer, or say allow: ['rejected'] in traced() if that is meant.`,
    );
  });

  test('a guest that failed', () => {
    const toy = new Toy();
    const work = () => {
      busy(toy);
      return { exitCode: 1 };
    };
    expect(verdicts(work, toy)).toBe(
      "UnmeasuredError: The guest ended with exit status 1, so the figures are those of a run that failed. Look at what it wrote to stderr, or say allow: ['failure'] in traced() if that is meant.",
    );
  });

  test.each([
    ['cleared all traces', (tracer: Tracer) => tracer.clearTraces()],
    ['stopped tracing', (tracer: Tracer) => tracer.stop()],
    [
      'cleared all traces',
      (tracer: Tracer) => {
        tracer.stop();
        tracer.start();
      },
    ],
  ])('work that %s', (what, clear) => {
    const toy = new Toy();
    const work = () => {
      busy(toy);
      clear(toy.tracer);
    };
    expect(verdicts(work, toy)).toBe(
      `UnmeasuredError: The work ${what}, so what it allocated before is not known. Check it without its tracemalloc calls, or say allow: ['cleared'] in traced() if that is meant.`,
    );
    expect(toy.tracer.isTracing()).toBe(false);
  });

  test('a metric that the host does not count', () => {
    const tracer = new Tracer({ metadata: { host: 'skulpt 1.2.0', liveness: 'reachable' } });
    const live: number[] = [];
    const liveSet = (emit: (size: number, traceback: number, type: number) => void): void => {
      for (const size of live) emit(size, 0, 0);
    };
    tracer.domain({ name: 'walked', ids: 'walked', liveSet });
    const work = traced(tracer, () => live.push(800));
    const what = (metric: string) =>
      `UnmeasuredError: This host (skulpt 1.2.0) does not know ${metric}: it tells what lives when it is asked. Limit what the work leaks, or say allow: ['unmeasured'] in traced() if that is meant.`;
    expect(verdict(() => assertPeakAtMost(work, 0))).toBe(what('what is live at a time'));
    expect(verdict(() => assertAllocateAtMost(work, 0))).toBe(
      what('what is allocated and freed again'),
    );
    expect(verdict(() => assertLeakNothing(work))).toBe(
      'AssertionError: The work leaked 2400 B in 3 blocks in 3 runs.',
    );
  });

  test('a tracer that samples', () => {
    const toy = new Toy();
    toy.tracer.start(5, sampling({ sampleInterval: 64 }));
    expect(verdicts(() => busy(toy), toy)).toBe(
      "UnmeasuredError: The tracer samples, so the figures of a site are estimates. Start it without sampling, or say allow: ['unmeasured'] in traced() if that is meant.",
    );
  });

  test('and figures of it are absent, not 0', async () => {
    const tracer = new Tracer({ metadata: { liveness: 'reachable' } });
    tracer.domain({ name: 'walked', ids: 'walked', liveSet: (emit) => emit(8, 0, 0) });
    const { allocated, blocks, peak } = await measureRun(traced(tracer, () => 1));
    expect([allocated, blocks, peak]).toEqual([null, null, null]);
  });
});

test('what is allowed is judged by what there is', () => {
  const toy = new Toy();
  const all: Allowed[] = ['nothing', 'failure', 'rejected', 'cleared', 'unmeasured'];
  const work = () => {
    toy.alloc(1, Number.NaN);
    toy.tracer.stop();
    return { exitCode: 1 };
  };
  const { negated: _, ...limits } = checks;
  for (const check of Object.values(limits)) {
    expect(verdict(() => check(traced(toy.tracer, work, { allow: all }) as never))).toBe('passes');
  }
  expect(() => traced(toy.tracer, work, { allow: ['all' as never] })).toThrow(
    'allow may hold nothing, failure, rejected, cleared, unmeasured, got all',
  );
});

test('options of traced are checked', () => {
  const typo = { nFrame: 3 };
  expect(() => traced(new Tracer(), () => 1, typo as object)).toThrow(
    'unknown option "nFrame"; it takes nframe, getLine, settle, ignore, show, heap, allow',
  );
});
