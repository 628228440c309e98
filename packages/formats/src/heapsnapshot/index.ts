export { dumpHeapsnapshot } from './dump-heapsnapshot.ts';
