import { runInThisContext } from 'node:vm';
import { HostStack, PulledStack } from '@tracemalloc/adapters/callbacks';
import { attachMicroPython } from '@tracemalloc/adapters/micropython';
import { attachPyodide } from '@tracemalloc/adapters/pyodide';
import { attachQuickJS } from '@tracemalloc/adapters/quickjs';
import { type Snapshot, Tracer } from '@tracemalloc/core';
import { expect, test } from 'vitest';
import { startGuest as startBrython } from '../brython/start.ts';
import { run as runFengari, tracedLua as tracedFengari } from '../fengari/lua.ts';
import { newMicroPython } from '../micropython/new-micropython.ts';
import { newPyodide } from '../pyodide/new-pyodide.ts';
import { newQuickJs, run as runQuickJs } from '../quickjs/new-quickjs.ts';
import { startGuest as startSkulpt } from '../skulpt/start.ts';
import { run as runWasmoon, tracedLua as tracedWasmoon } from '../wasmoon/lua.ts';

let loaded: ReturnType<typeof newPyodide> | null = null;
const shared = () => {
  loaded ??= newPyodide();
  return loaded;
};

/** `function file` of the stacks of a guest's line, OLDEST FIRST, without positions. */
function stacksAt(snapshot: Snapshot, place: string): string[] {
  const stacks = [...snapshot.traces]
    .map(({ traceback }) => traceback.frames)
    .filter((frames) => frames.some((frame) => String(frame) === place))
    .map((frames) =>
      frames
        .map(({ filename, functionName }) =>
          /^(?:js|wasm):/.test(filename) ? `${functionName} ${filename}` : place,
        )
        .join(' > '),
    );
  return [...new Set(stacks)].sort();
}

test('a table of fengari’s has the functions that made it above the line that asked for it', () => {
  const { L, tracer } = tracedFengari({ nativeFrames: true });
  tracer.start(10);
  runFengari(L, 'kept = {}\ntext = ("x"):rep(30)');
  const snapshot = tracer.takeSnapshot();
  expect(stacksAt(snapshot, 'app.lua:1')).toEqual([
    'app.lua:1 > luaH_new js:ltable.js > Table js:ltable.js',
  ]);
  expect(stacksAt(snapshot, 'app.lua:2')[0]).toContain('str_rep js:lstrlib.js');
  expect(snapshot.metadata['nativeFrames']).toBe(true);
});

test('functions of WASM are known by their index, the guest’s frames stay, and limits hold', async () => {
  const { lua, tracer } = await tracedWasmoon({ nativeFrames: true });
  tracer.start(3);
  runWasmoon(lua, 'kept = {}');
  const frames = [...tracer.takeSnapshot().traces].map(({ traceback }) => traceback.frames);
  expect(Math.max(...frames.map(({ length }) => length))).toBe(3);
  for (const { filename, lineno, functionName } of frames.flat()) {
    if (filename === 'wasm:lua') {
      const name = lineno === 0 ? /^luaM_(?:malloc|realloc)_$/ : /^wasm-function\[\d+\]$/;
      expect(functionName).toMatch(name);
    } else expect(filename).toBe('app.lua');
  }
  tracer.clearTraces();
  tracer.stop();
  tracer.start(40);
  runWasmoon(lua, 'more = { {} }', 'more.lua');
  expect(stacksAt(tracer.takeSnapshot(), 'more.lua:1').length).toBeGreaterThan(0);
  lua.global.close();
});

test('CPython’s functions have their names, as far as Pyodide exports them', async () => {
  const pyodide = await shared();
  const tracer = new Tracer();
  const adapter = attachPyodide(pyodide, tracer, { nativeFrames: true });
  tracer.start(20);
  pyodide.runPython('kept = [bytearray(1000)]', { filename: 'app.py' });
  adapter.detach();
  const stacks = stacksAt(tracer.takeSnapshot(), 'app.py:1').join('\n');
  expect(stacks).toContain('PyList_New wasm:pyodide');
  expect(stacks).toContain('PyObject_Malloc wasm:pyodide');
  expect(stacks).not.toContain('_PyEval_EvalFrameDefault');
});

