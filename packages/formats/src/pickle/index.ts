export { type DumpPickleOptions, dumpPickle } from './dump-pickle.ts';
export {
  isPickle,
  type LoadPickleOptions,
  loadPickle,
  loadPickles,
  loadPicklesInARow,
} from './load-pickle.ts';
export type { PickleProgress } from './unpickle.ts';
