import { expect, test } from 'vitest';
import { parityTable } from '../python/parity.ts';
import { programSet } from '../python/program-set.ts';
import { compareWithCpython } from './programs.ts';

/** Of the programs that Skulpt can run, a sample; `npm run parity` compares all of them. */
const sample = ['comprehensions.py', 'imports.py', 'recursion.py'];

test('the ten biggest lines and all tracebacks are CPython’s', async () => {
  const { agreements, refused } = await compareWithCpython(programSet('programs'), sample);
  expect(refused).toEqual([]);
  const total = { places: 0, inTop: 0, sameSize: 0, tracebacks: 0, sameTracebacks: 0 };
  for (const one of agreements) {
    total.places += one.places;
    total.inTop += one.inTop;
    total.sameSize += one.sameSize;
    total.tracebacks += one.tracebacks;
    total.sameTracebacks += one.sameTracebacks;
  }
  const table = parityTable(agreements);
  expect(total.places).toBe(10 * sample.length);
  expect(total.inTop / total.places, table).toBeGreaterThanOrEqual(0.95);
  expect(total.sameSize / total.places, table).toBeGreaterThanOrEqual(0.8);
  expect(total.sameTracebacks / total.tracebacks, table).toBeGreaterThanOrEqual(0.99);
});
