/**
 * How much slower Lua programs run when they are traced, held against the same Lua without an
 * adapter: `node --expose-gc --conditions=@tracemalloc/source --import=tsx benchmarks/wasmoon/slowdown.ts`.
 * Columns take turns, each in a new module, so that a busy machine slows all of them alike.
 */
import { attachWasmoon } from '@tracemalloc/adapters/wasmoon';
import { Tracer } from '@tracemalloc/core';
import { LuaFactory } from 'wasmoon';

const programs: Readonly<Record<string, string>> = {
  tables: 'local t = {}\nfor i = 1, 300000 do t[i] = { i, i + 1 } end\nkept = t',
  strings: "local t = {}\nfor i = 1, 300000 do t[#t + 1] = 'k' .. i end\nkept = table.concat(t)",
  trees: `local function tree(d)
  if d == 0 then return {} end
  local left, right = tree(d - 1), tree(d - 1)
  return { left, right }
end
for i = 1, 10 do kept = tree(14) end`,
  coroutines: `for i = 1, 30000 do
  local next = coroutine.wrap(function() for k = 1, 5 do coroutine.yield({ k }) end end)
  for k = 1, 5 do kept = next() end
end`,
  'fib (allocates nothing)': `local function fib(n)
  if n < 2 then return n end
  return fib(n - 1) + fib(n - 2)
end
fib(29)`,
};

type Column = {
  readonly name: string;
  readonly lines: 'exact' | 'last-call' | null;
  readonly nframe: number;
};

const columns: readonly Column[] = [
  { name: 'no adapter', lines: null, nframe: 0 },
  { name: 'attached, off', lines: 'exact', nframe: 0 },
  { name: 'last-call, nframe 1', lines: 'last-call', nframe: 1 },
  { name: 'last-call, nframe 25', lines: 'last-call', nframe: 25 },
  { name: 'exact, nframe 1', lines: 'exact', nframe: 1 },
  { name: 'exact, nframe 25', lines: 'exact', nframe: 25 },
];

const rounds = Number(process.argv[2] ?? 5);

/** Milliseconds of one run. */
async function sample(program: string, { lines, nframe }: Column): Promise<number> {
  const lua = await new LuaFactory().createEngine();
  const tracer = new Tracer();
  if (lines !== null) attachWasmoon(lua, tracer, { lines });
  if (nframe > 0) tracer.start(nframe);
  const thread = lua.global.newThread();
  thread.loadString(program, '@bench.lua');
  globalThis.gc?.();
  const start = performance.now();
  thread.runSync();
  const time = performance.now() - start;
  tracer.stop();
  return time;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

console.log(`| program | ${columns.map(({ name }) => name).join(' | ')} |`);
console.log(`|${'---|'.repeat(columns.length + 1)}`);
for (const [name, program] of Object.entries(programs)) {
  const times = columns.map(() => [] as number[]);
  for (const column of columns) await sample(program, column);
  for (let round = 0; round < rounds; round++) {
    for (const [i, column] of columns.entries()) times[i]!.push(await sample(program, column));
  }
  const base = times[0]!;
  const cells = times.map((column, i) => {
    if (i === 0) return `${median(column).toFixed(0)} ms`;
    return `${median(column.map((time, round) => time / base[round]!)).toFixed(2)}×`;
  });
  console.log(`| ${name} | ${cells.join(' | ')} |`);
}
