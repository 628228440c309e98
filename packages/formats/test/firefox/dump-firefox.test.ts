import { Tracer } from '@tracemalloc/core';
import { rangeOf, recordTimeline } from '@tracemalloc/core/timeline';
import { dumpFirefox } from '@tracemalloc/formats/firefox';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyRows, snapshotFromRows } from '../../../core/test/codec/fixtures.ts';
import { runs } from '../../../core/test/runs.ts';
import { smallSnapshot } from '../small-snapshot.ts';

const read = (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes));

type Table = { length: number } & Record<string, unknown>;

/** The columns of the table, by name: each must be as long as the table says. */
function expectWholeColumns(name: string, { length, ...columns }: Table): void {
  for (const [column, values] of Object.entries(columns)) {
    if (Array.isArray(values))
      expect([name, column, values.length]).toEqual([name, column, length]);
  }
}

function expectRows(rows: (number | null)[], of: { length: number }): void {
  expect(rows.filter((row) => row !== null && !(row >= 0 && row < of.length))).toEqual([]);
}

test('tables have whole columns, and rows of tables that there are', () => {
  fc.assert(
    fc.property(anyRows(false).map(snapshotFromRows), (snapshot) => {
      const profile = read(dumpFirefox(snapshot));
      const { stringArray, ...tables } = profile.shared;
      const [thread] = profile.threads;
      const { samples, nativeAllocations, jsAllocations } = thread;
      const own = { samples, nativeAllocations, jsAllocations, markers: thread.markers };
      for (const [name, table] of Object.entries({ ...tables, ...own })) {
        if (table !== undefined) expectWholeColumns(name, table as Table);
      }
      const { stackTable, frameTable, funcTable, sources } = tables;
      expectRows(samples.stack, stackTable);
      expectRows(nativeAllocations?.stack ?? [], stackTable);
      expectRows(stackTable.frame, frameTable);
      expectRows(frameTable.func, funcTable);
      expectRows(frameTable.category, profile.meta.categories);
      expectRows(funcTable.name, stringArray);
      expectRows(funcTable.source, sources);
      expectRows(sources.filename, stringArray);
      const parents = stackTable.prefixOffset.map((offset: number, row: number) => row - offset);
      expectRows(parents, stackTable);
      expect(new Set(stringArray).size).toBe(stringArray.length);
    }),
    { numRuns: runs(15) },
  );
});

test('allocations add up to live, allocated, and what was freed', () => {
  const [{ samples, nativeAllocations, jsAllocations }] = read(
    dumpFirefox(smallSnapshot()),
  ).threads;
  const sum = (weights: number[]) => weights.reduce((total, weight) => total + weight, 0);
  const native: number[] = nativeAllocations.weight;
  expect(sum(samples.weight)).toBe(1128);
  expect(sum(native)).toBe(1128);
  expect(sum(native.filter((weight) => weight > 0))).toBe(2120);
  expect(sum(jsAllocations.weight)).toBe(2120);
  expect(nativeAllocations.time).toEqual([...nativeAllocations.time].sort((a, b) => a - b));
  // What is freed is what was allocated at that address, and no address is taken while it is live.
  const live = new Map<number, number>();
  for (const [row, address] of nativeAllocations.memoryAddress.entries()) {
    expect(live.get(address) ?? 0).toBe(native[row]! > 0 ? 0 : -native[row]!);
    live.set(address, (live.get(address) ?? 0) + native[row]!);
  }
});

const step = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(fc.constant('alloc'), fc.nat(9), fc.nat(99), fc.nat(2)) },
  { weight: 3, arbitrary: fc.tuple(fc.constant('free'), fc.nat(9)) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('shrink'), fc.nat(9)) },
);

/** A run of `steps` with a time line, a point each few events; a millisecond passes with every event. */
function timedRun(steps: readonly (readonly [string, ...number[]])[], births: boolean) {
  let now = 0;
  const tracer = new Tracer();
  tracer.start(2);
  const domain = tracer.domain({ name: 'guest', ids: 'serial' });
  recordTimeline(tracer, { every: '2 events', maxPoints: 8, clock: () => now, births });
  for (const [name, id = 0, size = 0, line = 0] of steps) {
    now++;
    if (name === 'free') tracer.free(domain, id);
    else if (name === 'shrink') tracer.resize(domain, id, 1);
    else if (name === 'grow') tracer.resize(domain, id, size);
    else {
      tracer.stack[0] = tracer.frame(tracer.string('app.py'), line + 1);
      tracer.alloc(domain, id, size + 1, tracer.capture(1), tracer.type('list'));
    }
  }
  now++;
  tracer.mark('the end');
  return tracer.takeSnapshot();
}

