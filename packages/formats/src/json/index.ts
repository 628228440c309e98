export { dumpJson } from './dump-json.ts';
