import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryFiles } from '@tracemalloc/adapters/python-module';
import { Snapshot } from '@tracemalloc/core';
import { load } from '@tracemalloc/core/codec';
import { dumpPickle } from '@tracemalloc/formats/pickle';
import { beforeAll, describe, expect, test } from 'vitest';
import { createGuest, type Guest } from './guest.ts';

let guest: Guest;
beforeAll(async () => {
  guest = await createGuest();
});

/** Evaluates each expression in the guest, with tracemalloc as `t`: what it gives, or its error. */
function evaluate(expressions: readonly string[], prelude = ''): string[] {
  const printed = guest.run(`
import tracemalloc as t
${prelude}
def attempt(text):
    try:
        return repr(eval(text))
    except Exception as error:
        return type(error).__name__ + ': ' + str(error)
for text in ${JSON.stringify(expressions)}:
    print(attempt(text))
`);
  return printed.trimEnd().split('\n');
}

describe('the functions', () => {
  test('reject arguments as CPython 3.13 does', () => {
    const answers: Record<string, string> = {
      't.start(nframe=2)': 'TypeError: _tracemalloc.start() takes no keyword arguments',
      't.start(1, 2)': 'TypeError: start expected at most 1 argument, got 2',
      't.start("x")': "TypeError: 'str' object cannot be interpreted as an integer",
      't.start(1.0)': "TypeError: 'float' object cannot be interpreted as an integer",
      't.start(None)': "TypeError: 'NoneType' object cannot be interpreted as an integer",
      't.start(0)': 'ValueError: the number of frames must be in range [1; 65535]',
      't.start(-1)': 'ValueError: the number of frames must be in range [1; 65535]',
      't.start(65536)': 'ValueError: the number of frames must be in range [1; 65535]',
      't.start(2**31)': 'OverflowError: Python int too large to convert to C int',
      't.start(2**63)': 'OverflowError: Python int too large to convert to C int',
      't.start(-2**31 - 1)': 'OverflowError: Python int too large to convert to C int',
      't.stop(1)': 'TypeError: _tracemalloc.stop() takes no arguments (1 given)',
      't.is_tracing(a=1)': 'TypeError: _tracemalloc.is_tracing() takes no keyword arguments',
      't.clear_traces(**{})': 'None',
      't._get_object_traceback()':
        'TypeError: _tracemalloc._get_object_traceback() takes exactly one argument (0 given)',
      't.take_snapshot()':
        'RuntimeError: the tracemalloc module must be tracing memory allocations to take a snapshot',
      't.get_traced_memory()': '(0, 0)',
      't._get_traces()': '[]',
      't.get_object_traceback([])': 'None',
    };
    expect(evaluate(Object.keys(answers))).toEqual(Object.values(answers));
  });

  test('start takes True and what has __index__, and keeps its limit while tracing', () => {
    const answers = evaluate(
      [
        't.start(Three())',
        't.get_traceback_limit()',
        't.start(9)',
        't.get_traceback_limit()',
        't.start(0)',
        't.stop()',
        't.get_traceback_limit()',
        't.start(True)',
        't.get_traceback_limit()',
        't.stop()',
      ],
      'class Three:\n    def __index__(self):\n        return 3',
    );
    expect(answers).toEqual([
      'None',
      '3',
      'None',
      '3',
      'ValueError: the number of frames must be in range [1; 65535]',
      'None',
      '3',
      'None',
      '1',
      'None',
    ]);
  });

  test('sys.getsizeof and gc.collect are there', () => {
    expect(guest.run('import sys, gc\nprint(sys.getsizeof(()), gc.collect())')).toBe('40 0\n');
  });
});

