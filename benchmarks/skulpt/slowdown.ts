/**
 * How much slower four programs run in an attached Skulpt than in the same one as npm has it, each
 * time in a process of its own, rounds interleaved; and what the walk takes per live object (`walk`):
 * `node --conditions=@tracemalloc/source --import=tsx benchmarks/skulpt/slowdown.ts [rounds] [program]`.
 *
 * Times are those that the main thread ran for, where the system tells them (Linux), so that what
 * other processes do counts less.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { attachSkulpt, type SkulptHost } from '@tracemalloc/adapters/skulpt';
import { createSkulpt, readSkulptBuild } from '@tracemalloc/adapters/skulpt/node';
import { Tracer } from '@tracemalloc/core';

type Host = SkulptHost & {
  configure(options: object): void;
  readonly builtinFiles: { readonly files: Readonly<Record<string, string>> };
};

const programs = ['int', 'fib', 'coll', 'oop'];
const columns = ['untraced', 'attached, off', 'nframe 1', 'nframe 25', '25, finalizers'];
const runs = 9;

/** What is walked over, and how many objects that is. */
const heaps: Readonly<Record<string, readonly [program: string, objects: number]>> = {
  lists: ['kept = [[i + 1000000, i + 0.5, (i, i)] for i in range(90000)]', 450_000],
  dicts: ['kept = [{"a": i + 1000000, "b": i + 0.5} for i in range(90000)]', 270_000],
  objects: [
    'class P:\n  def __init__(self, i):\n    self.x = i + 1000000\n    self.y = i + 0.5\nkept = [P(i) for i in range(90000)]',
    270_000,
  ],
};

function newHost(): Host {
  const Sk = createSkulpt(readSkulptBuild()) as Host;
  Sk.configure({
    output: () => undefined,
    read: (file: string) => Sk.builtinFiles.files[file],
    __future__: Sk.python3,
  });
  return Sk;
}

function now(): number {
  try {
    return Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[0]) / 1e6;
  } catch {
    return performance.now();
  }
}

/** The milliseconds of the fastest run. */
function fastest(count: number, work: () => void, after: () => void = () => undefined): number {
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < count; run++) {
    const start = now();
    work();
    best = Math.min(best, now() - start);
    after();
  }
  return best;
}

/** In the child: milliseconds. */
function timeProgram(program: string, column: number): number {
  const Sk = newHost();
  const tracer = new Tracer();
  const liveness = column === 4 ? 'finalizers' : 'reachable';
  if (column > 0) attachSkulpt(Sk, tracer, { liveness, onWarning: fail });
  if (column > 1) tracer.start(column === 2 ? 1 : 25);
  const source = readFileSync(new URL(`programs/${program}.py`, import.meta.url), 'utf8');
  return fastest(
    runs,
    () => Sk.importMainWithBody('main', false, source, true),
    () => tracer.clearTraces(),
  );
}

/** In the child: nanoseconds per live object of a warm walk; the snapshot's share is not in it. */
function timeWalk(heap: string): string {
  const [program, objects] = heaps[heap] ?? ['', 0];
  const Sk = newHost();
  const tracer = new Tracer();
  attachSkulpt(Sk, tracer, { onWarning: fail });
  tracer.start(25);
  Sk.importMainWithBody('main', false, program, true);
  const time = fastest(15, () => tracer.getTracedMemory());
  return `${heap}: ${objects} objects, ${((time * 1e6) / objects).toFixed(0)} ns each`;
}

function fail(message: string): never {
  throw new Error(message);
}

function child(...args: string[]): string {
  const source = ['--conditions=@tracemalloc/source', '--import=tsx'];
  const script = fileURLToPath(import.meta.url);
  return execFileSync(process.execPath, [...source, script, ...args], { encoding: 'utf8' }).trim();
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

function main(rounds: number, only: string | undefined): void {
  for (const program of programs.filter((name) => only === undefined || name === only)) {
    const times = columns.map(() => [] as number[]);
    for (let round = 0; round < rounds; round++) {
      for (const [i, column] of times.entries()) {
        column.push(Number(child('time', program, String(i))));
      }
    }
    const [base = []] = times;
    const cells = times.map((column, i) => {
      if (i === 0) return `${columns[i]} ${median(column).toFixed(1)} ms`;
      const best = Math.min(...column) / Math.min(...base);
      return `${columns[i]} x${(median(column) / median(base)).toFixed(2)} (min x${best.toFixed(2)})`;
    });
    console.log(`${program.padEnd(5)} ${cells.join('  ')}`);
  }
  if (only !== undefined && only !== 'walk') return;
  for (const heap of Object.keys(heaps)) console.log(`walk  ${child('walk', heap)}`);
}

const [, , first, program = '', column] = process.argv;
if (first === 'time') console.log(timeProgram(program, Number(column)));
else if (first === 'walk') console.log(timeWalk(program));
else main(Number(first ?? 5), program === '' ? undefined : program);
