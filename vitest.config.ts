import { defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';

// Tests run the TypeScript sources, never dist: this export condition selects ./src.
const conditions = ['@tracemalloc/source', ...defaultServerConditions];

export default defineConfig({
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    // The first run on a machine compiles Brython's library, which takes seconds on two slow cores.
    testTimeout: 30_000,
    // By default one core is left free, which on two cores doubles the time.
    maxWorkers: '100%',
    include: ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    setupFiles: ['./test/setup/fail-on-console.ts'],
    reporters: ['default', './scripts/plain-reporter.ts'],
    expect: { requireAssertions: true },
    coverage: { include: ['packages/*/src/**'] },
  },
});