describe('snapshots', () => {
  const raw = `
A = (('a.py', 2), ('b.py', 4))
old = t.Snapshot([(0, 10, A, 3), (0, 10, A, 3), (2, 66, (('b.py', 1),), 1)], 2)
new = t.Snapshot([(0, 10, A, 3), (1, 5000, (('a.py', 5), ('b.py', 4)), 3)], 2)
`;

  test('of raw traces are counted, compared and filtered', () => {
    expect(
      evaluate(
        [
          '[str(s) for s in old.statistics("lineno")]',
          '[str(s) for s in new.compare_to(old, "filename")]',
          'old.statistics("lineno", True)[0]',
          'old.filter_traces([t.Filter(False, "a.*"), t.DomainFilter(True, 2)]).traces._traces',
          'old.filter_traces([t.Filter(True, "b.py", lineno=4, all_frames=True)]).traces._traces',
          'len(new.filter_traces([]).traces)',
        ],
        raw,
      ),
    ).toEqual([
      "['b.py:1: size=66 B, count=1, average=66 B', 'a.py:2: size=20 B, count=2, average=10 B']",
      "['a.py:0: size=5010 B (+4990 B), count=2 (+0), average=2505 B', 'b.py:0: size=0 B (-66 B), count=0 (-1)']",
      "<Statistic traceback=<Traceback (<Frame filename='b.py' lineno=1>,)> size=66 count=1>",
      "[(2, 66, (('b.py', 1),), 1)]",
      "[(0, 10, (('a.py', 2), ('b.py', 4)), 3), (0, 10, (('a.py', 2), ('b.py', 4)), 3)]",
      '2',
    ]);
  });

  test('reject unknown keys and filters with CPython’s words', () => {
    expect(
      evaluate(
        [
          'old.statistics("x")',
          'old.statistics("x", True)',
          'old.statistics("traceback", True)',
          'old.compare_to(new, 1)',
          'old.filter_traces(1)',
          'old.filter_traces(t.Filter(True, "a"))',
          'old.filter_traces("abc")',
          'old.filter_traces([t.BaseFilter(True)])',
          't.Filter(True, None)',
        ],
        raw,
      ),
    ).toEqual([
      "ValueError: unknown key_type: 'x'",
      "ValueError: unknown key_type: 'x'",
      "ValueError: cumulative mode cannot by used with key type 'traceback'",
      'ValueError: unknown key_type: 1',
      'TypeError: filters must be a list of filters, not int',
      'TypeError: filters must be a list of filters, not Filter',
      "AttributeError: 'str' object has no attribute 'inclusive'",
      'NotImplementedError: ',
      'TypeError: expected str, bytes or os.PathLike object, not NoneType',
    ]);
  });

  test('see that somebody changed the list of raw traces', () => {
    expect(
      evaluate(
        [
          'old.statistics("filename")[0].size',
          'old.traces._traces.append((0, 1000, A, 3))',
          'old.statistics("filename")[0].size',
        ],
        raw,
      ),
    ).toEqual(['66', 'None', '1020']);
  });

  test('count sizes above 2**53 - 1, fractions and traces of Python 3.8 in Python', () => {
    expect(
      evaluate([
        't.Snapshot([(0, 2**70, (("a", 1),), 1), (0, 1, (("a", 1),), 1)], 1).statistics("lineno")[0].size == 2**70 + 1',
        'str(t.Snapshot([(0, 2**70, (("a", 1),), 1)], 1).statistics("lineno")[0])',
        't.Snapshot([(0, 1.5, (("a", 1),), 1)], 1).statistics("lineno")[0].size',
        't.Snapshot([(0, 2**60, (("a", 1),), 1)], 1).compare_to(t.Snapshot([(0, 3, (("a", 1),))], 1), "lineno")[0].size_diff == 2**60 - 3',
        't.Snapshot([(0, 1, (), 1)], 1).statistics("lineno")',
        't.Snapshot([(0, 1, (), 1)], 1).statistics("filename")',
        't.Snapshot([(0, 2**60, (("a", 1), ("b", 2)), 1)], 1).statistics("filename", True)[1].traceback[0]',
        't._format_size(10**400, False)',
      ]),
    ).toEqual([
      'True',
      "'a:1: size=1073741824 TiB, count=1, average=1073741824 TiB'",
      '1.5',
      'True',
      '[<Statistic traceback=<Traceback ()> size=1 count=1>]',
      'IndexError: tuple index out of range',
      "<Frame filename='a' lineno=0>",
      'OverflowError: integer division result too large for a float',
    ]);
  });

  test('take filters of the user’s own class', () => {
    expect(
      evaluate(
        [
          'old.filter_traces([Big(True), t.Filter(False, "x*")]).traces._traces',
          'old.filter_traces([Big(False)]).traces._traces[0][1]',
        ],
        `${raw}
class Big(t.BaseFilter):
    def _match(self, trace):
        return (trace[1] > 50) == bool(self.inclusive)
`,
      ),
    ).toEqual(["[(2, 66, (('b.py', 1),), 1)]", '10']);
  });

  test('give the same answers natively and in Python', () => {
    const program = (mode: string): string => `
import tracemalloc as t
rows = []
for n in range(120):
    frames = tuple([('f%d.py' % (n * k % 7), n * k % 11) for k in range(1, 2 + n % 4)])
    rows.append((n % 3, n * n % 97, frames, 5))
a, b = t.Snapshot(rows[:80], 5), t.Snapshot(rows[40:], 5)
if ${mode}:
    t._host = type('Declines', (), {'__getattr__': lambda self, name: native(name)})()
    import _tracemalloc_host
    def native(name):
        if name in ('statistics', 'compare'): return lambda *args: None
        if name == 'filter': return lambda *args: False
        return getattr(_tracemalloc_host, name)
filters = [t.Filter(True, 'f[1-4]*', all_frames=True), t.Filter(False, '*', 3, domain=1), t.DomainFilter(False, 2)]
for key in ('lineno', 'filename', 'traceback'):
    for cumulative in (False, True):
        if cumulative and key == 'traceback': continue
        for row in a.statistics(key, cumulative) + a.compare_to(b, key, cumulative): print(repr(row))
for row in a.filter_traces(filters).traces._traces: print(row)
`;
    const natively = guest.run(program('False'));
    const inPython = guest.run(program('True'));
    guest.run('import tracemalloc, _tracemalloc_host\ntracemalloc._host = _tracemalloc_host');
    expect(natively.split('\n').length).toBeGreaterThan(500);
    expect(inPython).toBe(natively);
  });

  test('order frames and tracebacks by code point', () => {
    expect(
      evaluate(
        [
          't.Frame((bmp, 1)) < t.Frame((astral, 1))',
          't.Traceback(((astral, 1),)) > t.Traceback(((bmp, 9),))',
          't.Frame(("a", 2)) >= t.Frame(("a", 10))',
          't.Frame(("a", 1)) < 3',
          't.Traceback((("a", 1),)) <= t.Traceback((("a", 1), ("a", 0)))',
          't.Frame(("a", None)) < t.Frame(("b", 1))',
        ],
        `bmp, astral = chr(0xff5e), chr(0x1f600)`,
      ),
    ).toEqual([
      'True',
      'True',
      'False',
      "TypeError: '<' not supported between instances of 'Frame' and 'int'",
      'False',
      'True',
    ]);
  });
});

