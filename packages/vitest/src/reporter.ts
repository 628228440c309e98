import { formatSize } from '@tracemalloc/core';
import type { Reporter, TestCase, TestModule, Vitest } from 'vitest/node';
import { clashReport, staleReport } from './baseline-files.ts';
import { type TestMemory, weightOf } from './note.ts';

/** What {@link MemoryReporter} prints. */
export type MemoryReporterOptions = {
  /** Tests that are listed, the biggest first. Default 5. */
  readonly biggest?: number;
  /** Sites of each. Default 3. */
  readonly sites?: number;
  /** Where the text goes. Default: standard output. */
  readonly print?: (text: string) => void;
};

type Measured = { readonly name: string; readonly memory: TestMemory };

/**
 * Lists the tests of a suite whose checked work allocated most, with their biggest sites and the sizes
 * of the blocks that they left: `reporters: ['default', '@tracemalloc/vitest/reporter']`.
 */
// biome-ignore lint/style/noDefaultExport: vitest takes a reporter's module by its default
export default class MemoryReporter implements Reporter {
  readonly #biggest: number;
  readonly #sites: number;
  readonly #print: (text: string) => void;
  #vitest: Vitest | null = null;

  constructor(options: MemoryReporterOptions = {}) {
    const { biggest = 5, sites = 3, print = (text) => void process.stdout.write(text) } = options;
    this.#biggest = biggest;
    this.#sites = sites;
    this.#print = print;
  }

  /** Vitest tells who runs the tests. */
  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  /** Prints the report, and what is wrong with baselines; without what vitest tells, nothing is stale. */
  async onTestRunEnd(modules: readonly TestModule[]): Promise<void> {
    const tests = modules.flatMap((file) => [...file.children.allTests()]);
    const measured = tests.flatMap(memoryOf);
    this.#print(memoryReport(measured, this.#biggest, this.#sites));
    const used = measured.flatMap(({ name, memory }) =>
      memory.baselines.map((baseline) => ({ ...baseline, test: name })),
    );
    this.#print(clashReport(used));
    if (used.length === 0 || !(await this.#isWhole(tests, modules.length))) return;
    const removes = this.#vitest?.config.snapshotOptions.updateSnapshot === 'all';
    this.#print(staleReport(new Set(used.map(({ path }) => path)), removes));
  }

  /** Whether all tests that there are were run, and no choice of them, and passed. */
  async #isWhole(tests: readonly TestCase[], files: number): Promise<boolean> {
    const vitest = this.#vitest;
    if (tests.some((test) => test.result().state !== 'passed')) return false;
    if (vitest === null || vitest.config.testNamePattern !== undefined) return false;
    return (await vitest.globTestSpecifications()).length === files;
  }
}

function memoryOf(test: TestCase): Measured[] {
  const { tracemalloc } = test.meta() as { readonly tracemalloc?: TestMemory };
  if (tracemalloc === undefined) return [];
  return [{ name: `${test.module.relativeModuleId} > ${test.fullName}`, memory: tracemalloc }];
}

/** `''` where nothing was measured. */
function memoryReport(measured: readonly Measured[], biggest: number, sites: number): string {
  if (measured.length === 0) return '';
  const sorted = [...measured].sort((a, b) => weightOf(b.memory) - weightOf(a.memory));
  const listed = sorted.slice(0, biggest);
  const tests = measured.length === 1 ? '1 test was' : `${measured.length} tests were`;
  const lines = listed.flatMap(({ name, memory }) => [
    `  ${name}`,
    `    ${figuresOf(memory)}`,
    ...memory.sites.slice(0, sites).map((site) => `      ${amount(site)} at ${site.label}`),
    ...sizesOf(memory),
  ]);
  return `\nMemory: ${tests} measured; those that allocated most:\n${lines.join('\n')}\n`;
}

function figuresOf({ allocated, blocks, peak, leaked }: TestMemory): string {
  const known = [
    allocated !== null && `${formatSize(allocated)} allocated in ${blocksOf(blocks ?? 0)}`,
    peak !== null && `peak ${formatSize(peak)}`,
    leaked !== null && `left ${formatSize(leaked)}`,
  ];
  return known.filter((part) => part !== false).join(', ');
}

const bars = '▁▂▃▄▅▆▇█';

/** `sizes of live blocks: 16 B ▂ █ ▁ 4096 B`: ten steps of one ratio. */
function sizesOf({ sizes }: TestMemory): string[] {
  if (sizes.length === 0) return [];
  const most = Math.max(...sizes.map(({ count }) => count));
  const line = sizes.map(({ count }) =>
    count === 0 ? ' ' : bars[Math.ceil((count / most) * bars.length) - 1],
  );
  const [first, last] = [sizes[0]!, sizes.at(-1)!].map(({ maxBytes }) => formatSize(maxBytes));
  return [`      sizes of live blocks: ${first} ${line.join('')} ${last}`];
}

function amount({ size, count }: { readonly size: number; readonly count: number }): string {
  return `${formatSize(size)} in ${blocksOf(count)}`;
}

function blocksOf(count: number): string {
  return count === 1 ? '1 block' : `${count} blocks`;
}
