import { parseArgs } from 'node:util';
import { findCpython } from './cpython/client.ts';
import { bench } from './harness.ts';
import { hotPathCases } from './hot-path.ts';

const { values } = parseArgs({
  options: {
    update: { type: 'boolean', default: false },
    full: { type: 'boolean', default: false },
    note: { type: 'string' },
  },
});
const cpython = findCpython();
console.log(`Node ${process.version}, CPython ${cpython?.version ?? '3.13 not found'}`);
const versions = { node: process.version, cpython: cpython?.version ?? 'none' };
await bench(hotPathCases(cpython?.command ?? null, values.full), {
  ...values,
  note: values.note,
  versions,
});
