export { dumpPickle } from './dump-pickle.ts';
export { isPickle, loadPickle } from './load-pickle.ts';
