import { attachPyodide, installPyodideModule } from '@tracemalloc/adapters/pyodide';
import { type Snapshot, Tracer } from '@tracemalloc/core';
import { beforeAll, describe, expect, test } from 'vitest';
import { assertLeakNothing, traced } from '../../../vitest/src/assert/index.ts';
import { Memory, moduleOf } from '../../src/pyodide/host.ts';
import { readLayout } from '../../src/pyodide/layout.ts';
import { selfTest } from '../../src/pyodide/self-test.ts';
import { compareTracers, type Pyodide } from './compare-tracers.ts';
import { newPyodide, olderPyodide } from './new-pyodide.ts';

let pyodide: Pyodide;

beforeAll(async () => {
  pyodide = await newPyodide();
});

const program = `
import dataclasses, json
class Point:
    def __init__(self, x):
        self.x = x
        self.parts = [x, x + 1000]
@dataclasses.dataclass
class Row:
    name: str
    cells: list
def tree(depth):
    return [tree(depth - 1), tree(depth - 1)] if depth else {'leaf': object()}
def counting():
    total = 1000
    while True:
        total += 1
        yield (total, str(total))
def adder(n):
    return lambda m: n + m
points = [Point(i + 300) for i in range(300)]
rows = [Row(f'row {i}', [i + 0.5]) for i in range(300)]
forest = [tree(5) for _ in range(5)]
counters = [counting() for _ in range(50)]
pairs = [next(counter) for counter in counters for _ in range(5)]
adders = [adder(i + 300) for i in range(200)]
text = json.loads(json.dumps([{'name': f'n{i}', 'value': [i, None, 1.5]} for i in range(300)]))
try:
    json.loads('[1,')
except ValueError as error:
    kept = error
letters = ''.join(chr(ord('a') + i % 26) for i in range(5000))
grown = []
for i in range(2000):
    grown.append(i * 1.5)
`;

/** Lines of the program alone, by type. */
function typesOn(snapshot: Snapshot, place: string): Record<string, number> {
  const { traces, sites, strings } = snapshot.data;
  const counts: Record<string, number> = {};
  for (let row = 0; row < traces.length; row++) {
    if (String(snapshot.traces.at(row)!.traceback.at(-1)) !== place) continue;
    const type = strings[sites.type[traces.site[row]!]!]!;
    counts[type] = (counts[type] ?? 0) + 1;
  }
  return counts;
}

describe('beside the tracemalloc of CPython', () => {
  test.each([
    ['3.14', newPyodide],
    ['3.13', olderPyodide],
  ])('%s the same bytes are at the same tracebacks', async (minor, load) => {
    const one = minor === '3.14' ? pyodide : await load();
    const found = compareTracers(one, program, 'app.py');
    expect(found.blocks).toBeGreaterThan(9000);
    expect({ ...found, differences: found.differences.length < 5 || found.differences }).toEqual({
      ...found,
      differences: true,
    });
    expect(found.sameBytes).toBeGreaterThan(0.99);
    expect(found.totalDifference).toBeLessThan(0.001);
  });
});

test('blocks have the type of the object in them, with its module', () => {
  const tracer = new Tracer();
  const adapter = attachPyodide(pyodide, tracer);
  pyodide.runPython('import collections, gc; gc.collect()');
  tracer.start(1);
  pyodide.runPython(
    `class Kept: pass
kept = [Kept() for _ in range(200)]
kept += [collections.OrderedDict() for _ in range(200)]
kept += [bytes(100 + i) for i in range(200)]`,
    { filename: 'types.py' },
  );
  const snapshot = tracer.takeSnapshot();
  expect(typesOn(snapshot, 'types.py:2')['Kept']).toBe(200);
  expect(typesOn(snapshot, 'types.py:3')['collections.OrderedDict']).toBe(200);
  expect(typesOn(snapshot, 'types.py:4')['bytes']).toBe(200);
  expect([adapter.failures, tracer.rejected.badRow]).toEqual([0, 0]);
  const address = Number(pyodide.runPython('id(kept[0])'));
  expect(String(adapter.tracebackOf(address))).toBe('types.py:2');
  expect(adapter.tracebackOf('kept')).toBeNull();
  adapter.detach();
  pyodide.runPython('del kept, Kept');
});

