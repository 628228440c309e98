import { createBrython, installNodeGuestModule } from '@tracemalloc/adapters/brython/node';
import { Tracer } from '@tracemalloc/core';
import { traced } from '@tracemalloc/vitest';
import { baselineText, measureRun } from '@tracemalloc/vitest/assert';
import { beforeAll, expect, test } from 'vitest';

type Runtime = Awaited<ReturnType<typeof createBrython>>;

const tracer = new Tracer();
let runtime: Runtime;
beforeAll(async () => {
  runtime = await createBrython({ stderr: () => undefined });
  installNodeGuestModule(runtime.$B, runtime.attach(tracer));
});

const running = (source: string) =>
  traced(tracer, () => runtime.run({ source, filename: 'app.py' }));

/** The first line of what a check says; `passes` where it says nothing. */
function said(check: () => void): string {
  try {
    check();
  } catch (error) {
    return (error as Error).message.split('\n')[0]!.replace(/ [A-Z][\w' ]*, or say allow.*/, '');
  }
  return 'passes';
}

/** What a check says, with limits that no program here could break. */
function verdict(source: string): string {
  const limits = { allocated: '1 GiB', peak: '1 GiB', leak: '1 GiB' } as const;
  return said(() => expect(running(source)).toKeepTo(limits, { warmup: 0 }));
}

test('a megabyte that only lives for a moment is allocated, and at the peak', () => {
  const run = running('def f():\n  return len(bytes(1000000))\nf()\n');
  expect(() => expect(run).toKeepTo({ allocated: '1 KiB', peak: '1 KiB' })).toThrow(
    /^The work was limited to 1024 B and allocated 977 KiB[\s\S]*\nThe work was limited to a peak of 1024 B and had 977 KiB/,
  );
});

test.each([
  ['ends in an exception', '1/0'],
  ['is no Python', 'keep = [bytes(9999)'],
  ['exits', 'import sys\nsys.exit(1)'],
])('a guest that %s passes no check', (_, source) => {
  expect(verdict(source)).toBe(
    'The guest ended with exit status 1, so the figures are those of a run that failed.',
  );
});

test.each([
  ['stopped tracing', 'tracemalloc.stop()'],
  ['cleared all traces', 'tracemalloc.clear_traces()'],
])('a guest that %s passes no check', (what, call) => {
  expect(verdict(`import tracemalloc\nkeep = [bytes(9000)]\n${call}\n`)).toBe(
    `The work ${what}, so what it allocated before is not known.`,
  );
});

test('a guest that resets the peak hides none', () => {
  const run = running('import tracemalloc\nx = [0] * 100000\ndel x\ntracemalloc.reset_peak()\n');
  expect(said(() => expect(run).toPeakAtMost('700 KB'))).toMatch(/^The work was limited to a peak/);
});

test('the same work has the same baseline', async () => {
  const run = running(
    'def f():\n  for i in range(100):\n    x = bytes(1000)\n    y = [j for j in range(50)]\nf()\n',
  );
  const baselines = new Set<string>();
  for (let i = 0; i < 2; i++) baselines.add(baselineText(await measureRun(run)));
  expect([...baselines]).toHaveLength(1);
});
