import { attachMicroPython, installMicroPythonModule } from '@tracemalloc/adapters/micropython';
import { type MemoryExcess, Tracer } from '@tracemalloc/core';
import { beforeEach, expect, test } from 'vitest';
import { type MicroPython, newMicroPython } from './new-micropython.ts';

const limit = 2 ** 20;
const micropython: MicroPython = await newMicroPython();
const tracer = new Tracer();
const adapter = attachMicroPython(micropython, tracer);
installMicroPythonModule(micropython, adapter);
let excesses: MemoryExcess[] = [];

beforeEach(() => {
  tracer.stop();
  adapter.settle();
  excesses = [];
  tracer.start(5);
  tracer.setLimit(limit, (excess) => excesses.push(excess));
});

function run(source: string): void {
  micropython.runPython(
    `exec(compile(${JSON.stringify(source)}, 'main.py', 'exec'), {'__name__': '__main__'})`,
  );
}

test.each([
  ['objects', 'kept = []\nwhile True: kept.append([])'],
  ['numbers in a list', 'kept = []\nwhile True: kept.append(1)'],
  ['strings', "kept = []\nwhile True: kept.append('x' * 50 + str(len(kept)))"],
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
  ['a giant buffer', 'bytearray(1 << 28)'],
  ['a giant list', '[0] * (1 << 24)'],
  ['a giant number', '1 << 100000000'],
])('%s end in a MemoryError, finally runs, and the interpreter goes on', (_, program) => {
  const indented = program.replaceAll('\n', '\n        ');
  const source = `told = []
def work():
    try:
        ${indented}
    finally:
        told.append('finally')
try:
    work()
except MemoryError as error:
    told.append('MemoryError')
assert told == ['finally', 'MemoryError']
`;
  run(source);
  // What the program dropped is swept only when it has ended.
  run('again = [[i] for i in range(100)]\nassert len(again) == 100');
  expect(tracer.getTracedMemory().peak).toBeLessThan(limit * 1.125);
  expect(excesses.length).toBeGreaterThan(0);
  expect(excesses.length).toBeLessThan(20);
});

test('the refused line is known, with the lines that have most, and MicroPython’s own message', () => {
  const program = 'kept = bytearray(800000)\ndef more():\n    return bytearray(800000)\nmore()';
  expect(() => run(program)).toThrow(
    /more[\s\S]*MemoryError: memory allocation failed, allocating 800000 bytes/,
  );
  const [{ traceback, requested, lines }] = excesses as [MemoryExcess];
  expect(String(tracer.tracebackAt(traceback).at(-1))).toBe('main.py:3');
  expect(requested).toBe(800_000);
  expect(lines[0]).toEqual({ filename: 'main.py', lineno: 1, size: expect.closeTo(800_000, -3) });
});

test('who handles nothing gets an error all the same, with no memory left to say it', () => {
  tracer.setLimit(20_000);
  const program =
    'kept = []\nwhile True:\n    try:\n        kept.append([])\n    except MemoryError: 1 / 0';
  for (let i = 0; i < 5; i++) expect(() => run(program)).toThrow(/MemoryError|ZeroDivisionError/);
});

test('what grows is asked for what it grows by', () => {
  run(
    "kept = bytearray()\npart = b'x' * 10000\nfor i in range(90): kept.extend(part)\nassert len(kept) == 900000",
  );
  expect(excesses.length).toBe(0);
});

test('an object that was refused lends its type to no other block', () => {
  tracer.setLimit(100_000);
  micropython.runPython('data = []');
  const program = `kept = []
try:
    i = 0
    while True:
        i += 1
        kept.append((i, i))
except MemoryError as error: data.append(error)
kept = None`;
  for (let i = 0; i < 3; i++) {
    micropython.runPython(
      `exec(compile(${JSON.stringify(program)}, 'main.py', 'exec'), globals())`,
    );
    adapter.settle();
  }
  const types = tracer.takeSnapshot().statistics('type');
  const live = new Map(types.map(({ label, count }) => [label, count]));
  // The errors are as large as the tuple that was refused.
  expect(live.get('tuple') ?? 0).toBe(0);
  micropython.runPython('del data, kept');
});

test('a program limits itself, to no more than whoever runs it allows', () => {
  expect.assertions(1);
  const program = `from tracemalloc_extra import limit
def refused(size):
    try:
        limit(size)
    except (TypeError, ValueError) as error:
        return str(error)
assert refused('1') == 'size must be an int or None, not str', refused('1')
assert refused(0) == 'size must be in 1..${limit}, which is what whoever runs the program allows, got 0', refused(0)
assert refused(1 << 40) == 'size must be in 1..${limit}, which is what whoever runs the program allows, got 1099511627776', refused(1 << 40)
limit(500000)
try:
    bytearray(600000)
    assert False
except MemoryError:
    pass
limit(None)
assert len(bytearray(600000)) == 600000
`;
  expect(() => run(program)).not.toThrow();
});

test('without a limit nothing is refused', () => {
  tracer.setLimit(null);
  run('kept = bytearray(4000000)');
  expect(tracer.getTracedMemory().peak).toBeGreaterThan(4_000_000);
});
