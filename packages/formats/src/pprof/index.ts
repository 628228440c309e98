export { dumpPprof } from './dump-pprof.ts';
