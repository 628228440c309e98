import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { Script } from 'node:vm';
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
  /** CPU time that a change took that was not noticed, in milliseconds. */
  spent?: number;
};

const slowest = Number(process.env['MUTANTS_SLOWEST']);
/** CPU time that one change may take, unnoticed, before it counts as not noticed. */
const budget = Number(process.env['MUTANTS_BUDGET']);
/** Changes that are not tried, since they are listed as ones that no test can notice. */
const listed: ReadonlySet<string> = new Set(
  JSON.parse(readFileSync(`${process.env['MUTANTS_CACHE']}/listed.json`, 'utf8')) as string[],
);
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
  /** What changes that live have taken, in milliseconds. */
  readonly spent: Map<string, number>;
  readonly loading: Set<string>;
  /** Tests that have run with all that they reach. */
  readonly done: Set<string>;
  /** How long tests take that were left for later. */
  readonly slow: Map<string, number>;
  /** What {@link within} runs. */
  run?: Run;
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
    spent: new Map(),
    loading: new Set(),
    done: new Set(),
    slow: new Map(),
  };
  for (const { kind, mutant = '', test = '', limit = 0, spent = 0 } of entries) {
    if (kind === 'killed') state.killed.add(mutant);
    if (kind === 'survived') survives(state, mutant, test, spent);
    if (kind === 'loading') state.loading.add(mutant);
    if (kind === 'done') state.done.add(test);
    if (kind === 'slow') state.slow.set(test, limit);
  }
  return state;
}

function survives(state: State, mutant: string, test: string, spent: number): void {
  state.survived.add(key(test, mutant));
  state.spent.set(mutant, (state.spent.get(mutant) ?? 0) + spent);
}

/** Whether a test is still to be run with a change. */
function isOpen(mutant: string, test: string): boolean {
  if (state.killed.has(mutant) || listed.has(mutant)) return false;
  return !state.survived.has(key(test, mutant)) && (state.spent.get(mutant) ?? 0) < budget;
}

/** Runs each test as it is, then again with every change that it reaches, until one is noticed. */
export default class MutantRunner extends TestRunner {
  async runTask(task: RunnerTestCase): Promise<void> {
    const run = TestRunner.getTestFn(task);
    const test = `${task.file.name} > ${task.fullTestName}`;
    if (state.done.has(test) || (state.slow.get(test) ?? 0) > slowest) return;
    const { reached, milliseconds } = await coverage(test, run);
    if (milliseconds > slowest) return write({ kind: 'slow', test, limit: milliseconds });
    const mutants = Object.keys(reached).filter((mutant) => isOpen(mutant, test));
    for (const mutant of mutants) {
      const limit = 10_000 + 50 * milliseconds;
      write({ kind: 'started', mutant, test, limit: 2 * limit });
      const before = process.cpuUsage();
      const isKilled = !(await passesWith(mutant, reached[mutant]!, within(limit, run)));
      const spent = millisecondsSince(before);
      if (isKilled) state.killed.add(mutant);
      else survives(state, mutant, test, spent);
      write({ kind: isKilled ? 'killed' : 'survived', mutant, test, spent });
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
  const reached = stryker.mutantCoverage?.perTest[test] ?? {};
  return { reached, milliseconds: millisecondsSince(before) };
}

function millisecondsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return Math.round((user + system) / 1000);
}

const script = new Script('__mutants__.run()');

/** A run whose part before the first `await`, which is mostly all, throws where it has no end. */
function within(limit: number, run: Run): Run {
  return () => {
    state.run = run;
    return script.runInThisContext({ timeout: limit }) as void | PromiseLike<void>;
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
