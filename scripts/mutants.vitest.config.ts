import { fileURLToPath } from 'node:url';
import { defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';

const conditions = ['@tracemalloc/source', ...defaultServerConditions];
const name = process.env['MUTANTS_PACKAGE'] ?? '*';

/** For `npm run mutants`: one package's own tests, in one project. */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    // Stryker has its own limit.
    testTimeout: 600_000,
    setupFiles: ['./test/setup/fail-on-console.ts'],
    expect: { requireAssertions: true },
    include: [`packages/${name}/test/**/*.test.ts`],
    // They count heap bytes, which the counters of mutants change.
    exclude: ['packages/core/test/tracer/memory.test.ts'],
  },
});
