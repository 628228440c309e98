import { expect, test } from 'vitest';
import { runSuite, suitesIn } from './own-suite.ts';

test('the package has its suites', () => {
  expect(suitesIn().length).toBeGreaterThan(70);
});

// The whole of it is `own-suite.ts`, run as a script.
test.each(['test_suspensions', 'test_dictviews'])(
  '%s of Skulpt prints the same when traced',
  async (name) => {
    const plain = await runSuite(name, { minified: true, traced: false });
    expect(plain.output).toMatch(/Ran \d+ test/);
    const traced = await runSuite(name, { minified: true, traced: true });
    expect(traced.output).toBe(plain.output);
    expect(traced.allocations).toBeGreaterThan(1000);
  },
);
