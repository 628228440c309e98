import { readFileSync } from 'node:fs';
import { runInThisContext } from 'node:vm';
import { nodeCollector } from '@tracemalloc/adapters/callbacks/node';
import { attachJsInterpreter, type JsInterpreterClass } from '@tracemalloc/adapters/js-interpreter';
import { TracemallocError, Tracer } from '@tracemalloc/core';
import { expect, test } from 'vitest';
import { Interpreter, plainBuild, runFile, traced } from './new-interpreter.ts';

test('what lives is counted on its lines, what died is not', () => {
  const { tracer, interpreter } = traced(
    `var cache = [];
function Entry(key) { this.key = key; }
for (var i = 0; i < 50; i++) {
  cache.push(new Entry(i));
}
for (var i = 0; i < 50; i += 2) cache[i] = null;
`,
    1,
  );
  const snapshot = tracer.takeSnapshot();
  const entries = snapshot.statistics('type').find(({ label }) => label === 'Entry');
  expect(String(entries)).toBe('Entry: size=2000 B, count=25, average=80 B');
  expect(snapshot.statistics('lineno').find(({ label }) => label === 'main.js:4')?.count).toBe(25);
  expect(interpreter.stateStack).toHaveLength(1);
});

test('tracebacks have the guest’s functions, and none of the natives', () => {
  const { tracer } = traced(
    `function Leaf() {}
function deep(n) {
  if (n === 0) return new Leaf();
  return deep(n - 1);
}
var kept = [1].map(function () {
  return deep(2);
});
`,
    10,
  );
  const leaf = [...tracer.takeSnapshot().traces].find(
    (trace) => trace.traceback.at(-1)?.lineno === 3,
  );
  expect(leaf!.traceback.frames.map((f) => `${f.lineno} ${f.functionName}`)).toEqual([
    '6 <program>',
    '7 <anonymous>',
    '4 deep',
    '4 deep',
    '3 deep',
  ]);
  expect(leaf!.traceback.totalNframe).toBe(5);
});

test('objects that grow are measured again', () => {
  const { tracer, interpreter } = traced('function Bag() {}\nvar bag = new Bag();', 1);
  const bytes = (): unknown =>
    tracer
      .takeSnapshot()
      .statistics('type')
      .find(({ label }) => label === 'Bag')?.size;
  expect(bytes()).toBe(64);
  runFile(interpreter, 'bag.a = 1; bag.b = 2;', 'more.js');
  expect(bytes()).toBe(96);
});

test('types are named by what made them', () => {
  const { tracer } = traced(
    `var kept = [new Date(0), /x/, new TypeError('no'), [], {}, function () {}, Object.create(null)];
function Point() {}
kept.push(new Point());`,
    1,
  );
  const counts = tracer.takeSnapshot().statistics('type');
  const found = Object.fromEntries(counts.map(({ label, count }) => [label, count]));
  expect(found).toMatchObject({ Date: 1, RegExp: 1, TypeError: 1, Point: 1, Array: 2 });
});

test('what a file that is left out allocates is not recorded, and its frames are not shown', () => {
  const interpreter = new Interpreter('');
  const tracer = new Tracer();
  const adapter = attachJsInterpreter(interpreter, tracer, { collector: nodeCollector() });
  adapter.excludeFile('library.js');
  tracer.start(10);
  runFile(interpreter, 'var own = { a: 1 }; function call(f) { return f({}); }', 'library.js');
  runFile(interpreter, 'var kept = call(function () {\n return new Date(0);\n});', 'main.js');
  const dates = [...tracer.takeSnapshot().traces].filter(
    ({ traceback }) => traceback.at(-1)?.lineno === 2,
  );
  expect(dates.map(({ traceback }) => traceback.frames.map(String))).toEqual([
    ['main.js:1', 'main.js:2'],
  ]);
  adapter.exclude(() => runFile(interpreter, 'var more = [{}, {}];', 'more.js'));
  const files = tracer
    .takeSnapshot()
    .statistics('filename')
    .map(({ label }) => label);
  // Functions of a file are made before it runs, by whoever appends it.
  expect(files).toEqual(['<unknown>:0', 'main.js:0']);
});

