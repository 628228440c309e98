import { defaultServerConditions } from 'vite';
import { configDefaults, defineConfig } from 'vitest/config';

// Tests run the TypeScript sources, never dist: this export condition selects ./src.
const conditions = ['@tracemalloc/source', ...defaultServerConditions];

/**
 * Files that load Brython, each in a process of its own: an interpreter leaves so much behind that
 * every collection after it takes longer.
 */
const brython = [
  'packages/adapters/test/brython/**/*.test.ts',
  'packages/cli/test/run.test.ts',
  'test/brython/**/*.test.ts',
  'test/conformance/conformance.test.ts',
  'test/examples/leaks.test.ts',
];
/** Files that ask for many collections, which take longer where much is loaded. */
const collecting = [
  'packages/adapters/test/!(brython)/**/*.test.ts',
  'packages/cli/test/run-*.test.ts',
  'packages/core/test/{table,tracer}/**/*.test.ts',
  'test/examples/js-interpreter.test.ts',
  'test/skulpt/**/*.test.ts',
];
const all = ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts'];

export default defineConfig({
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    // The first run on a machine compiles Brython's library, which takes seconds on two slow cores.
    testTimeout: 30_000,
    // By default one core is left free, which on two cores doubles the time. More workers than
    // cores won nothing in runs that took turns.
    maxWorkers: '100%',
    setupFiles: ['./test/setup/fail-on-console.ts'],
    reporters: ['default', './scripts/plain-reporter.ts'],
    expect: { requireAssertions: true },
    coverage: { include: ['packages/*/src/**'] },
    // They run in the order of their names, the longest file of each first. Files of all but the
    // first share two processes: one for each file, with the library's modules, took a third of the
    // time. Not more projects, because each transforms the modules anew.
    projects: [
      { extends: true, test: { name: 'brython', include: brython } },
      { extends: true, test: { name: 'collecting', include: collecting, isolate: false } },
      {
        extends: true,
        test: {
          name: 'others',
          include: all,
          exclude: [...configDefaults.exclude, ...brython, ...collecting],
          isolate: false,
        },
      },
    ],
  },
});