test('a code object whose address comes to mean another one does not keep its lines', () => {
  const tracer = new Tracer();
  const adapter = attachPyodide(pyodide, tracer);
  tracer.start(2);
  pyodide.runPython(`kept = []
for i in range(60):
    scope = {'kept': kept}
    exec(compile('\\n' * i + 'def f(): kept.append(bytearray(50))\\nf()', f'code{i}.py', 'exec'), scope)
    del scope`);
  const found = tracer
    .takeSnapshot()
    .statistics('lineno')
    .map(({ traceback }) => String(traceback))
    .filter((place) => place.startsWith('code'));
  expect(new Set(found)).toEqual(
    new Set(Array.from({ length: 60 }, (_, i) => `code${i}.py:${i + 1}`)),
  );
  adapter.detach();
});

test('what is excluded is not recorded, nor what a file that is excluded allocates', () => {
  const tracer = new Tracer();
  const adapter = attachPyodide(pyodide, tracer);
  adapter.excludeFile('library.py');
  const run = (code: string, filename: string) => pyodide.runPython(code, { filename });
  tracer.start(5);
  adapter.exclude(() => run('kept = [bytearray(100) for _ in range(100)]', 'excluded.py'));
  run('def make(f): return [bytearray(100), f()]', 'library.py');
  run('def inner(): return bytearray(100)\nmade = make(inner)', 'mine.py');
  const files = tracer.takeSnapshot().statistics('traceback');
  const places = files.map(({ traceback }) => traceback.frames.map(String).join(' '));
  expect(places.filter((place) => /excluded|library/.test(place))).toEqual([]);
  expect(places.some((place) => place.endsWith('mine.py:2 mine.py:1'))).toBe(true);
  adapter.detach();
});

test('detach leaves the guest as it was found: no allocator, no reference tracer, no function', () => {
  const module = moduleOf(pyodide);
  const words = module._PyMem_RawMalloc(60);
  const places = () => {
    for (const domain of [0, 1, 2]) module._PyMem_GetAllocator(domain, words + 20 * domain);
    return [
      ...module.HEAP32.slice(words >>> 2, (words >>> 2) + 15),
      module._PyRefTracer_GetTracer(0),
    ];
  };
  const before = places();
  const tracer = new Tracer();
  const adapter = attachPyodide(pyodide, tracer);
  expect(places()).toEqual(before);
  tracer.start();
  expect(places()).not.toEqual(before);
  tracer.stop();
  expect(places()).toEqual(before);
  tracer.start();
  adapter.detach();
  adapter.detach();
  expect(places()).toEqual(before);
  expect(pyodide.runPython('sum(range(5))')).toBe(10);
  module._PyMem_RawFree(words);
});

test('the guest’s own tracemalloc runs beside the adapter, over it and under it', () => {
  const tracer = new Tracer();
  const warnings: string[] = [];
  const adapter = attachPyodide(pyodide, tracer, {
    onWarning: (message) => warnings.push(message),
  });
  tracer.start();
  const inGuest = pyodide.runPython(
    `import tracemalloc
tracemalloc.start()
kept = [bytearray(100) for _ in range(500)]
sum(trace.size > 90 for trace in tracemalloc.take_snapshot().traces)`,
    { filename: 'beside.py' },
  );
  const lines = tracer.takeSnapshot().statistics('lineno').map(String);
  expect(inGuest).toBeGreaterThanOrEqual(500);
  expect(lines.find((line) => line.startsWith('beside.py:3'))).toMatch(/count=[12]\d\d\d/);
  expect(warnings).toEqual([
    "something else in the guest, such as CPython's own tracemalloc, uses the reference tracer: meanwhile blocks have no types, and those that CPython uses again keep the line that made them first",
  ]);
  // It was started over ours, which is taken out from below it.
  tracer.stop();
  tracer.start();
  pyodide.runPython('tracemalloc.stop()');
  pyodide.runPython('more = [bytearray(100) for _ in range(500)]', { filename: 'after.py' });
  tracer.getTracedMemory();
  pyodide.runPython('most = [bytearray(100) for _ in range(500)]', { filename: 'again.py' });
  const after = tracer.takeSnapshot().statistics('lineno').map(String);
  expect(after.some((line) => line.startsWith('again.py:1'))).toBe(true);
  adapter.detach();
  pyodide.runPython('del kept, more, most');
});

