/**
 * How much slower programs run with tracing than in the same Brython without it, and CPython beside
 * it where there is a python3.13: `node --expose-gc … benchmarks/brython/slowdown.ts [ROUNDS] [NAME or FILE.py …]`,
 * by default the four in the folder; others have a function `run` as well.
 * Rounds are interleaved, so that a busy machine slows all the columns alike.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createBrython } from '@tracemalloc/adapters/brython/node';
import { Tracer } from '@tracemalloc/core';
import { processorTime } from '../slowdown/table.ts';

const [rounds = '7', ...named] = process.argv.slice(2);
const programs = named.length > 0 ? named : ['nbody', 'jsonish', 'richards', 'comprehensions'];
const folder = fileURLToPath(new URL('programs/', import.meta.url));
const pathOf = (program: string): string =>
  program.endsWith('.py') ? program : `${folder}${program}.py`;

type Call = () => void;
type Column = { readonly name: string; readonly prepare: (program: string) => Promise<Call> };

const driver = `
def deep(n):
    if n == 0:
        return program.run()
    return deep(n - 1)
def go():
    return deep(10)
`;

/** Calls the program ten Python frames deep, in an interpreter of its own. */
async function prepared(program: string, instrumented: boolean, nframe: number): Promise<Call> {
  const runtime = await createBrython({ instrumented });
  const { $B } = runtime;
  const tracer = new Tracer();
  if (instrumented) runtime.attach(tracer);
  const source = readFileSync(pathOf(program), 'utf8');
  runtime.run({ source, filename: basename(pathOf(program)), name: 'program' });
  runtime.run({ source: `import program\n${driver}`, filename: 'driver.py', name: 'driver' });
  const go = $B.module_getattr($B.imported['driver'], 'go');
  if (nframe > 0) tracer.start(nframe);
  return () => void $B.$call(go);
}

const columns: readonly Column[] = [
  { name: 'untraced', prepare: (program) => prepared(program, false, 0) },
  { name: 'hooks, off', prepare: (program) => prepared(program, true, 0) },
  { name: 'nframe 1', prepare: (program) => prepared(program, true, 1) },
  { name: 'nframe 25', prepare: (program) => prepared(program, true, 25) },
];

const cpython = `
import sys, time, tracemalloc
sys.path.insert(0, sys.argv[1]); sys.setrecursionlimit(5000)
program = __import__(sys.argv[2])
${driver}
def best(nframe):
    times = []
    for _ in range(5):
        if nframe: tracemalloc.start(nframe)
        start = time.perf_counter(); go(); times.append(time.perf_counter() - start)
        if nframe: tracemalloc.stop()
    return min(times)
base = best(0)
print('  '.join('%s x%.2f' % (name, best(n) / base) for name, n in (('nframe 1', 1), ('nframe 25', 25))))
`;

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

for (const program of programs) {
  const calls: Call[] = [];
  for (const column of columns) calls.push(await column.prepare(program));
  const times = columns.map(() => [] as number[]);
  for (const call of calls) {
    call();
    call();
  }
  for (let round = 0; round < Number(rounds); round++) {
    for (const [i, call] of calls.entries()) {
      globalThis.gc?.();
      await new Promise((next) => setImmediate(next));
      times[i]!.push(processorTime(call));
    }
  }
  const base = times[0]!;
  const cells = times.map((column, i) => {
    const ratio = median(column) / median(base);
    const best = Math.min(...column) / Math.min(...base);
    const text =
      i === 0
        ? `${median(column).toFixed(0)} ms`
        : `x${ratio.toFixed(2)} (min x${best.toFixed(2)})`;
    return `${columns[i]!.name} ${text}`;
  });
  const path = pathOf(program);
  const python = spawnSync('python3.13', ['-c', cpython, dirname(path), basename(path, '.py')], {
    encoding: 'utf8',
  });
  const beside = python.status === 0 ? python.stdout.trim() : 'no python3.13';
  console.log(`${basename(path, '.py').padEnd(15)} ${cells.join('  ')}  | CPython 3.13: ${beside}`);
}
