import {
  attachMicroPython,
  type MicroPythonAdapter,
  traceableMicroPython,
} from '@tracemalloc/adapters/micropython';
import { type Snapshot, Tracer } from '@tracemalloc/core';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { assertLeakNothing, traced } from '../../../vitest/src/assert/index.ts';
import { loaderOf, type MicroPython, newMicroPython, type Version } from './new-micropython.ts';

let micropython: MicroPython;

/** Of the test that runs. */
let adapter: MicroPythonAdapter | null = null;

beforeAll(async () => {
  micropython = await newMicroPython();
});

afterEach(() => adapter?.detach());

/** Attaches to the one that the tests share. */
function attach(tracer: Tracer): MicroPythonAdapter {
  adapter = attachMicroPython(micropython, tracer);
  return adapter;
}

/** Runs a program under a file name. */
function run(host: MicroPython, source: string, file = 'app.py', scope = 'globals()'): void {
  host.runPython(`exec(compile(${JSON.stringify(source)}, '${file}', 'exec'), ${scope})`);
}

/** `{ 'app.py:3 list': 4 }`: live blocks by line and type. */
function blocksOf(snapshot: Snapshot): Record<string, number> {
  const { traces, sites, strings } = snapshot.data;
  const counts: Record<string, number> = {};
  for (let row = 0; row < traces.length; row++) {
    const type = strings[sites.type[traces.site[row]!]!]!;
    const place = `${snapshot.traces.at(row)!.traceback.at(-1)} ${type}`;
    counts[place] = (counts[place] ?? 0) + 1;
  }
  return counts;
}

const program = `import gc
class Point:
    def __init__(self, x):
        self.x = x
        self.name = 'point %d' % x
class Names(dict): pass
def tree(depth):
    return [tree(depth - 1), tree(depth - 1)] if depth else {'leaf': 1.5}
def counting():
    total = 1000
    while True:
        total += 1
        yield (total, str(total))
points = [Point(i) for i in range(300)]
forest = [tree(7) for _ in range(20)]
counters = [counting() for _ in range(20)]
pairs = [next(counter) for counter in counters for _ in range(5)]
adders = [(lambda n: lambda m: n + m)(i) for i in range(200)]
rows = {i: set(range(i % 7)) for i in range(100)}
named = [Names() for _ in range(30)]
text = bytearray(b'')
for i in range(3000):
    text += b'more'
for i in range(2000):
    temporary = [i] * 5
look(gc.mem_alloc())
`;

describe.each<[Version]>([['1.27'], ['1.26'], ['1.25']])('MicroPython %s', (version) => {
  test('all that is traced is what gc.mem_alloc() says, before a sweep and after it', async () => {
    // It grows many times: each time by an area of its own.
    const host = await newMicroPython(version, { heapsize: 64 << 10 });
    const tracer = new Tracer();
    const adapter = attachMicroPython(host, tracer);
    let seen = { traced: 0, inUse: 0 };
    const look = (said: number) => {
      seen = { traced: tracer.getTracedMemory().current, inUse: said };
    };
    // What it had before stays as it is: its own tables are large enough.
    host.registerJsModule('looking', { look });
    host.runPython("import looking, gc\nscope = {'look': looking.look, 'gc': gc}\ngc.collect()");
    tracer.start(1);
    adapter.settle();
    run(host, 'look(gc.mem_alloc())', 'app.py', 'scope');
    const before = seen.inUse - seen.traced;
    run(host, program, 'app.py', 'scope');
    expect(Math.abs(seen.traced / (seen.inUse - before) - 1)).toBeLessThan(0.001);
    const atEnd = seen.traced;
    expect(atEnd).toBeGreaterThan(200_000);
    adapter.settle();
    run(host, 'look(gc.mem_alloc())', 'app.py', 'scope');
    expect(Math.abs(seen.traced / (seen.inUse - before) - 1)).toBeLessThan(0.001);
    expect(seen.traced).toBeLessThan(atEnd - 100_000);
    expect([adapter.failures, ...Object.values(tracer.rejected).filter(Boolean)]).toEqual([0]);
    adapter.detach();
  });
});

