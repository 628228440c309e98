export { type FrameRow, ShadowStack, type TypeRow } from '@tracemalloc/core';
export type { Collector } from '../frees/weak-set-watcher.ts';
export { AddressHeap, type AddressHeapOptions } from './address-heap.ts';
export { type Adapter, type AdapterCaps, describeAdapter } from './caps.ts';
export { CheckedStack, CheckedTracer } from './checked.ts';
export { frameMemo, PulledStack, type TracebackSource, type WalkStack } from './frames.ts';
export { ObjectTracker, type ObjectTrackerOptions } from './object-tracker.ts';
