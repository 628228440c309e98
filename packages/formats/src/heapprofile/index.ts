export type { Metric } from '@tracemalloc/core/metric';
export { dumpHeapprofile, type HeapprofileOptions } from './dump-heapprofile.ts';