describe('import tracemalloc in the guest', () => {
  test('is CPython’s module over the adapter’s tracer, until it is uninstalled', () => {
    const tracer = new Tracer();
    const adapter = attachPyodide(pyodide, tracer);
    const module = installPyodideModule(pyodide, adapter);
    const printed = pyodide.runPython(
      `import tracemalloc
from tracemalloc import Filter
told = []
def tell(work):
    try: told.append(repr(work()))
    except Exception as error: told.append(repr(error))
tell(lambda: tracemalloc.take_snapshot())
tracemalloc.start(5)
kept = [bytearray(100) for _ in range(100)]
snapshot = tracemalloc.take_snapshot()
tell(lambda: [str(s) for s in snapshot.filter_traces([Filter(True, 'guest.py', 9)]).statistics('lineno')][0][:13])
tell(lambda: tracemalloc.get_object_traceback(kept[5]))
tell(lambda: (tracemalloc.is_tracing(), tracemalloc.get_traceback_limit()))
tell(lambda: tracemalloc.start(0))
tell(lambda: tracemalloc.start('x'))
tell(lambda: tracemalloc.start(2 ** 70))
tell(lambda: tracemalloc.start(1, 2))
tell(lambda: tracemalloc.start(nframe=1))
class Bad:
    def __index__(self): raise KeyError('mine')
tell(lambda: tracemalloc.start(Bad()))
tell(lambda: tracemalloc.stop(1))
snapshot.dump('/tmp/snapshot.pickle')
tell(lambda: len(tracemalloc.Snapshot.load('/tmp/snapshot.pickle').traces) == len(snapshot.traces))
tracemalloc.stop()
tell(lambda: (tracemalloc.is_tracing(), tracemalloc.get_traced_memory(), tracemalloc._get_traces()))
'\\n'.join(told)`,
      { filename: 'guest.py' },
    );
    expect(String(printed).split('\n')).toEqual([
      "RuntimeError('the tracemalloc module must be tracing memory allocations to take a snapshot')",
      "'guest.py:9: s'",
      "<Traceback (<Frame filename='/lib/python314.zip/_pyodide/_base.py' lineno=539>, <Frame filename='/lib/python314.zip/_pyodide/_base.py' lineno=366>, <Frame filename='guest.py' lineno=9>)>",
      '(True, 5)',
      "ValueError('the number of frames must be in range [1; 65535]')",
      'TypeError("\'str\' object cannot be interpreted as an integer")',
      "OverflowError('Python int too large to convert to C int')",
      "TypeError('start expected at most 1 argument, got 2')",
      "TypeError('_tracemalloc.start() takes no keyword arguments')",
      "KeyError('mine')",
      "TypeError('_tracemalloc.stop() takes no arguments (1 given)')",
      'True',
      '(False, (0, 0), [])',
    ]);
    module.uninstall();
    const own = pyodide.runPython(
      'import _tracemalloc; type(_tracemalloc.start).__name__ + str(_tracemalloc.__spec__ is None)',
    );
    expect(own).toBe('builtin_function_or_methodFalse');
    adapter.detach();
  });
});

test('a leak is found by one assertion, and Pyodide’s own bookkeeping is none', async () => {
  const tracer = new Tracer();
  const adapter = attachPyodide(pyodide, tracer);
  pyodide.runPython(
    `log = []
def clean(): return len([i for i in range(1000)])
def leaky(): log.append(bytearray(50))`,
    { filename: 'leak.py' },
  );
  const call = (name: string) => pyodide.runPython(`lambda: (${name}(), None)[1]`) as () => void;
  const [clean, leaky] = [call('clean'), call('leaky')];
  await assertLeakNothing(traced(tracer, clean));
  await expect(async () => assertLeakNothing(traced(tracer, leaky))).rejects.toThrow('leak.py:3');
  adapter.detach();
});