test('a build that is not known is run until it is', async () => {
  const load = await loaderOf('1.24');
  const warnings: string[] = [];
  let loads = 0;
  const host = await traceableMicroPython(
    () => {
      loads++;
      return load({ heapsize: 1 << 20 });
    },
    { onWarning: (message) => warnings.push(message) },
  );
  const tracer = new Tracer();
  const adapter = attachMicroPython(host, tracer);
  tracer.start(5);
  run(host, 'kept = [[i] for i in range(40)]');
  const snapshot = tracer.takeSnapshot();
  expect(blocksOf(snapshot)['app.py:1 list']).toBe(41);
  expect([snapshot.metadata.host, loads]).toEqual(['micropython 1.24.1', 2]);
  expect(warnings).toEqual([
    'this build of MicroPython is not known: what it calls is found out by running it',
  ]);
  adapter.detach();
});

test('blocks have the type of the object in them, and what begins with a class is none of it', () => {
  const tracer = new Tracer();
  const adapter = attach(tracer);
  run(micropython, 'class Kept: pass\nclass Names(dict): pass');
  tracer.start();
  run(
    micropython,
    `a = [Kept() for _ in range(50)]
b = [Names() for _ in range(40)]
c = [[list, 0] for _ in range(30)]
d = [{Kept: 0} for _ in range(20)]
e = [{i} for i in range(10)]
f = [(Kept, i) for i in range(9)]
g = ['%d' % i for i in range(100, 107)]
`,
  );
  expect(blocksOf(tracer.takeSnapshot())).toMatchObject({
    'app.py:1 Kept': 50,
    'app.py:2 Names': 40,
    'app.py:3 list': 31,
    'app.py:4 dict': 20,
    'app.py:5 set': 10,
    'app.py:6 tuple': 9,
    'app.py:7 str': 7,
  });
  const types = Object.keys(blocksOf(tracer.takeSnapshot())).map((place) => place.split(' ')[1]);
  expect(types.filter((type) => type === 'type')).toEqual([]);
  adapter.detach();
});

test('stacks are those of MicroPython’s own tracebacks, whatever stands on them', () => {
  const tracer = new Tracer();
  const adapter = attach(tracer);
  adapter.excludeFile('<stdin>');
  tracer.start(50);
  const stacks: string[] = [];
  micropython.registerJsModule('told', { told: (text: string) => stacks.push(text) });
  run(
    micropython,
    `import io, sys, told
def deep(f):

    def wrapped(*args, **named):
        try:
            return f(*args,
                     **named)
        finally:
            pass
    return wrapped
class Context:
    def __enter__(self): return self
    def __exit__(self, *error): return False
    def __getitem__(self, index):
        return sorted([index, 2],
            key=lambda n: self.end(n))
    @deep
    def end(self, n, more=1):
        kept.append(bytearray(5001)); raise ValueError
kept = []
def generate(n):
    with Context() as context:
        yield from (context[i] for i in range(n))
class Body:
    try:
        x = {k: v for k, v in enumerate(generate(3))}
    except ValueError as error:
        text = io.StringIO()
        sys.print_exception(error, text)
        told.told(text.getvalue())
`,
    'deep.py',
  );
  const own = [...stacks[0]!.matchAll(/File "deep.py", line (\d+)/g)].map(
    ([, line]) => `deep.py:${line}`,
  );
  const snapshot = tracer.takeSnapshot();
  const row = snapshot.data.traces.size.indexOf(5008);
  const found = snapshot.traces.at(row)!.traceback.frames.map(String);
  // The class body caught the error, which does not know of what is below it.
  expect(found).toEqual(['deep.py:24', ...own]);
  expect(found.length).toBeGreaterThan(8);
  adapter.detach();
});

