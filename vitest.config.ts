import { defaultServerConditions } from 'vite';
import { configDefaults, defineConfig } from 'vitest/config';

// Tests run the TypeScript sources, never dist: this export condition selects ./src.
const conditions = ['@tracemalloc/source', ...defaultServerConditions];

/**
 * Files that load interpreters or measure the heap: each has a process of its own, because what
 * others leave there would take time in every collection, and be measured.
 */
const guests = [
  'packages/adapters/test/{brython,skulpt,wasmoon}/**/*.test.ts',
  'packages/cli/test/run*.test.ts',
  'packages/core/test/table/block-stores.test.ts',
  'packages/core/test/tracer/memory.test.ts',
  'test/{brython,conformance,skulpt}/**/*.test.ts',
];
/** Files that drive Chromium, all of them the same one. */
const pages = ['test/e2e/**/*.test.ts', 'test/formats/speedscope.test.ts'];
const all = ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts'];

export default defineConfig({
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    // The first run on a machine compiles Brython's library, which takes seconds on two slow cores.
    testTimeout: 30_000,
    // By default one core is left free, which on two cores doubles the time.
    maxWorkers: '100%',
    setupFiles: ['./test/setup/fail-on-console.ts'],
    reporters: ['default', './scripts/plain-reporter.ts'],
    expect: { requireAssertions: true },
    coverage: { include: ['packages/*/src/**'] },
    // They run in the order of their names, the longest file of each first. Most files' tests take
    // less time than a process and the library's modules would for each: those share two.
    projects: [
      { extends: true, test: { name: 'guests', include: guests } },
      { extends: true, test: { name: 'pages', include: pages, isolate: false } },
      {
        extends: true,
        test: {
          name: 'units',
          include: all,
          exclude: [...configDefaults.exclude, ...guests, ...pages],
          isolate: false,
        },
      },
    ],
  },
});
