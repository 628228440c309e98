export { dumpPprof } from './dump-pprof.ts';
export { loadPprof } from './load-pprof.ts';
