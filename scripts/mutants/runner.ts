import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { type RunnerTestCase, TestRunner } from 'vitest';

/** What instrumented sources look at (Stryker's names): which change is active, and what ran. */
type Switch = {
  activeMutant?: string | undefined;
  currentTestId?: string | undefined;
  hitCount?: number | undefined;
  hitLimit?: number | undefined;
  mutantCoverage?: { static: Counts; perTest: Record<string, Counts> };
};
type Counts = Record<string, number>;
/** A test, again and again. */
type Run = () => void | PromiseLike<void>;

/** A line of the log, which the next process goes on from. */
type Entry = {
  kind: 'started' | 'killed' | 'survived' | 'loading' | 'unsteady';
  mutant?: string;
  test?: string;
  /** How long the test may take, in milliseconds. */
  limit?: number;
};

const slowest = Number(process.env['MUTANTS_SLOWEST']);
const log = `${process.env['MUTANTS_CACHE']}/log.jsonl`;
const known = (): Entry[] => {
  const lines = existsSync(log) ? readFileSync(log, 'utf8').split('\n') : [];
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Entry);
};
const write = (entry: Entry) => appendFileSync(log, `${JSON.stringify(entry)}\n`);

/** Of all files of the run, which share their modules. */
type State = { killed: Set<string>; survived: Set<string>; loading: Set<string> };
const shared = globalThis as { __stryker__?: Switch; __mutants__?: State };
shared.__stryker__ ??= {};
shared.__mutants__ ??= stateOf(known());
const state = shared.__mutants__;

function key(test: string, mutant: string): string {
  return `${mutant} ${test}`;
}

function stateOf(entries: Entry[]): State {
  const state: State = { killed: new Set(), survived: new Set(), loading: new Set() };
  for (const { kind, mutant = '', test = '' } of entries) {
    if (kind === 'killed') state.killed.add(mutant);
    if (kind === 'survived') state.survived.add(key(test, mutant));
    if (kind === 'loading') state.loading.add(mutant);
  }
  return state;
}

/** Runs each test as it is, then again with every change that it reaches, until one is noticed. */
export default class MutantRunner extends TestRunner {
  async runTask(task: RunnerTestCase): Promise<void> {
    const run = TestRunner.getTestFn(task);
    const test = `${task.file.name} > ${task.fullTestName}`;
    const { reached, milliseconds } = await coverage(test, run);
    if (milliseconds > slowest) return;
    const mutants = Object.keys(reached).filter(
      (mutant) => !state.killed.has(mutant) && !state.survived.has(key(test, mutant)),
    );
    if (mutants.length === 0) return;
    for (const mutant of mutants) {
      write({ kind: 'started', mutant, test, limit: 10_000 + 20 * milliseconds });
      const isKilled = !(await passesWith(mutant, reached[mutant]!, run));
      if (isKilled) state.killed.add(mutant);
      else state.survived.add(key(test, mutant));
      write({ kind: isKilled ? 'killed' : 'survived', mutant, test });
    }
    // Where a second run fails anyway, or a change left something behind, no verdict holds.
    if (!(await passes(run))) write({ kind: 'unsteady', test });
  }

  override onAfterRunFiles(): void {
    for (const mutant of Object.keys(shared.__stryker__!.mutantCoverage?.static ?? {})) {
      if (state.loading.has(mutant)) continue;
      state.loading.add(mutant);
      write({ kind: 'loading', mutant });
    }
    super.onAfterRunFiles();
  }
}

/** The run that counts for vitest: its failure is that of the test. */
async function coverage(test: string, run: Run) {
  const stryker = shared.__stryker__!;
  stryker.currentTestId = test;
  const started = performance.now();
  try {
    await run();
  } finally {
    stryker.currentTestId = undefined;
  }
  return {
    reached: stryker.mutantCoverage?.perTest[test] ?? {},
    milliseconds: performance.now() - started,
  };
}

async function passesWith(mutant: string, hits: number, run: Run) {
  const stryker = shared.__stryker__!;
  stryker.activeMutant = mutant;
  // Loops without end mostly pass the change again and again: the sources then throw.
  stryker.hitCount = 0;
  stryker.hitLimit = 100 * hits + 1000;
  const isPassed = await passes(run);
  stryker.activeMutant = undefined;
  stryker.hitCount = undefined;
  return isPassed;
}

async function passes(run: Run): Promise<boolean> {
  try {
    await run();
    return true;
  } catch {
    return false;
  }
}
