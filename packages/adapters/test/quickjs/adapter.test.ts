import {
  attachQuickJS,
  type QuickJsAdapter,
  traceableQuickJS,
} from '@tracemalloc/adapters/quickjs';
import { type Snapshot, Tracer } from '@tracemalloc/core';
import {
  DEBUG_SYNC,
  newQuickJSWASMModule,
  type QuickJSContext,
  type QuickJSRuntime,
  RELEASE_ASYNC,
} from 'quickjs-emscripten';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { assertLeakNothing, traced } from '../../../vitest/src/assert/index.ts';
import { hooksOf, newQuickJs, type QuickJs, run } from './new-quickjs.ts';

let quickjs: QuickJs;
let runtime: QuickJSRuntime;
let context: QuickJSContext;

/** Of the test that runs. */
let adapter: QuickJsAdapter | null = null;

afterEach(() => adapter?.detach());

/** Attaches to the one that the tests share. */
function attach(tracer: Tracer): QuickJsAdapter {
  adapter = attachQuickJS(runtime, tracer);
  return adapter;
}

beforeAll(async () => {
  quickjs = await newQuickJs();
  runtime = quickjs.newRuntime();
  context = runtime.newContext();
});

afterAll(() => {
  context.dispose();
  runtime.dispose();
});

/** Blocks in use by JS_ComputeMemoryUsage, when it is asked. */
function blocksInUse(): number {
  const usage = runtime.computeMemoryUsage();
  const { malloc_count: count } = context.dump(usage) as { malloc_count: number };
  usage.dispose();
  return count;
}

/** `{ Map: 4 }`: live objects of a line. */
function objectsOn(snapshot: Snapshot, place: string): Record<string, number> {
  const { traces, sites, strings } = snapshot.data;
  const counts: Record<string, number> = {};
  for (let row = 0; row < traces.length; row++) {
    const type = strings[sites.type[traces.site[row]!]!]!;
    if (type === '' || String(snapshot.traces.at(row)!.traceback.at(-1)) !== place) continue;
    counts[type] = (counts[type] ?? 0) + 1;
  }
  return counts;
}

const program = `globalThis.kept = [];
class Point {
  constructor(x) {
    this.x = x;
    this.parts = [x, String(x) + ' of many'];
  }
}
for (let i = 0; i < 500; i++) kept.push(new Point(i));
function* counting() {
  for (let i = 0; ; i++) yield { i, text: 'number ' + i };
}
const numbers = counting();
for (let i = 0; i < 300; i++) kept.push(numbers.next().value);
kept.push(JSON.parse(JSON.stringify(kept.slice(0, 200))), new Map(kept.map((one, i) => [i, one])));
kept.push('many '.repeat(1000).split(' ').map((word) => word + '!'));
for (let i = 0; i < 2000; i++) [i, { i }];
const self = {};
self.self = self;
`;

test('as many blocks are traced as JS_ComputeMemoryUsage counts, in use and when all is dropped', () => {
  const tracer = new Tracer();
  run(context, 'globalThis.kept = null; globalThis.numbers = null;');
  const adapter = attach(tracer);
  tracer.start(1);
  adapter.settle();
  const before = blocksInUse() - tracer.takeSnapshot().traces.length;
  run(context, `{ ${program} }`);
  const traced = tracer.takeSnapshot().traces.length;
  const inUse = blocksInUse() - before;
  expect(traced).toBeGreaterThan(7000);
  expect(Math.abs(traced / inUse - 1)).toBeLessThan(0.001);
  run(context, 'kept = null');
  adapter.settle();
  const left = tracer.takeSnapshot().traces.length;
  expect(left).toBeLessThan(traced / 10);
  expect(Math.abs(left - (blocksInUse() - before))).toBeLessThan(8);
  expect([adapter.failures, ...Object.values(tracer.rejected).filter(Boolean)]).toEqual([0]);
  adapter.detach();
});

