import { Buffer } from 'node:buffer';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
} from 'node:fs';
import process from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';

/** Quick tests notice most: only what is left is worth the time of the slow ones. In milliseconds. */
const slowest = [100, 1000, Number.POSITIVE_INFINITY];
/** What one change may take of CPU time before it counts as not noticed. In milliseconds. */
const budget = 10_000;

/**
 * Runs the tests of a pattern, each with every change that it reaches (`runner.ts` does), in one
 * process for the quick ones, one for those that take longer, one for the slow, and one more for
 * each change that has a test wait without end.
 *
 * @returns `killed`, `survived` or `loading` by the change's id; those that nothing reaches, none.
 */
export async function tried(cache, tests) {
  const log = `${cache}/log.jsonl`;
  for (const milliseconds of slowest) {
    const env = {
      MUTANTS_CACHE: cache,
      MUTANTS_TESTS: tests,
      MUTANTS_SLOWEST: `${milliseconds}`,
      MUTANTS_BUDGET: `${budget}`,
    };
    let end = await run(log, env);
    while (end.hung !== null) {
      appendFileSync(log, `${JSON.stringify({ ...end.hung, kind: 'killed' })}\n`);
      end = await run(log, env);
    }
    if (end.status !== 0) throw new Error('the tests fail with no change; see above');
  }
  return verdicts(entries(log));
}

/** One process. @returns the change that it was killed for, if it was, or how it ended. */
async function run(log, env) {
  const child = spawn(
    process.execPath,
    ['node_modules/vitest/vitest.mjs', 'run', '--config=scripts/mutants/vitest.config.ts'],
    {
      env: { ...process.env, NODE_NO_WARNINGS: '1', ...env },
      stdio: ['ignore', 'ignore', 'inherit'],
      detached: true,
    },
  );
  const ended = once(child, 'exit').then(([status]) => ({ hung: null, status }));
  let last = '';
  let since = performance.now();
  for (;;) {
    const end = await Promise.race([ended, wait(1000, null)]);
    if (end !== null) return end;
    const line = lastLine(log);
    if (line !== last) {
      last = line;
      since = performance.now();
      continue;
    }
    const entry = line === '' ? {} : JSON.parse(line);
    if (entry.kind !== 'started' || performance.now() - since < entry.limit) continue;
    // The tests are in a child of its own.
    process.kill(-child.pid, 'SIGKILL');
    await ended;
    return { hung: entry, status: null };
  }
}

/** Of a file that may have grown to many megabytes; its lines are short. */
function lastLine(path) {
  if (!existsSync(path)) return '';
  const file = openSync(path);
  const { size } = fstatSync(file);
  const from = Math.max(0, size - 10_000);
  const bytes = Buffer.alloc(size - from);
  readSync(file, bytes, 0, bytes.length, from);
  closeSync(file);
  return bytes.toString('utf8').trimEnd().split('\n').at(-1);
}

/** What `runner.ts` wrote, a line each. */
function entries(log) {
  const lines = readFileSync(log, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
}

function verdicts(all) {
  const said = new Map();
  for (const { kind, mutant } of all) {
    if (kind === 'killed') said.set(mutant, kind);
    else if (kind === 'survived' && said.get(mutant) !== 'killed') said.set(mutant, kind);
    else if (kind === 'loading' && !said.has(mutant)) said.set(mutant, kind);
  }
  for (const { kind, test } of all) {
    if (kind === 'unsteady')
      console.warn(`no verdict of it holds, since it fails when run again: ${test}`);
  }
  return said;
}
