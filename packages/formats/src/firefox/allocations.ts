import type { SnapshotData } from '@tracemalloc/core';
import { type Columns, filled } from './table.ts';

/** The thread's tables, named as the profiler names them. */
export type Allocations = {
  readonly samples: AllocationTable;
  readonly nativeAllocations: AllocationTable;
  readonly jsAllocations: AllocationTable;
};

type AllocationTable = { readonly length: number; readonly columns: Columns };

type Row = {
  readonly time: number;
  readonly stack: number | null;
  /** Negative = a free. */
  readonly weight: number;
  readonly address: number;
};

/** @param leaf the row in stackTable, by position in `sites`; −1 = no frames. */
export function allocationsOf(
  data: SnapshotData,
  sites: readonly number[],
  leaf: Int32Array,
): Allocations {
  const { liveSize, totalSize, type } = data.sites;
  const samples: Row[] = [];
  const native: Row[] = [];
  const js: (Row & { className: string })[] = [];
  for (const [time, site] of sites.entries()) {
    const stack = leaf[time]! < 0 ? null : leaf[time]!;
    const live = liveSize[site]!;
    const allocated = Math.max(live, totalSize?.[site] ?? 0);
    const address = 2 * time + 1;
    if (live > 0) samples.push({ time, stack, weight: live, address });
    if (live > 0) native.push({ time, stack, weight: live, address });
    const freed = allocated - live;
    if (freed > 0) {
      native.push({ time, stack, weight: freed, address: address + 1 });
      native.push({ time, stack, weight: -freed, address: address + 1 });
    }
    const className = data.strings[type[site]!]! || 'unknown';
    if (allocated > 0) js.push({ time, stack, weight: allocated, address, className });
  }
  // The profiler needs one sample at least.
  if (samples.length === 0) samples.push({ time: 0, stack: null, weight: 0, address: 0 });
  return {
    samples: table(samples),
    nativeAllocations: table(native, {
      memoryAddress: native.map(({ address }) => address),
      threadId: filled(native.length, 1),
    }),
    jsAllocations: table(js, {
      className: js.map(({ className }) => className),
      typeName: filled(js.length, 'JSObject'),
      coarseType: filled(js.length, 'Object'),
      inNursery: filled(js.length, false),
    }),
  };
}

function table(rows: readonly Row[], others: Columns = {}): AllocationTable {
  const columns = {
    weightType: 'bytes',
    time: rows.map(({ time }) => time),
    stack: rows.map(({ stack }) => stack),
    weight: rows.map(({ weight }) => weight),
    ...others,
  };
  return { length: rows.length, columns };
}
