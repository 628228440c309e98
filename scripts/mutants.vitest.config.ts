import { fileURLToPath } from 'node:url';
import { defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';

const conditions = ['@tracemalloc/source', ...defaultServerConditions];

/** For `npm run mutants`, which says what tests are run. */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    // Stryker has its own limit.
    testTimeout: 600_000,
    setupFiles: ['./test/setup/fail-on-console.ts'],
    expect: { requireAssertions: true },
    include: [process.env['MUTANTS_TESTS'] ?? ''],
    // They count heap bytes, which the counters of mutants change.
    exclude: ['packages/core/test/tracer/memory.test.ts'],
  },
});
