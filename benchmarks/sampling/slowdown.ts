// What sampling saves: CPU time of a program with tracing off, sampled at 64 KiB, and of every block;
// interleaved, the median of the ratios. `npm run bench:sampling`.
import { createBrython } from '@tracemalloc/adapters/brython/node';
import { AddressHeap, PulledStack } from '@tracemalloc/adapters/callbacks';
import { attachWasmoon } from '@tracemalloc/adapters/wasmoon';
import { Tracer } from '@tracemalloc/core';
import { sampling } from '@tracemalloc/core/sampling';
import { LuaFactory } from 'wasmoon';

const rounds = 5;
const modes = ['off', 'sampled', 'all'] as const;

type Program = { readonly tracer: Tracer; readonly run: () => unknown };

async function lua(lines: 'exact' | 'last-call'): Promise<Program> {
  const engine = await new LuaFactory().createEngine({ enableProxy: false });
  const tracer = new Tracer();
  attachWasmoon(engine, tracer, { lines });
  const source = 'for i = 1, 200000 do local t = { i, { i } } end';
  return { tracer, run: () => engine.doStringSync(source) };
}

async function brython(): Promise<Program> {
  const runtime = await createBrython();
  const tracer = new Tracer();
  runtime.attach(tracer);
  const source = 'def f():\n  for i in range(20000):\n    x = [[i], {"a": i}]\nf()\n';
  return { tracer, run: () => runtime.run({ source, filename: 'app.py', throws: true }) };
}

/** A heap whose stack of 40 frames is walked at each block. */
function pulled(): Program {
  const tracer = new Tracer();
  const rows = Array.from({ length: 40 }, (_, i) => tracer.frame(tracer.string('a.toy'), i));
  const stack = new PulledStack(tracer, (frames) => {
    for (let i = 0; i < Math.min(rows.length, tracer.nframe); i++) frames[i] = rows[i]!;
    return rows.length;
  });
  const heap = new AddressHeap(tracer, stack, { name: 'toy' });
  const work = (): void => {
    for (let i = 0; i < 300_000; i++) {
      heap.alloc(8 + (i % 1000) * 8, 24);
      heap.free(8 + (i % 1000) * 8);
    }
  };
  const checked = (): void => {
    work();
    if (stack.failures > 0) throw new Error('the stack was not walked');
  };
  return { tracer, run: checked };
}

function cpuTime({ tracer, run }: Program, mode: (typeof modes)[number]): number {
  if (mode === 'all') tracer.start(25);
  if (mode === 'sampled') tracer.start(25, sampling({ sampleInterval: '64 KiB' }));
  const before = process.cpuUsage();
  run();
  const { user } = process.cpuUsage(before);
  tracer.stop();
  return user;
}

const programs = {
  'Lua, exact lines': await lua('exact'),
  'Lua, lines of calls': await lua('last-call'),
  Brython: await brython(),
  'a heap with pulled stacks': pulled(),
};
for (const [name, program] of Object.entries(programs)) {
  for (const mode of modes) cpuTime(program, mode);
  const ratios = { sampled: [] as number[], all: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    const off = cpuTime(program, 'off');
    ratios.sampled.push(cpuTime(program, 'sampled') / off);
    ratios.all.push(cpuTime(program, 'all') / off);
  }
  const median = (list: number[]): string =>
    `${list.sort((a, b) => a - b)[rounds >> 1]!.toFixed(2)}x (${list[0]!.toFixed(2)}-${list.at(-1)!.toFixed(2)})`;
  process.stdout.write(`${name}: sampled ${median(ratios.sampled)}, all ${median(ratios.all)}\n`);
}
process.exit(0);