/** A tree of calls in each, with a list that grows. */
const python = `class Node:
    def __init__(self, kids):
        self.kids = [kids + 1000] * 9
kept = []
for i in range(40):
    kept.append(Node(i))`;

test('Skulpt’s functions stand above the line that called them, and between a line’s and its callee’s are none', () => {
  const { run, tracer } = startSkulpt({ nativeFrames: true, minified: false });
  tracer.start(20);
  run(python);
  const snapshot = tracer.takeSnapshot();
  const file = 'js:skulpt.js';
  expect(stacksAt(snapshot, 'main.py:3')).toEqual([
    `main.py:3 > main.py:3 > ./src/abstract.js.Sk.abstr.numberBinOp ${file} > binary_op_ ${file} > doNumberSlot ${file} > int_ ${file} > object js:skulpt`,
    `main.py:3 > main.py:3 > ./src/abstract.js.Sk.abstr.numberBinOp ${file} > binary_op_ ${file} > sq$repeat ${file} > list ${file} > object js:skulpt`,
  ]);
  expect(stacksAt(snapshot, 'main.py:6')).toContain(
    `main.py:6 > $callOneArg ${file} > list growth js:skulpt`,
  );
});

test('Brython’s functions stand above the line that called them; the hooks among them don’t', async () => {
  const { run, tracer, adapter } = await startBrython({ nativeFrames: true });
  tracer.start(20);
  run(python);
  const snapshot = tracer.takeSnapshot();
  adapter.detach();
  const file = 'js:brython.js';
  const calls = ['$B.rich_op', '$B.rich_op1', '$B.$call', '$B.wrapper_descriptor.tp_call'];
  const functions = [...calls, '_b_.list.sq_repeat', 'sq_repeat'].map((name) => `${name} ${file}`);
  const repeated = ['main.py:3', 'main.py:3', ...functions].join(' > ');
  expect(stacksAt(snapshot, 'main.py:3')).toEqual([
    `${repeated} > items ${file}`,
    `${repeated} > object ${file}`,
    `main.py:3 > main.py:3 > object ${file}`,
  ]);
});

test('QuickJS’s functions end where the guest’s begin, however deep the guest is', async () => {
  const runtime = (await newQuickJs()).newRuntime();
  const tracer = new Tracer();
  const adapter = attachQuickJS(runtime, tracer, { nativeFrames: true });
  tracer.start(60);
  const context = runtime.newContext();
  runQuickJs(
    context,
    'function f(n) { return n ? f(n - 1) : new ArrayBuffer(4321); }\nkept = f(20);',
  );
  const snapshot = tracer.takeSnapshot();
  adapter.detach();
  context.dispose();
  runtime.dispose();
  const row = snapshot.data.traces.size.indexOf(4321);
  const { frames } = snapshot.traces.at(row)!.traceback;
  const files = frames.map(({ filename }) => filename);
  expect(files.slice(0, 22)).toEqual(Array(22).fill('app.js'));
  expect(new Set(files.slice(22))).toEqual(new Set(['wasm:quickjs']));
  expect(frames.map(({ functionName }) => functionName).at(-1)).toBe('js_malloc');
  expect(frames.length).toBeLessThan(40);
});

test('MicroPython’s functions have the names that are known, up to the one that runs code', async () => {
  const micropython = await newMicroPython();
  const tracer = new Tracer();
  const adapter = attachMicroPython(micropython, tracer, { nativeFrames: true });
  tracer.start(30);
  micropython.runPython(`exec(compile(${JSON.stringify(python)}, 'app.py', 'exec'), globals())`);
  const stacks = stacksAt(tracer.takeSnapshot(), 'app.py:6').join('\n');
  adapter.detach();
  expect(stacks).toContain('mp_obj_malloc_helper wasm:micropython');
  expect(stacks).toMatch(/gc_alloc wasm:micropython$/m);
  expect(stacks).toMatch(/gc_realloc wasm:micropython$/m);
  expect(stacks).not.toContain('mp_execute_bytecode');
});

