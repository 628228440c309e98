import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defaultServerConditions } from 'vite';
import { defineConfig, type Plugin } from 'vitest/config';

const conditions = ['@tracemalloc/source', ...defaultServerConditions];

const root = fileURLToPath(new URL('../..', import.meta.url));
const cache = `${root}${process.env['MUTANTS_CACHE']}`;

/** Puts the sources with their changes, which are switched on one by one, in the place of them. */
function changedSources(): Plugin {
  const sources: Record<string, string> = JSON.parse(readFileSync(`${cache}/sources.json`, 'utf8'));
  return {
    name: 'changed-sources',
    enforce: 'pre',
    load: (id) => sources[id.slice(root.length)] ?? null,
  };
}

/** For `npm run mutants`, which says what tests are run. */
export default defineConfig({
  root,
  plugins: [changedSources()],
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    // All in one process, where the library is loaded once.
    isolate: false,
    maxWorkers: 1,
    runner: './scripts/mutants/runner.ts',
    reporters: ['dot'],
    // A test that runs a thousand times takes long; what has no end, the command ends.
    testTimeout: 3_600_000,
    setupFiles: ['./test/setup/fail-on-console.ts', './scripts/mutants/first-failure.ts'],
    include: [process.env['MUTANTS_TESTS'] ?? ''],
    // They count heap bytes, which the counters of mutants change.
    exclude: ['packages/core/test/tracer/memory.test.ts'],
  },
});
