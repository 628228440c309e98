import { expect, test } from 'vitest';
import { runSuite, suites } from './own-suite.ts';

test('the package has its suites', () => {
  expect(suites.length).toBeGreaterThan(70);
});

// The whole of it is `own-suite.ts`, run as a script.
test.each(['test_suspensions', 'test_dictviews'])(
  '%s of Skulpt prints the same when traced',
  async (name) => {
    const plain = await runSuite(name, true, false);
    expect(plain).toMatch(/Ran \d+ test/);
    expect(await runSuite(name, true, true)).toBe(plain);
  },
);
