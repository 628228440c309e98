import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defaultServerConditions } from 'vite';
import { configDefaults, defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

// Tests run the TypeScript sources, never dist: this export condition selects ./src.
const conditions = ['@tracemalloc/source', ...defaultServerConditions];

/**
 * What takes whole platforms and other programs as judges: pages in Chromium, CPython's own suites,
 * Pyodide, dozens of programs in each guest, heaps measured from outside, figures over thousands of
 * runs. `npm run test:all` and CI run it; `npm test`, for which somebody waits, does not.
 */
const long = [
  'packages/adapters/test/{fengari,js-interpreter}/adapter.test.ts',
  'packages/adapters/test/host-frames/host-stack.test.ts',
  'packages/adapters/test/{micropython,pyodide,quickjs,wasmoon}/{adapter,counting,guest-heap,mutants,own-snapshot,walk}.test.ts',
  'packages/adapters/test/{micropython,pyodide,quickjs,skulpt}/memory-limit.test.ts',
  'packages/adapters/test/skulpt/{finalizers,live-set}.test.ts',
  'packages/adapters/test/wasm/ledger-growth.test.ts',
  'packages/cli/test/run-{fengari,memory-limit,micropython,pyodide,quickjs}.test.ts',
  'packages/cli/test/{pipes,timeline}.test.ts',
  'packages/core/test/codec/python-reader.test.ts',
  'packages/core/test/sampling/sampling.test.ts',
  'packages/core/test/tracer/{dead-tracebacks,memory}.test.ts',
  'test/{conformance,e2e,fleet,formats,graph,pyodide,skulpt}/**/*.test.ts',
  'test/examples/{fleet,leaks}.test.ts',
];
const longBrython = [
  'packages/adapters/test/brython/{frees,glance,labels,memory-limit,peaks}.test.ts',
  'test/brython/**/*.test.ts',
];
/**
 * Files that load Brython and ask for collections all the time, each in a process of its own: what
 * others leave behind makes each collection take longer.
 */
const alone = ['packages/cli/test/run.test.ts'];
const longAlone = [
  'packages/adapters/test/brython/definitions.test.ts',
  'test/brython/cpython-suite.test.ts',
  'test/conformance/conformance.test.ts',
  'test/examples/leaks.test.ts',
];
/**
 * The others that load Brython share two processes: the first interpreter of a process takes three
 * times as long as the next.
 */
const brython = ['packages/adapters/test/brython/**/*.test.ts'];
/** Files that ask for many collections, which take longer where much is loaded. */
const collecting = [
  'packages/adapters/test/!(brython)/**/*.test.ts',
  'packages/cli/test/run-*.test.ts',
  'packages/core/test/{table,tracer}/**/*.test.ts',
  'test/examples/{fengari,js-interpreter}.test.ts',
];
const all = ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts'];

/** What shares a process, by the project's name; a file belongs to the first that has it. */
const shares = {
  'long-alone': longAlone,
  'long-brython': longBrython,
  'long-others': long,
  alone,
  brython,
  collecting,
  others: all,
};

/**
 * Projects run in the order of their names, the longest file of each first. Files of those that are
 * not alone share two processes: one for each file, with the library's modules, took half as much
 * again.
 */
function projects(): TestProjectInlineConfiguration[] {
  const taken = [...configDefaults.exclude];
  return Object.entries(shares).map(([name, include]) => {
    const exclude = [...taken];
    taken.push(...include);
    return { extends: true, test: { name, include, exclude, isolate: name.endsWith('alone') } };
  });
}

const root = fileURLToPath(new URL('./', import.meta.url));

/**
 * Names the folder for transformed modules, which the projects share and the next run finds. It is
 * looked up by a module's text alone, but what `@tracemalloc/…` means is said in these files.
 */
function entriesHash(): string {
  const hash = createHash('sha1').update(readFileSync(`${root}tsconfig.base.json`));
  for (const name of readdirSync(`${root}packages`).sort()) {
    hash.update(readFileSync(`${root}packages/${name}/package.json`));
  }
  return hash.digest('hex').slice(0, 12);
}

export default defineConfig({
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    // Only what hangs takes as long: a busy machine, or the first run on one, breaks no test.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // By default one core is left free, which on two cores doubles the time. More workers than
    // cores won nothing in runs that took turns.
    maxWorkers: '100%',
    setupFiles: ['./test/setup/fail-on-console.ts'],
    reporters: ['default', './scripts/plain-reporter.ts'],
    expect: { requireAssertions: true, poll: { timeout: 60_000 } },
    experimental: {
      fsModuleCache: true,
      fsModuleCachePath: `${root}node_modules/.cache/vitest-${entriesHash()}`,
    },
    coverage: { include: ['packages/*/src/**'] },
    projects: projects(),
  },
});