describe('tracing', () => {
  test('leaves the module’s own objects and frames out', () => {
    const text = guest.run(`
import tracemalloc
tracemalloc.start(10)
first = tracemalloc.take_snapshot()
kept = [first.statistics('traceback'), first.traces._traces, list(first.traces), tracemalloc.Filter(True, '*')]
for statistic in kept[0]: str(statistic), repr(statistic), hash(statistic)
second = tracemalloc.take_snapshot()
tracemalloc.stop()
print([f.filename for trace in second.traces for f in trace.traceback if 'tracemalloc' in f.filename])
print(sum(trace.size for trace in second.traces) < 2000)
`);
    expect(text).toBe('[]\nTrue\n');
  });

  test('traceback.format shows source lines without an import of linecache', () => {
    const text = guest.run(
      `import tracemalloc, sys
tracemalloc.start(5)
def make():
    return [1,
            [2]]
data = make()
print('\\n'.join(tracemalloc.get_object_traceback(data[1]).format()))
tracemalloc.stop()
print('linecache' in sys.modules)
`,
      'lines.py',
    );
    expect(text).toBe(`  File "lines.py", line 6
    data = make()
  File "lines.py", line 5
    [2]]
False
`);
  });

  test('statistics of 100 000 traces take milliseconds, not one a trace', () => {
    guest.run(`
import builtins, tracemalloc
tracemalloc.start(3)
data = [[number] for number in range(100_000)]
builtins.snapshot = tracemalloc.take_snapshot()
tracemalloc.stop()
`);
    const started = process.cpuUsage();
    const printed = guest.run(`
import tracemalloc
print(snapshot.statistics('lineno')[0].count >= 100_000)
print(snapshot.statistics('filename', cumulative=True)[0].count >= 100_000)
print(snapshot.compare_to(snapshot, 'traceback')[0].size_diff)
print(len(snapshot.filter_traces([tracemalloc.Filter(False, 'main.py')]).traces))
del __import__('builtins').snapshot
`);
    expect(printed).toBe('True\nTrue\n0\n0\n');
    // Some 15 ms; a pass over the traces in the guest would take seconds.
    expect(process.cpuUsage(started).user).toBeLessThan(500_000);
  });
});

