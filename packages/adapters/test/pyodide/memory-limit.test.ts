import { attachPyodide, installPyodideModule } from '@tracemalloc/adapters/pyodide';
import { type MemoryExcess, Tracer } from '@tracemalloc/core';
import { beforeEach, describe, expect, test } from 'vitest';
import { moduleOf } from '../../src/pyodide/host.ts';
import { newPyodide, olderPyodide } from './new-pyodide.ts';

const limit = 4 * 2 ** 20;
const versions = { 'CPython 3.14': newPyodide, 'CPython 3.13': olderPyodide };

describe.each(Object.entries(versions))('%s', async (_, load) => {
  const pyodide = await load();
  const tracer = new Tracer();
  const adapter = attachPyodide(pyodide, tracer);
  installPyodideModule(pyodide, adapter);
  let excesses: MemoryExcess[] = [];

  beforeEach(() => {
    tracer.stop();
    tracer.setLimit(null);
    adapter.settle();
    excesses = [];
    tracer.start(5);
    tracer.setLimit(limit, (excess) => excesses.push(excess));
  });

  const run = (source: string): void => {
    const code = `exec(compile(${JSON.stringify(source)}, 'main.py', 'exec'), {'__name__': '__main__'})`;
    pyodide.runPython(code);
  };

  test.each([
    ['objects', 'kept = []\nwhile True: kept.append([])'],
    ['numbers', 'kept = []\nwhile True: kept.append(len(kept))'],
    ['one number in a list', 'kept = []\nwhile True: kept.append(1)'],
    ['strings', "kept = []\nwhile True: kept.append('x' * 50 + str(len(kept)))"],
    ['a string that grows', "kept = ''\nwhile True: kept += 'x' * 1000"],
    ['a string that doubles', "kept = 'x'\nwhile True: kept += kept"],
    ['bytes', "kept = bytearray()\nwhile True: kept.extend(b'x' * 1000)"],
    ['a dict', 'kept = {}\nwhile True: kept[len(kept)] = 1'],
    ['a set', 'kept = set()\nwhile True: kept.add(len(kept))'],
    ['closures', 'kept = []\nwhile True: kept.append(lambda: kept)'],
    ['generators', 'kept = []\ndef make():\n    yield kept\nwhile True: kept.append(make())'],
    [
      'instances',
      'kept = []\nclass Point:\n    def __init__(self): self.x = self\nwhile True: kept.append(Point())',
    ],
    ['classes', 'kept = []\nwhile True: kept.append(type("A", (), {}))'],
    [
      'compiled code',
      'kept = []\nwhile True: kept.append(compile("def f(a):\\n    return [a, {a: 1}]\\n" * 20, "x", "exec"))',
    ],
    [
      'exceptions that hold frames',
      'kept = []\nwhile True:\n    try: 1 / 0\n    except ZeroDivisionError as error: kept.append(error)',
    ],
    ['a giant buffer', 'bytearray(1 << 28)'],
    ['a giant list', '[0] * (1 << 24)'],
    ['a giant number', '1 << 1000000000'],
    ['a comprehension', '[[i] for i in iter(int, 1)]'],
    [
      'json',
      'import json\nkept = {"a": 1}\nwhile True: kept = {"a": kept, "b": json.dumps(list(range(100000)))}',
    ],
  ])('%s end in a MemoryError, finally runs, and the interpreter goes on', (_name, program) => {
    const indented = program.replaceAll('\n', '\n        ');
    run(`told = []
def work():
    try:
        ${indented}
    finally:
        told.append('finally')
try:
    work()
except MemoryError as error:
    told.append('MemoryError')
again = [[i] for i in range(100)]
assert len(again) == 100 and told == ['finally', 'MemoryError'], told
`);
    const isDoubled = program.includes('kept += kept');
    expect(tracer.getTracedMemory().peak).toBeLessThan(limit * (isDoubled ? 3 : 1) + 2 ** 20);
    expect(excesses.length).toBeGreaterThan(0);
    expect(excesses.length).toBeLessThan(30);
  });

  test('the refused line is known, with the lines that have most', () => {
    const program = 'kept = bytearray(3000000)\ndef more():\n    return bytearray(3000000)\nmore()';
    expect(() => run(program)).toThrow(/main.py", line 3, in more\nMemoryError/);
    const [{ traceback, requested, lines }] = excesses as [MemoryExcess];
    expect(String(tracer.tracebackAt(traceback).at(-1))).toBe('main.py:3');
    expect(requested).toBe(3_000_001);
    expect(lines[0]).toEqual({ filename: 'main.py', lineno: 1, size: expect.closeTo(3e6, -3) });
  });

  test.each([
    ['small ones', 'for i in range(200000):\n    a = []\n    a.append(a)'],
    ['large ones', 'for i in range(300):\n    a = [bytearray(1000000)]\n    a.append(a)'],
  ])('garbage in cycles is no reason: %s', (_name, program) => {
    run(program);
    expect(excesses).toEqual([]);
    expect(tracer.getTracedMemory().peak).toBeLessThan(limit + 2 ** 20);
  });

  test('what grows is asked for what it grows by', () => {
    run(
      "kept = bytearray()\npart = b'x' * 10000\nfor i in range(300): kept.extend(part)\nassert len(kept) == 3000000",
    );
    expect(excesses).toEqual([]);
  });

  test('a program limits itself, to no more than whoever runs it allows, and loses no block by it', () => {
    run(`from tracemalloc_extra import limit
def refused(size):
    try:
        limit(size)
    except (TypeError, ValueError) as error:
        return str(error)
assert refused('1') == 'size must be an int or None, not str', refused('1')
assert refused(0) == 'size must be in 1..${limit}, which is what whoever runs the program allows, got 0', refused(0)
kept = bytearray(500000)
limit(1000000)
try:
    bytearray(700000)
    assert False
except MemoryError:
    pass
limit(None)
assert len(bytearray(700000)) == 700000
del kept
`);
    expect(tracer.getTracedMemory().current).toBeLessThan(100_000);
  });

  test('who goes on through a hundred errors gets each, and the interpreter is whole', () => {
    run(`kept = []
for i in range(100):
    try:
        while True: kept.append([1] * 1000)
    except MemoryError: pass
`);
    run('assert sum([n for n in range(100)]) == 4950');
    expect(excesses.at(-1)!.allRefusals).toBeGreaterThanOrEqual(100);
  });

  test('detached, or without a limit, nothing is refused and nothing is left', () => {
    const slots = (): unknown => {
      const module = moduleOf(pyodide);
      const words = module._PyMem_RawMalloc(20);
      const all = [0, 1, 2].map((domain) => {
        module._PyMem_GetAllocator(domain, words);
        return Array.from({ length: 5 }, (_unused, i) => module.HEAP32[(words >>> 2) + i]!);
      });
      module._PyMem_RawFree(words);
      return all;
    };
    tracer.stop();
    const before = slots();
    tracer.start(5);
    expect(() => run('bytearray(5000000)')).toThrow('MemoryError');
    tracer.setLimit(null);
    run('bytearray(5000000)');
    tracer.setLimit(limit);
    tracer.stop();
    expect(slots()).toEqual(before);
    run('bytearray(5000000)');
  });
});
