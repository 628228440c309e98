import { Snapshot, TracemallocError } from '@tracemalloc/core';
import type { Metric } from '@tracemalloc/core/analysis';
import { dumpCollapsed } from '@tracemalloc/formats/collapsed';
import { dumpCsv } from '@tracemalloc/formats/csv';
import { dumpFirefox } from '@tracemalloc/formats/firefox';
import { dumpHeapprofile } from '@tracemalloc/formats/heapprofile';
import { dumpJson } from '@tracemalloc/formats/json';
import { dumpPprof } from '@tracemalloc/formats/pprof';
import { dumpSpeedscope } from '@tracemalloc/formats/speedscope';
import { describe, expect, test } from 'vitest';
import { readPprof } from './readers.ts';
import { smallSnapshot } from './small-snapshot.ts';

const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const dumps = { dumpCollapsed, dumpHeapprofile, dumpSpeedscope };

test.each([
  ['live', '<module> (app.py:9);load (app.py:3) 100'],
  ['peak', '<module> (app.py:9);load (app.py:3) 160'],
  ['temporary', '<module> (app.py:9);load (app.py:3) 232'],
  ['allocated', '<module> (app.py:9);load (app.py:3) 392'],
] as const)('collapsed stacks count %s bytes', (metric, line) => {
  expect(textOf(dumpCollapsed(smallSnapshot(), { metric })).split('\n')).toContain(line);
});

test.each([
  ['live', 1128],
  ['peak', 1160],
  ['temporary', 932],
  ['allocated', 2120],
] as const)('the other formats with a choice count %s bytes too', (metric, bytes) => {
  const snapshot = smallSnapshot();
  const { profiles } = JSON.parse(textOf(dumpSpeedscope(snapshot, { metric })));
  expect(profiles.map((profile: { name: string }) => profile.name)).toEqual([
    `${metric} bytes`,
    `${metric} blocks`,
  ]);
  expect(profiles[0].endValue).toBe(bytes);
  const { samples } = JSON.parse(textOf(dumpHeapprofile(snapshot, { metric })));
  const sizes = samples.map((sample: { size: number }) => sample.size);
  expect(sizes.reduce((sum: number, size: number) => sum + size)).toBe(bytes);
});

describe.each(Object.entries(dumps))('%s', (_, dump) => {
  test('refuses a metric that there is not', () => {
    expect(() => dump(smallSnapshot(), { metric: 'size' as Metric })).toThrow(
      new RangeError('metric must be live, peak, temporary, allocated; got "size"'),
    );
  });

  test('refuses a metric that nobody counted', () => {
    const snapshot = Snapshot.fromTraces([[0, 5, [['a.py', 1]]]], 1);
    expect(() => dump(snapshot, { metric: 'peak' })).toThrow(
      new TracemallocError(
        'unsupported',
        "the snapshot does not know the metric 'peak': it was not counted where the snapshot was taken; it knows live",
        { metric: 'peak', known: ['live'] },
      ),
    );
  });
});

test('of traces of CPython, files have live memory only, and no zeros for the rest', () => {
  const snapshot = Snapshot.fromTraces([[0, 5, [['a.py', 1]], 1]], 1);
  const { profiles } = JSON.parse(textOf(dumpSpeedscope(snapshot)));
  expect(profiles.map((profile: { name: string }) => profile.name)).toEqual([
    'live bytes',
    'live blocks',
  ]);
  const { sites } = JSON.parse(textOf(dumpJson(snapshot)));
  expect(Object.keys(sites)).toEqual(['traceback', 'domain', 'type', 'live']);
  expect(textOf(dumpCsv(snapshot)).split('\r\n')[1]).toBe('0,,5,1,,,,,,,a.py,1,,1,a.py:1');
  const { strings } = readPprof(dumpPprof(snapshot)).stringTable;
  expect(strings).not.toContain('alloc_space');
  const [thread] = JSON.parse(textOf(dumpFirefox(snapshot))).threads;
  expect(thread.nativeAllocations.weight).toEqual([5]);
});
