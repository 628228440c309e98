import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { findCpythonTests } from '../python/find-cpython.ts';
import { runCpythonSuite } from './cpython-suite.ts';

/** Tests that Skulpt cannot pass. docs/python-differences.md gives the reason of each. */
const exceptions: readonly string[] = [
  'TestTracemallocEnabled.test_fork',
  'TestTracemallocEnabled.test_get_traced_memory',
  'TestTracemallocEnabled.test_no_incomplete_frames',
  'TestTracemallocEnabled.test_reset_peak',
];

/** Of Python 3.13.4 and later: they need threads. */
const laterExceptions: readonly string[] = [
  'TestCAPI.test_late_untrack',
  'TestCAPI.test_tracemalloc_track_race',
];

test('CPython’s own test_tracemalloc passes in Skulpt', (context) => {
  const found = findCpythonTests();
  if (found === null) {
    return context.skip('no Python 3.10 to 3.14 with its test package is installed here');
  }
  const outcomes = runCpythonSuite(found.file, [
    'TestTraceback',
    'TestSnapshot',
    'TestFilters',
    'TestTracemallocEnabled',
    'TestCAPI',
  ]);
  expect(outcomes.length).toBeGreaterThanOrEqual(35);
  const unexpected = outcomes.filter(
    ({ test: name, outcome }) =>
      outcome !== 'ok' && !exceptions.includes(name) && !laterExceptions.includes(name),
  );
  expect(unexpected).toEqual([]);
  const passed = outcomes.filter(({ outcome }) => outcome === 'ok').map(({ test: name }) => name);
  expect(passed.filter((name) => exceptions.includes(name))).toEqual([]);
});

test('docs/python-differences.md names every exception', () => {
  const text = readFileSync(new URL('../../docs/python-differences.md', import.meta.url), 'utf8');
  const section = text.slice(text.indexOf('## Skulpt'));
  const names = [...exceptions, ...laterExceptions].map((name) => name.split('.')[1] ?? name);
  expect(names.filter((name) => !section.includes(`\`${name}\``))).toEqual([]);
});
