import { runInThisContext } from 'node:vm';
import { HostStack, PulledStack } from '@tracemalloc/adapters/callbacks';
import { attachPyodide } from '@tracemalloc/adapters/pyodide';
import { type Snapshot, Tracer } from '@tracemalloc/core';
import { expect, test } from 'vitest';
import { run as runFengari, tracedLua as tracedFengari } from '../fengari/lua.ts';
import { newPyodide } from '../pyodide/new-pyodide.ts';
import { run as runWasmoon, tracedLua as tracedWasmoon } from '../wasmoon/lua.ts';

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
    if (filename === 'wasm:lua') expect(functionName).toBe(`wasm-function[${lineno}]`);
    else expect(filename).toBe('app.lua');
  }
  tracer.clearTraces();
  tracer.stop();
  tracer.start(40);
  runWasmoon(lua, 'more = { {} }', 'more.lua');
  expect(stacksAt(tracer.takeSnapshot(), 'more.lua:1').length).toBeGreaterThan(0);
  lua.global.close();
});

test('CPython’s functions have their names, as far as Pyodide exports them', async () => {
  const pyodide = await newPyodide();
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
