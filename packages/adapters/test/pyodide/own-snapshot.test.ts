import { attachPyodide, readPyodideSnapshot } from '@tracemalloc/adapters/pyodide';
import { Tracer } from '@tracemalloc/core';
import { beforeAll, expect, test } from 'vitest';
import type { Pyodide } from './compare-tracers.ts';
import { newPyodide } from './new-pyodide.ts';

let pyodide: Pyodide;

beforeAll(async () => {
  pyodide = await newPyodide();
});

const program = `
import tracemalloc
def make(n):
    return [bytes(100 + i) for i in range(n)]
tracemalloc.start(5)
kept = make(50)
other = [make(3) for _ in range(20)]
`;

test('what Pyodide’s own tracemalloc has is read trace by trace, with its statistics the same', () => {
  pyodide.runPython(program, { filename: 'app.py' });
  const theirs = pyodide.runPython(
    `taken = tracemalloc.take_snapshot().filter_traces([tracemalloc.Filter(True, 'app.py')])
'\\n'.join(map(str, [*taken.statistics('traceback'), *taken.statistics('lineno')]))`,
    { filename: 'ask.py' },
  );
  const snapshot = readPyodideSnapshot(pyodide, pyodide.runPython('taken'));
  pyodide.runPython('tracemalloc.stop()');
  const ours = [...snapshot.statistics('traceback'), ...snapshot.statistics('lineno')];
  // Equal ones are in no order in Python.
  expect(ours.map(String).sort()).toEqual(String(theirs).split('\n').sort());
  expect(snapshot.tracebackLimit).toBe(5);
  expect([
    ...new Set(Array.from(snapshot.traces, ({ traceback }) => traceback.totalNframe! > 1)),
  ]).toEqual([true]);
});

test('without a snapshot, one is taken now; what reads it is not in it', () => {
  expect(() => readPyodideSnapshot(pyodide)).toThrow(
    'the guest’s tracemalloc is not tracing: call tracemalloc.start() in it, or give a snapshot that it has taken',
  );
  pyodide.runPython(program, { filename: 'app.py' });
  const snapshot = readPyodideSnapshot(pyodide);
  pyodide.runPython('tracemalloc.stop()');
  const files = snapshot.statistics('filename').map(({ traceback }) => traceback.at(0)!.filename);
  expect(files[0]).toBe('app.py');
  expect(files).not.toContain('tracemalloc-import');
  expect(snapshot.metadata.tracedMemory!.current).toBeGreaterThan(5000);
  expect(snapshot.metadata.host).toMatch(/^pyodide 314\./);
});

test('an adapter beside it stays, and so do several domains of a snapshot', () => {
  const tracer = new Tracer();
  const adapter = attachPyodide(pyodide, tracer, { onWarning: () => undefined });
  pyodide.runPython(`
import tracemalloc
snapshot = tracemalloc.Snapshot([(0, 5, (('a.py', 1), ('b.py', 2)), 7), (9, 6, (('a.py', 1),), 1), (9, 2**40, (('\\ud800.py', -1),))], 3)
`);
  const snapshot = readPyodideSnapshot(pyodide, pyodide.runPython('snapshot'));
  adapter.detach();
  const traces = Array.from(snapshot.traces, ({ domain, size, traceback }) =>
    [domain, size, traceback.totalNframe, ...traceback.frames].join(' '),
  );
  expect(traces).toEqual(['0 5 7 b.py:2 a.py:1', '9 6 1 a.py:1', '9 1099511627776  \ud800.py:-1']);
});
