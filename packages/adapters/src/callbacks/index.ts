export { type FrameRow, ShadowStack, type TypeRow } from '@tracemalloc/core';
export {
  type Adapter,
  type AdapterCaps,
  allocatedByLine,
  attachOrRestore,
  type BlocksByLine,
  checkOptions,
  type Difference,
  describeAdapter,
  excessMessage,
  type OptionRule,
  Restorer,
  selfTest,
} from '../contract/index.ts';
export type { Token } from '../frees/watcher.ts';
export type { Collector } from '../frees/weak-set-watcher.ts';
export { type HostFrameRules, HostStack } from '../host-frames/host-stack.ts';
export { AddressHeap, type AddressHeapOptions } from './address-heap.ts';
export { CAllocator, type CFunctions, type CFunctionsOfContext } from './c-allocator.ts';
export { CheckedStack } from './checked-stack.ts';
export { CheckedTracer, type CheckedTracerOptions } from './checked-tracer.ts';
export { type CodePlace, frameMemo, type PcMemo, pcMemo } from './frame-memo.ts';
export { PulledStack, type TracebackSource, type WalkStack } from './frames.ts';
export { type ObjectHeapOptions, objectHeap } from './object-heap.ts';
export { ObjectTracker, type ObjectTrackerOptions } from './object-tracker.ts';
