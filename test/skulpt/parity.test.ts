import { expect, test } from 'vitest';
import { type Agreement, parityTable, totalOf } from '../python/parity.ts';
import { programSet } from '../python/program-set.ts';
import { compareWithCpython } from './programs.ts';

/** Of the programs that Skulpt can run, a sample; `npm run parity` compares all of them. */
const sample = {
  programs: ['closures.py', 'imports.py'],
  courses: ['bank.py', 'slots.py'],
} as const;

test('the ten biggest lines and all tracebacks are CPython’s', async () => {
  const agreements: Agreement[] = [];
  for (const name of ['programs', 'courses'] as const) {
    const result = await compareWithCpython(programSet(name), sample[name]);
    expect(result.refused).toEqual([]);
    agreements.push(...result.agreements);
  }
  const total = totalOf(agreements);
  const table = parityTable(agreements);
  expect([total.places, total.inTop, total.sameSize], table).toEqual([40, 40, 40]);
  expect(total.sameTracebacks / total.tracebacks, table).toBeGreaterThanOrEqual(0.99);
});
