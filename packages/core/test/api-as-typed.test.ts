import { Snapshot, Tracer } from '@tracemalloc/core';
import { dump, load, loadChunks } from '@tracemalloc/core/codec';
import { FunctionFilter, where } from '@tracemalloc/core/filters';
import { openRegion, tracing } from '@tracemalloc/core/region';
import { recordTimeline } from '@tracemalloc/core/timeline';
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

test('statistics know the type of their blocks, where all have one', () => {
  const types = (key: 'lineno' | 'type' | 'traceback', options = {}) =>
    snapshot.statistics(key, options).map(({ label, type }) => `${label.split(' ')[0]} ${type}`);
  expect(types('traceback')).toEqual(['m.x:3 list', 'm.x:4 dict', 'm.x:5 ']);
  expect(types('lineno')).toEqual(['lib.x:9 null', 'm.x:5 ']);
  expect(types('type')).toEqual(['list list', 'dict dict', '<unknown> ']);
  expect(types('lineno', { cumulative: true })).toEqual([
    'lib.x:9 null',
    'm.x:3 list',
    'm.x:4 dict',
    'm.x:5 ',
  ]);
  const later = snapshotOf(`
    7  lib.x:9 load  type=set
    5  new.x:1 f  type=text
  `);
  const changes = later.compareTo(snapshot, 'lineno');
  expect(changes.map(({ label, type }) => `${label} ${type}`)).toEqual([
    'lib.x:9 set',
    'm.x:5 ',
    'new.x:1 text',
  ]);
  expect(snapshotOf('').compareTo(snapshot, 'lineno')[0]!.type).toBe(null);
});

test('a row of one table is no row of another in TypeScript, and a plain number is one of any', () => {
  const tracer = new Tracer();
  const heap = tracer.domain({ name: 'x', ids: 'address' });
  tracer.start(5);
  const frame = tracer.frame(tracer.string('a.x'), 3);
  // @ts-expect-error a frame is no traceback
  tracer.alloc(heap, 8, 8, frame);
  // @ts-expect-error a string is no frame
  tracer.extend(0, tracer.string('a.x'));
  tracer.alloc(heap, 16, 8, tracer.extend(0, frame), tracer.type('list'));
  tracer.alloc(0, 24, 8, 0);
  const types = tracer
    .takeSnapshot()
    .statistics('traceback')
    .map(({ type }) => type);
  expect(types).toContain('list');
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
      using _line = recordTimeline(tracer);
    }
    expect(tracer.isTracing()).toBe(true);
    expect(tracer.takeSnapshot().timeline).toBe(null);
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
  expect(() => load(new DataView(buffer) as never)).toThrow(
    /: pass new Uint8Array\(it\.buffer, it\.byteOffset, it\.byteLength\)$/,
  );
  await expect(loadChunks(blob as never)).rejects.toThrow(/pass it\.stream\(\)$/);
  await expect(loadChunks(bytes as never)).rejects.toThrow(
    'loadChunks takes pieces one after the other, got an object: pass [it], or call load(it)',
  );
  for (const wrong of [null, 'text', 7]) {
    await expect(loadChunks(wrong as never)).rejects.toThrow(
      /^loadChunks takes pieces one after the other, got /,
    );
  }
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