test('stacks are those of Error.stack, whatever stands on them', () => {
  const tracer = new Tracer();
  const adapter = attach(tracer);
  tracer.start(50);
  run(
    context,
    `function mark() {
  const block = new ArrayBuffer(55555); globalThis.stack = new Error().stack;
  return block;
}
async function later(
  first,
) {
  return [3, 1].sort(
    (a, b) => {
      globalThis.held = mark();
      return a - b;
    },
  );
}
const { proxied } = new Proxy({}, {
  get() { return (...args) => later(...args); },
});
class Base { constructor() { this.made = proxied(1); } }
class Derived extends Base {
  static { new Derived(); }
}
`,
    'deep.js',
  );
  const text = String(context.dump(context.getProp(context.global, 'stack')));
  const own = [...text.matchAll(/\((deep\.js:\d+)/g)].map(([, place]) => place);
  const snapshot = tracer.takeSnapshot();
  const row = snapshot.data.traces.size.indexOf(55555);
  const found = snapshot.traces.at(row)!.traceback.frames.map(String).reverse();
  expect(found).toEqual(own);
  expect(found.length).toBeGreaterThanOrEqual(7);
  adapter.detach();
});

test('blocks have the class of the object in them; a file that is excluded is not there', () => {
  const tracer = new Tracer();
  const adapter = attach(tracer);
  adapter.excludeFile('library.js');
  tracer.start(5);
  adapter.exclude(() => run(context, 'globalThis.none = [new Map(), {}]', 'excluded.js'));
  run(context, 'function make(f) { return [new Map(), f()]; }', 'library.js');
  run(
    context,
    `globalThis.kept = [];
for (let i = 0; i < 40; i++) kept.push(new Date(i));
for (let i = 0; i < 30; i++) kept.push(Object.create(null));
for (let i = 0; i < 20; i++) kept.push(Array(i));
for (let i = 0; i < 10; i++) kept.push(Function.prototype.bind.call(make));
kept.push(make(() => new Set()));
`,
  );
  const snapshot = tracer.takeSnapshot();
  const found = [2, 3, 4, 5, 6].map((line) => objectsOn(snapshot, `app.js:${line}`));
  // Functions that the loops themselves make are on their lines, too.
  expect(found).toMatchObject([{ Date: 40 }, { Object: 30 }, { Array: 20 }, {}, { Set: 1 }]);
  expect(found[3]!['Function']).toBeGreaterThanOrEqual(10);
  const files = snapshot.statistics('filename').map(({ traceback }) => String(traceback.at(-1)));
  expect(files.filter((file) => /library|excluded/.test(file))).toEqual([]);
  adapter.detach();
});

test('a runtime that is disposed of under an adapter leaves nothing, and others are as they were', () => {
  const tracer = new Tracer();
  const other = quickjs.newRuntime();
  const before = hooksOf(other);
  const adapter = attachQuickJS(other, tracer);
  tracer.start(3);
  const inside = other.newContext();
  run(inside, program);
  expect(() => attachQuickJS(other, tracer)).toThrow('attached to this QuickJS runtime already');
  expect(hooksOf(other)).not.toEqual(before);
  tracer.stop();
  expect(hooksOf(other)).toEqual(before);
  tracer.start(3);
  inside.dispose();
  other.dispose();
  adapter.settle();
  expect(tracer.getTracedMemory().current).toBeLessThan(200);
  // A new one may be where it was.
  const next = quickjs.newRuntime();
  attachQuickJS(next, tracer).detach();
  next.dispose();
  adapter.detach();
  adapter.detach();
  run(context, 'globalThis.kept = [1, 2].map(String)');
  expect(() => attachQuickJS(other, tracer)).toThrow();
});

test('release builds of other kinds are traced; debug builds, others and wrong options are refused', async () => {
  const tracer = new Tracer();
  const asyncify = await traceableQuickJS(() => newQuickJSWASMModule(RELEASE_ASYNC as never));
  const one = asyncify.newRuntime();
  attachQuickJS(one, tracer).detach();
  one.dispose();
  await expect(traceableQuickJS(() => newQuickJSWASMModule(DEBUG_SYNC))).rejects.toThrow(
    "this QuickJS can't be traced, which release builds of quickjs-emscripten 0.32 can: RangeError: the self-test found 0 objects of tracemalloc-self-test.js:6 Array, not 40",
  );
  const plain = await newQuickJSWASMModule();
  expect(() => attachQuickJS(plain.newRuntime(), tracer)).toThrow(
    'its table is hidden: load it by traceableQuickJS',
  );
  await expect(traceableQuickJS(async () => plain)).rejects.toThrow('has instantiated none');
  expect(() => attachQuickJS({} as never, tracer)).toThrow('the host must be what');
  expect(() => attachQuickJS(runtime, tracer, { lines: 'exact' } as never)).toThrow(
    'unknown option "lines" of attachQuickJS',
  );
});

const cache = `globalThis.pages = new Map();
function page(key, render) {
  if (!pages.has(key)) pages.set(key, render());
  return pages.get(key);
}
function product(query) {
  return page(query.id + '/' + query.request, () => ['h1', Array(query.id).fill('li')]);
}
let number = 0;
globalThis.serve = () => {
  for (let i = 0; i < 10; i++) {
    number++;
    product({ id: number % 10, request: number });
  }
};
for (let i = 0; i < 9; i++) serve();
`;

test('a cache whose keys are ever new is found by a limit on leaks, and one that is mended leaks nothing', () => {
  const tracer = new Tracer();
  const adapter = attach(tracer);
  adapter.excludeFile('serve.js');
  const work = (source: string) => {
    run(context, `{ ${source} }`, 'shop.js');
    const getLine = (file: string, line: number): string =>
      file === 'shop.js' ? source.split('\n')[line - 1]! : '';
    const serve = () => run(context, 'serve()', 'serve.js');
    return traced(tracer, serve, { getLine, settle: () => adapter.settle(), nframe: 5 });
  };
  expect(() => assertLeakNothing(work(cache))).toThrow("Array(query.id).fill('li')");
  const mended = cache.replace("query.id + '/' + query.request", 'query.id');
  assertLeakNothing(work(mended), { warmup: 2 });
  adapter.detach();
});