test('an object is asked for where it was allocated', () => {
  const { interpreter, adapter } = traced('var a = {};\n\nvar b = {};', 1);
  const place = (name: string) =>
    String(adapter.tracebackOf(interpreter.globalObject.properties[name])?.at(-1));
  expect([place('a'), place('b'), adapter.tracebackOf(1), adapter.tracebackOf({})]).toEqual([
    'main.js:1',
    'main.js:3',
    null,
    null,
  ]);
});

test('wrong options, two adapters and other hosts are refused', () => {
  const interpreter = new Interpreter('');
  const tracer = new Tracer();
  const attach = (host: unknown, options?: object) =>
    attachJsInterpreter(host as object, tracer, options);
  expect(() => attach(interpreter, { collect: true })).toThrow(
    'unknown option "collect" of attachJsInterpreter; it takes collector, sizeOf, nativeFrames, onWarning',
  );
  attach(interpreter);
  expect(() => attach(interpreter)).toThrow(
    'an adapter is attached to this interpreter already: detach it first',
  );
  expect(() => attach({ ...interpreter, stateStack: undefined })).toThrow(
    'the host must be an Interpreter of js-interpreter: this one has no stateStack',
  );
  for (const other of [null, undefined, 1, {}])
    expect(() => attach(other)).toThrow(TracemallocError);
});

const library = `
Array.prototype.push = function (x) { this[this.length] = x; };
Array.prototype.map = function (f) {
  for (var i = 0, all = []; i < this.length; i++) all[i] = f(this[i]);
  return all;
};`;

/** What the adapter stands on, and what looks like it. */
const words = `stateStack createObjectProto node loc start line source doneExec_ func_ properties
  ARRAY_PROTO FUNCTION_PROTO OBJECT_PROTO globalObject parse_ appendCode run type id name proto
  prototype constructor value scope doneCallee_ doneArgs_ arguments_ funcThis_ isConstructor body
  params nativeFunc step parentScope object strict class data getter setter populateScope_ createScope
  createArray isa ERROR setProperty getProperty`.split(/\s+/);

// All 50 take some 10 s; each of them is tried where more is drawn.
const tried = words.filter((_, i) => process.env['TEST_RUNS'] !== undefined || i % 7 === 0);

test('of 50 other builds none is misread: each is traced right, without frames and says so, or refused', () => {
  // Its library in the guest's language takes 50 times as long as all else.
  const plain = readFileSync(plainBuild, 'utf8').replace(
    "this.polyfills_.join('\\n')",
    JSON.stringify(library),
  );
  const outcomes = new Set<string>();
  for (const word of tried) {
    outcomes.add(outcomeOf(plain.replaceAll(new RegExp(`\\b${word}\\b`, 'g'), `${word}9`)));
  }
  const good = ['not a program any more', 'right', 'unsupported-host', 'without frames'];
  expect([...outcomes].filter((outcome) => !good.includes(outcome))).toEqual([]);
  expect(outcomes).toContain('unsupported-host');
  expect(outcomes).toContain('right');
});

function outcomeOf(build: string): string {
  let Other: JsInterpreterClass;
  try {
    const module = { exports: {} as JsInterpreterClass };
    runInThisContext(`(function (module, exports) {${build}\n})`)(module, module.exports);
    Other = module.exports;
    new Other('');
  } catch {
    return 'not a program any more';
  }
  const tracer = new Tracer();
  const warnings: string[] = [];
  try {
    const interpreter = new Other('');
    const adapter = attachJsInterpreter(interpreter, tracer, {
      onWarning: (message) => warnings.push(message),
    });
    tracer.start(5);
    runFile(
      interpreter,
      'function P() {}\nvar kept = [\nnew P(), (function () { return new P(); })()];',
      'b.js',
    );
    const found = [...tracer.takeSnapshot().traces]
      .map(({ traceback }) => traceback.frames.map(String).join(' '))
      .filter((frames) => frames === 'b.js:3' || frames === 'b.js:3 b.js:3').length;
    adapter.detach();
    if (adapter.caps.lines === 'none') return warnings.length === 1 ? 'without frames' : 'silent';
    return found > 0 && tracer.rejected !== null ? 'right' : 'WRONG';
  } catch (error) {
    return (error as TracemallocError).code ?? String(error);
  }
}