test('layouts that are not as CPython says are refused, or what they spoil is turned off', () => {
  const memory = new Memory(moduleOf(pyodide));
  const layout = readLayout(memory);
  const spoiled: string[] = [];
  // Whole words: what is not aligned is the same word.
  const words = process.env['TEST_RUNS'] === undefined ? [1] : [-4, -3, -2, -1, 1, 2, 3, 4];
  const moved = (from: number): number[] =>
    words.map((by) => from + 4 * by).filter((offset) => offset >= 0);
  for (const part of ['previous', 'executable', 'instruction', 'owner'] as const) {
    for (const offset of moved(layout.frame[part])) {
      const frame = { ...layout.frame, [part]: offset };
      const { frames, types } = selfTest(pyodide, memory, { ...layout, frame });
      if (frames || types) spoiled.push(`${part} ${offset}: ${frames} ${types}`);
    }
  }
  for (const part of ['filename', 'qualname', 'bytecode'] as const) {
    for (const offset of moved(layout.code[part])) {
      const code = { ...layout.code, [part]: offset };
      if (selfTest(pyodide, memory, { ...layout, code }).types) spoiled.push(`${part} ${offset}`);
    }
  }
  for (const typeFlags of moved(layout.typeFlags)) {
    if (selfTest(pyodide, memory, { ...layout, typeFlags }).types) {
      spoiled.push(`typeFlags ${typeFlags}`);
    }
  }
  expect(spoiled).toEqual([]);
});

test('what is no Pyodide, or one that is not known, is refused before anything is touched', () => {
  const message = (host: unknown, options?: object): string => {
    try {
      attachPyodide(host as Pyodide, new Tracer(), options);
      return 'attached';
    } catch (error) {
      return String(error);
    }
  };
  const module = moduleOf(pyodide);
  const heap = module.HEAP32.slice();
  const other = (changes: object) =>
    Object.assign(Object.create(pyodide), {
      _module: Object.assign(Object.create(module), changes),
    });
  const newer = heap.slice();
  newer[(module.__PyRuntime + 8) >>> 2] = 0x030f_0000;
  const bare = heap.slice();
  bare[module.__PyRuntime >>> 2] = 0;
  const wild = heap.slice();
  wild[(module.__PyRuntime + 8 * 26) >>> 2] = 1 << 20;
  const withHeap = (words: Int32Array) =>
    other({ HEAP32: words, HEAPU8: new Uint8Array(words.buffer) });
  const adapter = attachPyodide(pyodide, new Tracer());
  expect([
    message({}),
    message(null),
    message(other({ _PyMem_SetAllocator: undefined })),
    message(withHeap(newer)),
    message(withHeap(bare)),
    message(withHeap(wild)),
    message(pyodide),
    message(pyodide, { lines: 'exact' }),
  ]).toEqual([
    "TracemallocError: this Pyodide can't be traced: TypeError: the host must be what loadPyodide() gives",
    "TracemallocError: this Pyodide can't be traced: TypeError: the host must be what loadPyodide() gives",
    "TracemallocError: this Pyodide can't be traced: TypeError: its module lacks _PyMem_SetAllocator; Pyodide 0.28, 0.29 and 314 have them",
    "TracemallocError: this Pyodide can't be traced: RangeError: its CPython 3.15 is not known: 3.13 and 3.14 are",
    "TracemallocError: this Pyodide can't be traced: RangeError: it has no table of offsets: CPython has one since 3.13",
    "TracemallocError: this Pyodide can't be traced: RangeError: word 26 of its table of offsets is no offset: 1048576",
    'TracemallocError: an adapter is attached to this Pyodide already: detach it first',
    'TypeError: unknown option "lines" of attachPyodide; it takes nativeFrames, onWarning',
  ]);
  adapter.detach();
});
