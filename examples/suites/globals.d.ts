import type * as vitest from 'vitest';

declare global {
  /** What jest and mocha have in the global scope, which is of the same shape as vitest's. */
  const describe: typeof vitest.describe;
  const it: typeof vitest.it;
  const test: typeof vitest.test;
  const expect: typeof vitest.expect;
}
