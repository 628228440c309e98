import { attachQuickJS } from '@tracemalloc/adapters/quickjs';
import { type MemoryExcess, Tracer } from '@tracemalloc/core';
import type { QuickJSContext, QuickJSRuntime } from 'quickjs-emscripten';
import { afterEach, expect, test } from 'vitest';
import { hooksOf, newQuickJs, run } from './new-quickjs.ts';

const limit = 4 * 2 ** 20;
let undo: (() => void)[] = [];

afterEach(() => {
  for (const each of undo) each();
  undo = [];
});

async function limited() {
  const runtime: QuickJSRuntime = (await newQuickJs()).newRuntime();
  const context: QuickJSContext = runtime.newContext();
  const tracer = new Tracer();
  const adapter = attachQuickJS(runtime, tracer);
  undo = [() => adapter.detach(), () => context.dispose(), () => runtime.dispose()];
  const excesses: MemoryExcess[] = [];
  tracer.start(5);
  tracer.setLimit(limit, (excess) => excesses.push(excess));
  return { runtime, context, tracer, adapter, excesses };
}

/** What the program gives, as text. */
function resultOf(context: QuickJSContext, source: string): unknown {
  const result = context.evalCode(source, 'app.js');
  if (result.error !== undefined) throw new Error(JSON.stringify(context.dump(result.error)));
  const value: unknown = context.dump(result.value);
  result.dispose();
  return value;
}

function errorOf(context: QuickJSContext, source: string): unknown {
  const result = context.evalCode(source, 'app.js');
  const error = context.dump(result.error!) as Error;
  result.dispose();
  return error.message;
}

test.each([
  ['objects', 'const t = []; for (;;) t.push({});'],
  ['an array of numbers', 'const t = []; for (;;) t.push(1);'],
  ['strings', 'const t = []; for (let i = 0; ; i++) t.push("x".repeat(50) + i);'],
  ['a string that doubles', 'let s = "x"; for (;;) s += s;'],
  ['properties', 'const t = {}; for (let i = 0; ; i++) t["key" + i] = i;'],
  ['closures', 'const t = []; for (;;) t.push(() => t);'],
  ['a map', 'const t = new Map(); for (let i = 0; ; i++) t.set(i, i);'],
  [
    'generators',
    'const t = []; function* g() { yield t; } for (;;) { const one = g(); one.next(); t.push(one); }',
  ],
  ['a giant buffer', 'new ArrayBuffer(1e9);'],
  ['a giant string', '"x".repeat(1e9 / 2);'],
])('%s end in QuickJS’s own error, finally runs, and the runtime goes on', async (_, program) => {
  const { context, tracer, excesses } = await limited();
  const told = resultOf(
    context,
    `(() => { let told = ''; try { try { ${program} } finally { told += 'finally '; } } catch (error) { told += error; } return told; })()`,
  );
  expect(told).toMatch(/^finally InternalError: (out of memory|string too long)$/);
  expect(tracer.getTracedMemory().peak).toBeLessThan(limit + 2 ** 20);
  expect(excesses.length).toBeLessThan(50);
  expect(
    resultOf(context, 'const t = []; for (let i = 0; i < 1000; i++) t.push({ i }); t.length'),
  ).toBe(1000);
});

test('the refused line is known, with the lines that have most', async () => {
  const { context, tracer, excesses } = await limited();
  const program =
    'globalThis.kept = new Uint8Array(3e6);\nfunction more() {\n  return new Uint8Array(3e6);\n}\nmore();';
  expect(errorOf(context, program)).toBe('out of memory');
  const [{ traceback, requested, lines }] = excesses as [MemoryExcess];
  expect(String(tracer.tracebackAt(traceback).at(-1))).toBe('app.js:3');
  expect(requested).toBe(3e6);
  expect(lines[0]).toEqual({ filename: 'app.js', lineno: 1, size: expect.closeTo(3e6, -4) });
});

test.each([
  ['small ones', 'for (let i = 0; i < 1e5; i++) { const a = {}; a.self = a; }'],
  [
    'large ones',
    'for (let i = 0; i < 500; i++) { const a = { b: new ArrayBuffer(1e6) }; a.self = a; }',
  ],
])('garbage in cycles is no reason: %s', async (_, program) => {
  const { context, tracer, excesses } = await limited();
  run(context, program);
  expect(excesses).toEqual([]);
  expect(tracer.getTracedMemory().peak).toBeLessThan(limit + 2 ** 20);
});

test('what grows is asked for what it grows by', async () => {
  const { context, excesses, tracer } = await limited();
  run(context, 'globalThis.t = []; for (let i = 0; i < 200000; i++) t.push(i);');
  expect(excesses).toEqual([]);
  expect(tracer.getTracedMemory().current).toBeGreaterThan(200_000 * 8);
});

test('without a limit again nothing is refused, and nothing is left behind', async () => {
  const { runtime, context, tracer, adapter, excesses } = await limited();
  run(
    context,
    'for (let i = 0; i < 500; i++) { const a = { b: new ArrayBuffer(1e6) }; a.self = a; }',
  );
  tracer.setLimit(null);
  run(context, 'globalThis.kept = new Uint8Array(1e7)');
  tracer.setLimit(limit);
  expect(errorOf(context, 'globalThis.more = new Uint8Array(1e7)')).toBe('out of memory');
  adapter.detach();
  expect(excesses).toEqual([]);
  const other = (await newQuickJs()).newRuntime();
  expect(hooksOf(runtime)).toEqual(hooksOf(other));
  other.dispose();
});
