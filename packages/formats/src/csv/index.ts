export { dumpCsv } from './dump-csv.ts';
