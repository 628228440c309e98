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