/** Bytes by line of rows of a table. */
function byLine(profile: ReturnType<typeof read>, rows: { stack: number; weight: number }[]) {
  const { stackTable, frameTable } = profile.shared;
  const sums: Record<number, number> = {};
  for (const { stack, weight } of rows) {
    const line = frameTable.line[stackTable.frame[stack]];
    sums[line] = (sums[line] ?? 0) + weight;
  }
  return sums;
}

test('with a time line, what the profiler retains in any range is what is still there of it', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), (steps) => {
      const snapshot = timedRun(steps, true);
      const profile = read(dumpFirefox(snapshot));
      const [{ nativeAllocations, jsAllocations, samples, markers }] = profile.threads;
      const rowsOf = (table: Table) =>
        Array.from({ length: table.length }, (_, i) => ({
          time: (table['time'] as number[])[i]!,
          stack: (table['stack'] as number[])[i]!,
          weight: (table['weight'] as number[])[i]!,
          address: (table['memoryAddress'] as number[] | undefined)?.[i] ?? 0,
        }));
      const lineOf = (site: number) => {
        const { sites, tracebacks, frames } = snapshot.data;
        return frames.line[tracebacks.frame[tracebacks.offset[sites.traceback[site]!]!]!]!;
      };
      const bySite = (sizes: Float64Array) => {
        const sums: Record<number, number> = {};
        for (const [site, size] of sizes.entries()) {
          if (size !== 0) sums[lineOf(site)] = (sums[lineOf(site)] ?? 0) + size;
        }
        return sums;
      };
      const native = nativeAllocations === undefined ? [] : rowsOf(nativeAllocations);
      const js = jsAllocations === undefined ? [] : rowsOf(jsAllocations);
      expect(native.map(({ time }) => time)).toEqual(
        native.map(({ time }) => time).sort((a, b) => a - b),
      );
      const { length, time } = snapshot.timeline!.points;
      const at = (moment: number) => (moment === 0 ? 0 : time![moment - 1]!);
      for (let from = 0; from < length; from++) {
        for (let to = from + 1; to <= length; to++) {
          const isIn = (row: { time: number }) => row.time > at(from) && row.time <= at(to);
          const kept = new Map<number, (typeof native)[number]>();
          for (const row of native.filter(isIn)) {
            if (row.weight > 0) kept.set(row.address, row);
            else kept.delete(row.address);
          }
          const { alive, allocated } = rangeOf(snapshot, from, to);
          expect(byLine(profile, [...kept.values()])).toEqual(bySite(alive!.size));
          expect(byLine(profile, js.filter(isIn))).toEqual(bySite(allocated.size));
        }
      }
      const live = rowsOf(samples).filter(({ weight }) => weight > 0);
      expect(byLine(profile, live)).toEqual(bySite(snapshot.data.sites.liveSize));
      const [{ samples: track }] = profile.counters;
      const sum = track.count.reduce((total: number, bytes: number) => total + bytes, 0);
      expect(sum).toBe(snapshot.timeline!.points.liveSize.at(-1));
      expect(markers.name.map((row: number) => profile.shared.stringArray[row])).toEqual([
        'the end',
      ]);
    }),
    { numRuns: runs(40) },
  );
});

test('what a block grows by is an allocation of that time', () => {
  const steps = [
    ['alloc', 1, 9, 0],
    ['shrink', 1],
    ['alloc', 2, 0, 1],
    ['grow', 1, 20],
  ] as const;
  const [{ nativeAllocations }] = read(dumpFirefox(timedRun(steps, true))).threads;
  expect([nativeAllocations.time, nativeAllocations.weight]).toEqual([
    [3, 3, 3, 5, 5],
    [9, 1, -9, 19, 1],
  ]);
});

test('where nobody kept when blocks were born, allocations have their time and no addresses', () => {
  const steps = [
    ['alloc', 1, 9, 0],
    ['alloc', 2, 19, 1],
    ['free', 1],
    ['alloc', 3, 9, 0],
  ] as const;
  const [{ nativeAllocations, samples }] = read(dumpFirefox(timedRun(steps, false))).threads;
  expect(nativeAllocations).toEqual({
    length: 4,
    weightType: 'bytes',
    time: [3, 3, 5, 5],
    stack: [0, 1, 0, 0],
    weight: [10, 20, 10, -10],
  });
  expect(samples).toMatchObject({ time: [0, 5, 5, 5], weight: [0, 10, 20, 0] });
});
