import { snapshotCodec } from '@tracemalloc/adapters/python-module';
import { attachSkulpt, installSkulptModule } from '@tracemalloc/adapters/skulpt';
import { Tracer } from '@tracemalloc/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newSkulpt, type TestSkulpt } from './new-skulpt.ts';

let guest: TestSkulpt;
let tracer: Tracer;
let undo: () => void;
beforeAll(() => {
  guest = newSkulpt();
  tracer = new Tracer();
  const adapter = attachSkulpt(guest.Sk, tracer);
  const { uninstall } = installSkulptModule(guest.Sk, adapter, { codec: snapshotCodec });
  undo = () => {
    uninstall();
    adapter.detach();
  };
});
afterAll(() => tracer.stop());

/** What a program prints. @throws Error when it fails. */
function run(...lines: string[]): string[] {
  const { stdout, error } = guest.run(lines.join('\n'));
  if (error !== null) throw new Error(`${error}\n${stdout}`);
  return stdout.trimEnd().split('\n');
}

test('a program traces itself, and the module’s own objects are no part of it', () => {
  const printed = run(
    'import tracemalloc',
    'tracemalloc.start(5)',
    'def make(n):',
    '    return [0.5 * i for i in range(n)]',
    'keep = make(100)',
    'first = tracemalloc.take_snapshot()',
    'again = tracemalloc.take_snapshot()',
    "top = first.statistics('traceback')[0]",
    "print('\\n'.join(top.traceback.format()))",
    'print([str(d) for d in again.compare_to(first, "lineno") if d.size_diff])',
    'print(tracemalloc.get_object_traceback(keep))',
    'tracemalloc.stop()',
    'print(tracemalloc.get_object_traceback(keep), tracemalloc.get_traced_memory())',
  );
  expect(printed).toEqual([
    '  File "main.py", line 5',
    '    keep = make(100)',
    '  File "main.py", line 4',
    '    return [0.5 * i for i in range(n)]',
    '[]',
    'main.py:5',
    'None (0, 0)',
  ]);
});

test('what loading the module and preparing a program makes is no part of it', async () => {
  const other = newSkulpt();
  const otherTracer = new Tracer();
  const adapter = attachSkulpt(other.Sk, otherTracer);
  const { uninstall } = installSkulptModule(other.Sk, adapter);
  otherTracer.start();
  const source = 'import tracemalloc, gc\nkeep = [1.5]\n';
  for (const isFirst of [true, false]) {
    otherTracer.clearTraces();
    expect((isFirst ? await other.runAsync(source) : other.run(source)).error).toBeNull();
    const sizes = new Map(
      otherTracer
        .takeSnapshot()
        .statistics('lineno')
        .map(({ traceback, size }) => [
          `${traceback.at(0)!.filename}:${traceback.at(0)!.lineno}`,
          size,
        ]),
    );
    // The table of the module's names, which grows at the second of them.
    expect(sizes.get('main.py:1')).toBe(400);
    expect(sizes.get('main.py:2')).toBeGreaterThan(0);
    // The object of the program's own module, and in newer versions the texts of its attributes.
    if (!isFirst) expect(sizes.get('<unknown>:0')).toBeLessThanOrEqual(200);
  }
  otherTracer.stop();
  uninstall();
  adapter.detach();
});

test.each([
  ['tracemalloc.start(0)', 'ValueError: the number of frames must be in range [1; 65535]'],
  ['tracemalloc.start("1")', "TypeError: 'str' object cannot be interpreted as an integer"],
  ['tracemalloc.start(1.5)', "TypeError: 'float' object cannot be interpreted as an integer"],
  ['tracemalloc.start(2 ** 80)', 'OverflowError: Python int too large to convert to C int'],
  ['tracemalloc.start(nframe=3)', 'TypeError: _tracemalloc.start() takes no keyword arguments'],
  ['tracemalloc.stop(1)', 'TypeError: _tracemalloc.stop() takes no arguments (1 given)'],
  ['snapshot.statistics("size")', "ValueError: unknown key_type: 'size'"],
  ['snapshot.traces[9]', 'IndexError: list index out of range'],
  ['snapshot.filter_traces(3)', 'TypeError: filters must be a list of filters, not int'],
  [
    'tracemalloc.Snapshot.load("none.tm")',
    /^(?:IO|FileNotFound)Error: \[Errno 2\] No such file or directory: 'none\.tm'$/,
  ],
  ['gc.collect(3)', 'ValueError: invalid generation'],
  ['gc.collect("x")', "TypeError: 'str' object cannot be interpreted as an integer"],
])('%s raises %s', (call, message) => {
  const printed = run(
    'import gc, tracemalloc',
    'snapshot = tracemalloc.Snapshot([(0, 5, (("a.py", 1),), 1)], 1)',
    'try:',
    `    ${call}`,
    'except Exception as error:',
    '    print(type(error).__name__ + ": " + str(error))',
  );
  expect(printed).toEqual([typeof message === 'string' ? message : expect.stringMatching(message)]);
});

test('a dumped snapshot comes back with its attributes', () => {
  const printed = run(
    'import tracemalloc',
    'old = tracemalloc.Snapshot([(0, 5, (("a.py", 1), ("b.py", 2)), 7)], 2)',
    'old.note = {"text": [1, 2.5, None, True, (1, 2 ** 70)]}',
    'old.dump("x.tm")',
    'new = tracemalloc.Snapshot.load("x.tm")',
    'print(new.traces == old.traces, new.traceback_limit, new.note == old.note)',
    'print(new.traces[0], new.traces[0].traceback.total_nframe)',
  );
  expect(printed).toEqual(['True 2 True', 'b.py:2: 5 B 7']);
});

test('gc and sys.getsizeof', () => {
  const printed = run(
    'import gc, sys',
    'gc.disable()',
    'print(gc.collect(), gc.isenabled(), sys.getsizeof([]), sys.getsizeof("ab"))',
    'gc.enable()',
    'print(gc.isenabled())',
  );
  expect(printed).toEqual(['0 False 56 43', 'True']);
});

test('sys.getsizeof of what CPython shares, and of ints', () => {
  const values = "['', 'a', (), None, True, False, 0, 7, 1000, 2 ** 30, 2 ** 70, NotImplemented]";
  expect(run('import sys', `print([sys.getsizeof(x) for x in ${values}])`)).toEqual([
    '[41, 42, 40, 16, 28, 28, 28, 28, 28, 32, 36, 16]',
  ]);
});

test('uninstalled, nothing is left', () => {
  undo();
  expect(guest.run('import tracemalloc').error).toMatch(/No module named '?tracemalloc/);
  expect(guest.run('import gc').error).toMatch(/No module named '?gc/);
  expect(guest.run('import sys\nsys.getsizeof(1)').error).toContain('getsizeof');
  expect(Object.keys(guest.Sk).filter((name) => /tracemalloc/i.test(name))).toEqual([]);
});
