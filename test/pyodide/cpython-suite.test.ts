import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { newPyodide, olderPyodide } from '../../packages/adapters/test/pyodide/new-pyodide.ts';
import { findCpythonTests } from '../python/find-cpython.ts';
import { runCpythonSuite } from './cpython-suite.ts';

/** Tests that Pyodide cannot pass: it has no processes and no threads. docs/hosts.md names them. */
const exceptions: readonly string[] = [
  'TestTracemallocEnabled.test_fork',
  'TestCAPI.test_late_untrack',
  'TestCAPI.test_tracemalloc_track_race',
];

test.for([
  ['3.13', olderPyodide],
  ['3.14', newPyodide],
] as const)(
  'CPython’s own test_tracemalloc passes in Pyodide with CPython %s, against the adapter’s tracer',
  async ([, load], context) => {
    const found = findCpythonTests();
    if (found?.version !== '3.13') {
      return context.skip('no Python 3.13 with its test package is installed here');
    }
    const outcomes = runCpythonSuite(await load(), found.file, [
      'TestTraceback',
      'TestSnapshot',
      'TestFilters',
      'TestTracemallocEnabled',
      'TestCAPI',
    ]);
    // Those of 3.13.0; later ones have more.
    expect(outcomes.length).toBeGreaterThanOrEqual(39);
    const passed = outcomes.filter(({ outcome }) => outcome === 'ok').map(({ test: name }) => name);
    const failed = outcomes.filter(
      ({ test: name }) => !passed.includes(name) && !exceptions.includes(name),
    );
    expect(failed).toEqual([]);
    expect(passed.filter((name) => exceptions.includes(name))).toEqual([]);
  },
);

test('docs/hosts.md names every exception', () => {
  const text = readFileSync(new URL('../../docs/hosts.md', import.meta.url), 'utf8');
  const names = exceptions.map((name) => name.split('.')[1]!);
  expect(names.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
});
