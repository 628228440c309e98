export type { Metric } from '../shared/measure.ts';
export { dumpHeapprofile, type HeapprofileOptions } from './dump-heapprofile.ts';