describe('files', () => {
  test('keep what the host knows of a snapshot whose traces were looked at', () => {
    guest.run(`
import tracemalloc
tracemalloc.start(3)
kept = [[number] for number in range(10)]
snapshot = tracemalloc.take_snapshot()
tracemalloc.stop()
sizes = [trace.size for trace in snapshot.traces]
snapshot.dump(${JSON.stringify(join(folder, 'looked-at.tm'))})
`);
    const { metadata, data } = load(readFileSync(join(folder, 'looked-at.tm')));
    expect(metadata.host).toBe('brython 3.14.3');
    expect(data.strings).toContain('list');
  });

  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tracemalloc-'));
    return () => rmSync(folder, { recursive: true });
  });

  test('keep traces and the user’s attributes', () => {
    const file = JSON.stringify(join(folder, 'attributes.tm'));
    const text = guest.run(`
import tracemalloc as t
snapshot = t.Snapshot([(7, 123, (('a.py', 2), ('b.py', 4)), 3), (0, 0, (('', -1),), None)], 9)
snapshot.note = 'after warm-up'
snapshot.values = [None, True, 1, 2**80, 1.0, float('inf'), (1, ('x',)), {'k': [1], 2: 'two'}, []]
snapshot.dump(${file})
again = t.Snapshot.load(${file})
print(again.traces == snapshot.traces, again.traceback_limit, again.note, again.values == snapshot.values)
print([type(value).__name__ for value in again.values], sorted(again.__dict__))
`);
    expect(text).toBe(
      "True 9 after warm-up True\n['NoneType', 'bool', 'int', 'int', 'float', 'float', 'tuple', 'dict', 'list'] ['note', 'traceback_limit', 'traces', 'values']\n",
    );
  });

  test('of CPython are read too', () => {
    const file = join(folder, 'cpython.pickle');
    const snapshot = Snapshot.fromTraces([[0, 5, [['a.py', 1]], 2]], 3, {
      mark: 'x',
      runs: [1, 2],
    });
    writeFileSync(file, dumpPickle(snapshot));
    const text = guest.run(`
import tracemalloc as t
loaded = t.Snapshot.load(${JSON.stringify(file)})
print(loaded.traces._traces, loaded.traceback_limit, loaded.mark, loaded.runs)
`);
    expect(text).toBe("[(0, 5, (('a.py', 1),), 2)] 3 x [1, 2]\n");
  });

  test('that cannot be read or written raise what CPython raises', () => {
    const missing = join(folder, 'none', 'x');
    const bad = join(folder, 'bad');
    writeFileSync(bad, 'no snapshot');
    const before = readFileSync(bad);
    expect(
      evaluate(
        [
          `t.Snapshot.load(${JSON.stringify(missing)})`,
          `t.Snapshot([], 1).dump(${JSON.stringify(missing)})`,
          `t.Snapshot.load(${JSON.stringify(folder)})`,
          `errno(${JSON.stringify(missing)})`,
          't.Snapshot.load(5)',
          `t.Snapshot([(0, 2**60, (("a", 1),), 1)], 1).dump(${JSON.stringify(bad)})`,
          `with_attribute({1, 2}).dump(${JSON.stringify(bad)})`,
          `t.Snapshot([], 'x').dump(${JSON.stringify(bad)})`,
        ],
        `
def errno(path):
    try:
        t.Snapshot.load(path)
    except FileNotFoundError as error:
        return (error.errno, error.strerror, error.filename == path)
def with_attribute(value):
    snapshot = t.Snapshot([], 1)
    snapshot.extra = value
    return snapshot
`,
      ),
    ).toEqual([
      `FileNotFoundError: [Errno 2] No such file or directory: '${missing}'`,
      `FileNotFoundError: [Errno 2] No such file or directory: '${missing}'`,
      `IsADirectoryError: [Errno 21] Is a directory: '${folder}'`,
      "(2, 'No such file or directory', True)",
      'TypeError: expected str, bytes or os.PathLike object, not int',
      'ValueError: cannot dump these traces: each must be a tuple (domain, size, frames, total_nframe) with int sizes from 0 to 2**53 - 1 and at least one (filename, lineno)',
      "TypeError: cannot dump attribute 'extra' of type set: a snapshot keeps None, bool, int, float, str, list, tuple and dict; delete the attribute or convert it",
      'ValueError: cannot dump: traceback_limit must be an int in 1 to 65535',
    ]);
    expect(readFileSync(bad)).toEqual(before);
    expect(evaluate([`t.Snapshot.load(${JSON.stringify(bad)})`])[0]).toMatch(
      new RegExp(`^ValueError: ${bad.replaceAll('/', '\\/')}: `),
    );
  });

  test('are in memory where the host has none', async () => {
    const files = new MemoryFiles();
    const other = await createGuest({ module: { files } });
    const text = other.run(`
import tracemalloc
tracemalloc.Snapshot([(0, 1, (('a', 1),), 1)], 1).dump('/nowhere/s.tm')
print(len(tracemalloc.Snapshot.load('/nowhere/s.tm').traces))
`);
    expect(text).toBe('1\n');
    expect([...files.entries.keys()]).toEqual(['/nowhere/s.tm']);
  });
});

describe('two interpreters', () => {
  test('share no state', async () => {
    const other = await createGuest();
    guest.run('import tracemalloc\ntracemalloc.start(7)\nkept = [0] * 100');
    const text = other.run(`
import tracemalloc
print(tracemalloc.is_tracing(), tracemalloc.get_traceback_limit(), tracemalloc.get_traced_memory())
tracemalloc.start(2)
tracemalloc.Snapshot.mark = 'mine'
tracemalloc.stop()
`);
    expect(text).toBe('False 1 (0, 0)\n');
    expect(
      guest.run(
        'print(tracemalloc.is_tracing(), tracemalloc.get_traceback_limit(), hasattr(tracemalloc.Snapshot, "mark"))\ntracemalloc.stop()'.replace(
          /^/,
          'import tracemalloc\n',
        ),
      ),
    ).toBe('True 7 False\n');
  });

  test('are as they were after uninstall', async () => {
    const other = await createGuest();
    other.run('import tracemalloc, gc, sys');
    other.module.uninstall();
    expect(() => other.run('import tracemalloc')).toThrow(/tracemalloc/);
    expect(other.run('import gc, sys\nprint(gc.collect(), hasattr(sys, "getsizeof"))')).toBe(
      'None False\n',
    );
  });
});
