import { Snapshot, Tracer } from '@tracemalloc/core';
import { dump, load, loadChunks } from '@tracemalloc/core/codec';
import { FunctionFilter, where } from '@tracemalloc/core/filters';
import { openRegion, tracing } from '@tracemalloc/core/region';
import { expect, test } from 'vitest';
import { snapshotOf } from './snapshot-text.ts';

const snapshot = snapshotOf(`
  1000  lib.x:9 load < m.x:3 main  type=list
  500   lib.x:9 load < m.x:4 main  type=dict
  10    m.x:5 main
`);

test('statistics know the functions of their lines', () => {
  const names = (key: 'lineno' | 'traceback' | 'filename') =>
    snapshot
      .statistics(key)
      .map(({ traceback }) => traceback.frames.map(({ functionName }) => functionName).join('>'));
  expect(names('lineno')).toEqual(['load', 'main']);
  expect(names('traceback')).toEqual(['main>load', 'main>load', 'main']);
  expect(names('filename')).toEqual(['', '']);
  const [change] = snapshot.compareTo(snapshotOf('10  m.x:5 main'), 'lineno');
  expect(change!.traceback.at(-1)!.functionName).toBe('load');
});

test('a cumulative mode that a key does not have is no TypeScript', () => {
  expect(snapshot.statistics('function', { cumulative: true })).toHaveLength(2);
  // @ts-expect-error a type is no part of a frame
  expect(() => snapshot.statistics('type', { cumulative: true })).toThrow(RangeError);
  // @ts-expect-error a label is no part of a frame
  expect(() => snapshot.compareTo(snapshot, 'label', { cumulative: true })).toThrow(RangeError);
});

test('traces are filtered by function, and by what anybody thinks of', () => {
  const sizes = (...filters: Parameters<Snapshot['filterTraces']>[0][]) =>
    filters.map((list) => [...snapshot.filterTraces(list).traces].map(({ size }) => size));
  expect(
    sizes(
      [new FunctionFilter(true, 'lo*')],
      [new FunctionFilter(false, 'load')],
      [new FunctionFilter(true, 'main', { allFrames: true })],
      [where(({ type, size }) => type === 'dict' || size < 100)],
    ),
  ).toEqual([[1000, 500], [10], [1000, 500, 10], [500, 10]]);
  for (const filter of [
    new FunctionFilter(true, 'main', { allFrames: true }),
    new FunctionFilter(false, 'load'),
  ]) {
    const { forSites: _, ...slow } = {
      inclusive: filter.inclusive,
      forSites: 0,
      matches: (trace: never) => filter.matches(trace),
    };
    expect(sizes([filter])).toEqual(sizes([slow]));
  }
  expect(() => where('list' as never)).toThrow('keep must be a function, got "list"');
});

test('tracing ends with the block that began it', () => {
  const tracer = new Tracer();
  {
    using _ = tracing(tracer, 25);
    expect([tracer.isTracing(), tracer.nframe]).toEqual([true, 25]);
    using _inner = tracing(tracer);
  }
  expect(tracer.isTracing()).toBe(false);
  {
    using _ = tracing(tracer);
    {
      using _inner = tracing(tracer);
    }
    expect(tracer.isTracing()).toBe(true);
  }
});

test('bytes of fetch are read as they come, and what holds bytes is told how to give them', async () => {
  const bytes = dump(snapshot);
  const { buffer } = Uint8Array.from(bytes);
  expect(load(buffer).traces.length).toBe(3);
  expect((await loadChunks([buffer])).traces.length).toBe(3);
  const blob = new Blob([buffer]);
  expect((await loadChunks(blob.stream())).traces.length).toBe(3);
  expect(() => load(blob as never)).toThrow(
    'load takes a Uint8Array or an ArrayBuffer, got an object: pass await it.arrayBuffer()',
  );
  expect(() => load(blob.stream() as never)).toThrow(/pass it to loadChunks$/);
  await expect(loadChunks(blob as never)).rejects.toThrow(/pass it\.stream\(\)$/);
});

test('a snapshot goes to a worker as its data', () => {
  const copy = structuredClone(snapshot.data);
  expect(
    Snapshot.fromData(copy)
      .compareTo(snapshot, 'lineno')
      .every(({ sizeDiff }) => sizeDiff === 0),
  ).toBe(true);
  expect(() => snapshot.compareTo({ data: copy } as never, 'lineno')).toThrow(
    'old must be a Snapshot, got an object (of a message: Snapshot.fromData(it.data))',
  );
});

test('two copies of this library know what the other one made', async () => {
  const { vi } = await import('vitest');
  vi.resetModules();
  const other: typeof import('@tracemalloc/core') = await import('@tracemalloc/core');
  const { mergeSnapshots } = await import('@tracemalloc/core/merge');
  const otherRegion = await import('@tracemalloc/core/region');
  expect(other.Snapshot).not.toBe(Snapshot);
  expect([snapshot instanceof other.Snapshot, {} instanceof other.Snapshot]).toEqual([true, false]);
  expect([null, undefined, 3].map((value) => (value as unknown) instanceof Snapshot)).toEqual([
    false,
    false,
    false,
  ]);
  expect(mergeSnapshots([snapshot, snapshot]).traces.length).toBe(6);
  const frames = [...snapshot.traces.at(0)!.traceback];
  expect(new other.Traceback(frames).length).toBe(2);
  const tracer = new Tracer();
  tracer.start();
  const regions = [openRegion(tracer), otherRegion.openRegion(tracer as never)];
  tracer.track(0, 8, 100, [['a.x', 1]]);
  expect(regions.map(({ peak, current }) => [peak, current])).toEqual([
    [100, 100],
    [100, 100],
  ]);
});
