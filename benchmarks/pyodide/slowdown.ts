/**
 * How much slower programs run in Pyodide when they are traced, by the adapter and by CPython's own tracemalloc in C, held against
 * the same Pyodide untraced: `node --conditions=@tracemalloc/source --import=tsx benchmarks/pyodide/slowdown.ts`. Columns take turns
 * in one process, so that a busy machine slows all of them alike; the time is that of the processor. Two arguments are rounds and a
 * folder, whose `.py` files are run instead, and what they call `run()` is called.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { attachPyodide } from '@tracemalloc/adapters/pyodide';
import { Tracer } from '@tracemalloc/core';
import { loadPyodide } from 'pyodide';
import { pythonPrograms } from '../slowdown/python-programs.ts';
import { processorTime } from '../slowdown/table.ts';

const ownPrograms: Readonly<Record<string, string>> = {
  'lists of ints': pythonPrograms['lists of ints'],
  'dict of strings': 'kept = {f"key {i}": str(i) for i in range(20000)}',
  trees: `def tree(depth):
    return [tree(depth - 1), tree(depth - 1)] if depth else []
for _ in range(4): tree(11)`,
  objects: pythonPrograms.objects,
  floats: `total = 0.0
for i in range(60000): total += (i * 0.5) ** 2 / (i + 1.5)`,
  'deep recursion': `def down(n): return [n, down(n - 1)] if n else []
for _ in range(60): down(150)`,
  exceptions: `def fail(i): raise ValueError(f'no {i}')
kept = []
for i in range(5000):
    try: fail(i)
    except ValueError as error: kept.append(str(error))`,
  'calls, no allocation': `def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
fib(17)`,
};

const [rounds = '4', folder] = process.argv.slice(2);
const programs = folder === undefined ? ownPrograms : programsOf(folder);
const pyodide = await loadPyodide();
const tracer = new Tracer();
attachPyodide(pyodide, tracer);

type Calls = { start(nframe: number): void; stop(): void };
const inC = pyodide.pyimport('tracemalloc') as unknown as Calls;
const ours: Calls = { start: (nframe) => tracer.start(nframe), stop: () => tracer.stop() };
function programsOf(path: string): Record<string, string> {
  const files = readdirSync(path).filter((name) => name.endsWith('.py'));
  return Object.fromEntries(
    files.map((name) => [
      name,
      `${readFileSync(join(path, name), 'utf8')}\nif "run" in globals(): run()`,
    ]),
  );
}

const columns: readonly (readonly [name: string, by: Calls | null, nframe: number])[] = [
  ['off', null, 0],
  ['adapter, 1', ours, 1],
  ['C, 1', inC, 1],
  ['adapter, 25', ours, 25],
  ['C, 25', inC, 25],
];

/** Milliseconds of the processor. */
function sample(run: () => void, by: Calls | null, nframe: number): number {
  by?.start(nframe);
  const time = processorTime(run);
  by?.stop();
  return time;
}

console.log(['program', 'ms', ...columns.slice(1).map(([name]) => name)].join('\t'));
const logs = columns.map(() => 0);
for (const [name, source] of Object.entries(programs)) {
  const compiled = pyodide.runPython(
    `(lambda code: lambda: exec(code, {}))(compile(${JSON.stringify(source)}, 'bench.py', 'exec'))`,
    { globals: pyodide.toPy({}) },
  ) as () => void;
  compiled();
  const best = columns.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < Number(rounds); round++) {
    for (const [i, [, by, nframe]] of columns.entries()) {
      best[i] = Math.min(best[i]!, sample(compiled, by, nframe));
    }
  }
  const ratios = best.map((time) => time / best[0]!);
  for (const [i, ratio] of ratios.entries()) logs[i]! += Math.log(ratio);
  const shown = ratios.slice(1).map((ratio) => ratio.toFixed(2));
  console.log([name, best[0]!.toFixed(1), ...shown].join('\t'));
}
const means = logs.slice(1).map((sum) => Math.exp(sum / Object.keys(programs).length).toFixed(2));
console.log(['geometric mean', '', ...means].join('\t'));
