import { parseArgs } from 'node:util';
import { analysisCases } from './analysis.ts';
import { findCpython } from './cpython/client.ts';
import { bench, type Case } from './harness.ts';
import { hotPathCases } from './hot-path.ts';
import { measureLarge } from './large.ts';

const { values } = parseArgs({
  options: {
    /** Record what was measured in ratios.json. */
    update: { type: 'boolean', default: false },
    /** All shapes, and 10^7 live blocks: minutes, and 4 GB for CPython's side. */
    full: { type: 'boolean', default: false },
    /** Not ratios but what 10^7 live traces take: pauses and memory. */
    large: { type: 'boolean', default: false },
    /** Only cases whose name contains this. */
    only: { type: 'string', default: '' },
    /** Recorded beside the figures; needed to record on a loaded machine. */
    note: { type: 'string' },
  },
});

function* allCases(command: string | null): Generator<Case> {
  yield* hotPathCases(command, values.full, values.only);
  yield* analysisCases(command, values.full, values.only);
}

const cpython = findCpython();
console.log(`Node ${process.version}, CPython ${cpython?.version ?? '3.13: none on PATH'}`);
if (values.large) {
  await measureLarge();
} else {
  await bench(allCases(cpython?.command ?? null), {
    update: values.update,
    note: values.note,
    versions: { node: process.version, cpython: cpython?.version ?? 'none' },
  });
}
