import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import process from 'node:process';
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
  kind: 'started' | 'killed' | 'survived' | 'loading' | 'unsteady' | 'slow' | 'done';
  mutant?: string;
  test?: string;
  /** How long the test may take, or takes, in milliseconds. */
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
type State = {
  readonly killed: Set<string>;
  readonly survived: Set<string>;
  readonly loading: Set<string>;
  /** Tests that have run with all that they reach. */
  readonly done: Set<string>;
  /** How long tests take that were left for later. */
  readonly slow: Map<string, number>;
};
const shared = globalThis as { __stryker__?: Switch; __mutants__?: State };
shared.__stryker__ ??= {};
shared.__mutants__ ??= stateOf(known());
const state = shared.__mutants__;

function key(test: string, mutant: string): string {
  return `${mutant} ${test}`;
}

function stateOf(entries: Entry[]): State {
  const state: State = {
    killed: new Set(),
    survived: new Set(),
    loading: new Set(),
    done: new Set(),
    slow: new Map(),
  };
  for (const { kind, mutant = '', test = '', limit = 0 } of entries) {
    if (kind === 'killed') state.killed.add(mutant);
    if (kind === 'survived') state.survived.add(key(test, mutant));
    if (kind === 'loading') state.loading.add(mutant);
    if (kind === 'done') state.done.add(test);
    if (kind === 'slow') state.slow.set(test, limit);
  }
  return state;
}

/** Runs each test as it is, then again with every change that it reaches, until one is noticed. */
export default class MutantRunner extends TestRunner {
  async runTask(task: RunnerTestCase): Promise<void> {
    const run = TestRunner.getTestFn(task);
    const test = `${task.file.name} > ${task.fullTestName}`;
    if (state.done.has(test) || (state.slow.get(test) ?? 0) > slowest) return;
    const { reached, milliseconds } = await coverage(test, run);
    if (milliseconds > slowest) return write({ kind: 'slow', test, limit: milliseconds });
    const mutants = Object.keys(reached).filter(
      (mutant) => !state.killed.has(mutant) && !state.survived.has(key(test, mutant)),
    );
    for (const mutant of mutants) {
      write({ kind: 'started', mutant, test, limit: 10_000 + 50 * milliseconds });
      const isKilled = !(await passesWith(mutant, reached[mutant]!, run));
      if (isKilled) state.killed.add(mutant);
      else state.survived.add(key(test, mutant));
      write({ kind: isKilled ? 'killed' : 'survived', mutant, test });
    }
    // Where a second run fails anyway, or a change left something behind, no verdict holds.
    if (mutants.length > 0 && !(await passes(run))) write({ kind: 'unsteady', test });
    write({ kind: 'done', test });
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
  const before = process.cpuUsage();
  try {
    await run();
  } finally {
    stryker.currentTestId = undefined;
  }
  const { user, system } = process.cpuUsage(before);
  const reached = stryker.mutantCoverage?.perTest[test] ?? {};
  return { reached, milliseconds: (user + system) / 1000 };
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