test('an error of JavaScript’s that goes through calls leaves none of them behind', () => {
  const tracer = new Tracer();
  const adapter = attach(tracer);
  adapter.excludeFile('<stdin>');
  micropython.registerJsModule('host', {
    inner: () => micropython.runPython('def f(): inside.append(bytearray(300))\ninside = []\nf()'),
  });
  tracer.start(10);
  run(
    micropython,
    'import host\ndef a(): b()\ndef b(): host.inner(); kept.append(bytearray(900))\nkept = []\na()',
  );
  const stacks = tracer
    .takeSnapshot()
    .statistics('traceback')
    .filter(({ size }) => size >= 900)
    .map(({ traceback }) => traceback.frames.map(String));
  expect(stacks).toContainEqual(['app.py:5', 'app.py:2', 'app.py:3']);
  adapter.detach();
});

test('tracing that begins within calls has their frames; what is excluded is not there; where a value is from', () => {
  const tracer = new Tracer();
  const adapter = attach(tracer);
  adapter.excludeFile('<stdin>');
  adapter.excludeFile('library.py');
  micropython.registerJsModule('trace', { start: () => tracer.start(10) });
  run(micropython, 'def make(f): return [bytearray(100), f()]', 'library.py');
  run(
    micropython,
    `import trace
def inner():
    trace.start()
    return bytearray(700)
def outer():
    return make(inner)
made = outer()
address = id(made[1])
`,
  );
  adapter.exclude(() =>
    run(micropython, 'kept = [bytearray(99) for _ in range(50)]', 'excluded.py'),
  );
  const traceback = adapter.tracebackOf(micropython.globals.get('address'));
  expect(traceback!.frames.map(String)).toEqual(['app.py:7', 'app.py:6', 'app.py:4']);
  expect(adapter.tracebackOf('made')).toBeNull();
  const files = tracer
    .takeSnapshot()
    .statistics('filename')
    .map(({ traceback: { frames } }) => String(frames[0]));
  expect(files.filter((file) => /library|excluded|stdin/.test(file))).toEqual([]);
  adapter.detach();
});

test('a second adapter, a MicroPython that was loaded otherwise and options that are none are refused', async () => {
  const tracer = new Tracer();
  const adapter = attach(tracer);
  expect(() => attachMicroPython(micropython, tracer)).toThrow(
    'attached to this MicroPython already',
  );
  adapter.detach();
  attachMicroPython(micropython, tracer).detach();
  const plain = await (await loaderOf('1.27'))({});
  expect(() => attachMicroPython(plain, tracer)).toThrow(
    'nothing in it can be looked on: load it by traceableMicroPython',
  );
  expect(() => attachMicroPython(micropython, tracer, { lines: 'exact' } as never)).toThrow(
    'unknown option "lines" of attachMicroPython',
  );
  await expect(traceableMicroPython(async () => plain)).rejects.toThrow(
    'what was to load it has instantiated none',
  );
});

const cache = `pages = {}
def page(key, render):
    if key not in pages:
        pages[key] = render()
    return pages[key]
def product(query):
    return page((query['id'], query['request']), lambda: ['h1', ['li'] * query['id']])
number = 0
def serve():
    global number
    for _ in range(10):
        number += 1
        product({'id': number % 10, 'request': number})
for _ in range(9):
    serve()
`;

test('a cache whose keys are ever new is found by a limit on leaks, and one that is mended leaks nothing', () => {
  const tracer = new Tracer();
  const adapter = attach(tracer);
  adapter.excludeFile('<stdin>');
  const work = (source: string) => {
    run(micropython, source, 'shop.py');
    const getLine = (file: string, line: number): string =>
      file === 'shop.py' ? source.split('\n')[line - 1]! : '';
    const serve = () => micropython.runPython('serve()');
    return traced(tracer, serve, { getLine, settle: () => adapter.settle(), nframe: 5 });
  };
  expect(() => assertLeakNothing(work(cache))).toThrow("lambda: ['h1', ['li'] * query['id']]");
  const mended = cache.replace(", query['request']), ", ',), ');
  assertLeakNothing(work(mended), { warmup: 2 });
  adapter.detach();
});
