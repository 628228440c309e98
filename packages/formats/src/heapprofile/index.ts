export type { Metric } from '@tracemalloc/core/analysis';
export { dumpHeapprofile, type HeapprofileOptions } from './dump-heapprofile.ts';
export { isHeapprofile, loadHeapprofile } from './load-heapprofile.ts';
