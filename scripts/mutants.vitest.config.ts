import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const conditions = ['@tracemalloc/source', ...defaultServerConditions];

/** Quick files first: most mutants are noticed there, and the first failure ends a run. */
class QuickFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const costs = new Map(files.map((file) => [file, costOf(file.moduleId)]));
    return files.sort((a, b) => costs.get(a)! - costs.get(b)!);
  }
}

/** By its text: drawn inputs and recorded vectors are many. */
function costOf(path: string): number {
  const text = readFileSync(path, 'utf8');
  return text.length + (/fast-check|-model|ectors/.test(text) ? 1_000_000 : 0);
}

/** For `npm run mutants`, which says what tests are run. */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    // The library is loaded once a run, and not once for each file.
    isolate: false,
    sequence: { sequencer: QuickFirst },
    // Stryker has its own limit.
    testTimeout: 600_000,
    setupFiles: ['./test/setup/fail-on-console.ts'],
    expect: { requireAssertions: true },
    include: [process.env['MUTANTS_TESTS'] ?? ''],
    // They count heap bytes, which the counters of mutants change.
    exclude: ['packages/core/test/tracer/memory.test.ts'],
  },
});