test('of the allocator alone there is one frame, which no engine is asked for', async () => {
  const { captureStackTrace } = Error;
  Object.assign(Error, { captureStackTrace: undefined });
  const newest = (snapshot: Snapshot, file: string): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const { traceback } of snapshot.traces) {
      const [maker, guest] = [...traceback.frames].reverse();
      expect(/^(?:js|wasm):/.test(String(guest))).toBe(false);
      if (guest?.filename === file) {
        counts[maker!.functionName] = (counts[maker!.functionName] ?? 0) + 1;
      }
    }
    return counts;
  };
  try {
    const pyodide = await shared();
    const tracer = new Tracer();
    const adapter = attachPyodide(pyodide, tracer, { nativeFrames: 'allocator' });
    tracer.start(20);
    pyodide.runPython(python, { filename: 'app.py' });
    const snapshot = tracer.takeSnapshot();
    adapter.detach();
    const made = newest(snapshot, 'app.py');
    expect(Object.keys(made).sort()).toEqual(['PyMem_Malloc', 'PyMem_Realloc', 'PyObject_Malloc']);
    expect(snapshot.metadata['nativeFrames']).toBe('allocator');

    const skulpt = startSkulpt({ nativeFrames: 'allocator' });
    skulpt.tracer.start(20);
    skulpt.run(python);
    expect(newest(skulpt.tracer.takeSnapshot(), 'main.py')).toMatchObject({ 'list growth': 1 });

    const { lua, tracer: ofLua } = await tracedWasmoon({ nativeFrames: 'allocator' });
    ofLua.start(20);
    runWasmoon(lua, 'kept = {} for i = 1, 9 do kept[i] = {} end');
    expect(newest(ofLua.takeSnapshot(), 'app.lua')).toEqual({ luaM_malloc_: 10, luaM_realloc_: 1 });
    lua.global.close();

    const warnings: string[] = [];
    const fengari = tracedFengari({
      nativeFrames: true,
      onWarning: (message) => void warnings.push(message),
    });
    fengari.tracer.start(10);
    runFengari(fengari.L, 'kept = {}');
    expect(newest(fengari.tracer.takeSnapshot(), 'app.lua')).toEqual({ new: 1 });
    expect(warnings).toEqual([
      "native frames are those of the allocator alone: others are read from V8's stack",
    ]);
  } finally {
    Object.assign(Error, { captureStackTrace });
  }
});

test('an interpreter of one’s own gives its rules; what others have set for stacks stays', () => {
  const tracer = new Tracer();
  const host = HostStack.make(tracer, {
    nameOf: (file) => (file.includes('host-stack.test') ? 'js:mine' : null),
    ends: new Set(['runGuest']),
  });
  const stack = new PulledStack(
    tracer,
    (frames) => {
      frames[0] = tracer.frame(tracer.string('a.guest'), 7);
      return 1;
    },
    host,
  );
  const before = [Error.stackTraceLimit, Error.prepareStackTrace];
  tracer.start(10);
  const makeObject = () => stack.traceback();
  const runGuest = () => makeObject();
  const frames = tracer.tracebackAt(runGuest()).frames;
  expect(frames.map(({ filename, functionName }) => `${filename} ${functionName}`)).toEqual([
    'a.guest ',
    'js:mine makeObject',
  ]);
  expect([Error.stackTraceLimit, Error.prepareStackTrace]).toEqual(before);
  expect(Object.keys(Error)).toContain('stackTraceLimit');
});

test('what the interpreter did before it called others counts for their caller, not for the line', () => {
  const tracer = new Tracer();
  const host = HostStack.make(tracer, {
    nameOf: (file) => (file === 'interpreter.js' ? 'js:mine' : null),
  });
  const stack = new PulledStack(tracer, () => 0, host);
  const named = (name: string): ((work: () => number) => number) =>
    runInThisContext(`(function ${name}(work) { return work(); })`, {
      filename: 'interpreter.js',
    });
  const [outer, inner] = [named('outer'), named('inner')];
  tracer.start(10);
  const row = outer(() => inner(() => stack.traceback()));
  expect(tracer.tracebackAt(row).frames.map(({ functionName }) => functionName)).toEqual(['inner']);
});
