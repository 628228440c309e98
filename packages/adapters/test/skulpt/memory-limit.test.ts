import { expect, test } from 'vitest';
import { startGuest } from './start.ts';

const limit = 2 ** 19;

/** Runs programs one after the other in one interpreter: each must leave it usable for the next. */
const guest = startGuest();

/** What a program printed. */
function limited(source: string): string {
  guest.tracer.start(5);
  guest.tracer.setLimit(limit);
  guest.output.length = 0;
  try {
    guest.run(source);
    return guest.output.join('');
  } finally {
    guest.tracer.setLimit(null);
    guest.tracer.stop();
  }
}

test('growth without end gets MemoryError at its line, finally runs, and the interpreter goes on', () => {
  const stdout = limited(`
kept = []
try:
    while True:
        kept.append([1] * 100)
except MemoryError as error:
    print(str(error).split(chr(10))[1].split(':')[1])
finally:
    print('finally')
print(400000 < len(kept) * 864 < 700000)
del kept
print(sum([i for i in range(1000)]), sorted({'b': 1, 'a': 2}))
`);
  expect(stdout).toBe("5\nfinally\nTrue\n499500 ['a', 'b']\n");
});

test.each([
  ['dicts', 'd = {}\nwhile True: d[len(d)] = []'],
  ['sets', 's = set()\nwhile True: s.add(len(s) + 10**20)'],
  ['strs that grow', "s = ''\nwhile True: s += 'x' * 100000"],
  ['strs that double', "s = 'x'\nwhile True: s += s"],
  ['strs in a list', 'x = []\nwhile True: x.append(str(len(x)) * 50)'],
  ['nesting', 'x = []\nwhile True: x = [x]'],
  [
    'generators',
    'def g():\n    yield [1] * 10\nx = []\nwhile True:\n    x.append(g()); next(x[-1])',
  ],
  [
    'exceptions that hold frames',
    'def f(n):\n    big = [n] * 500\n    raise ValueError(big)\nx = []\nwhile True:\n    try: f(1)\n    except ValueError as e: x.append(e)',
  ],
  ['ints in a list', 'x = []\nwhile True: x.append(1)'],
  ['a comprehension', 'def g():\n    while True: yield 1\n[[i] for i in g()]'],
  ['what list() collects', 'def g():\n    while True: yield 1\nlist(g())'],
  ['what join() collects', "def g():\n    while True: yield 'x' * 1000\n','.join(g())"],
  ['objects', 'class A:\n    def __init__(self): self.a = []\nx = []\nwhile True: x.append(A())'],
])('%s end in MemoryError', (_, program) => {
  const lines = program.split('\n').map((line) => `    ${line}`);
  const stdout = limited(`try:\n${lines.join('\n')}\nexcept MemoryError:\n    print('refused')`);
  expect(stdout).toBe('refused\n');
});

test.each([
  '[0] * 10**9',
  '(0,) * 10**9',
  "'x' * 10**9",
  "10**9 * 'x'",
  'list(range(10**9))',
  '10**10**8',
  '1 << 10**10',
  "'%1000000000d' % 1",
  "'x'.ljust(10**9)",
  "('x' * 10**5).replace('x', 'y' * 10**5)",
])('%s is refused before it is made', (request) => {
  expect(limited(`try:\n    ${request}\nexcept MemoryError:\n    print('refused')`)).toBe(
    'refused\n',
  );
});

test('garbage is looked for before anybody is refused', () => {
  const stdout = limited(`total = i = 0
while i < 20000:
    i += 1
    total += len([i] * 100)
print(total)`);
  expect(stdout).toBe('2000000\n');
});

test('who catches it for ever stays within the limit, and the host is told how often', () => {
  const refusals: number[] = [];
  guest.tracer.start(1);
  guest.tracer.setLimit(limit, ({ refusals: count, current }) => {
    refusals.push(count);
    expect(current).toBeLessThan(2 * limit);
    if (count === 50) throw new Error('enough');
  });
  const endless =
    'x = []\nwhile True:\n    try:\n        while True: x.append([1])\n    except MemoryError: pass';
  expect(() => guest.run(endless)).toThrow();
  guest.tracer.setLimit(null);
  guest.tracer.stop();
  expect(refusals.slice(0, 50)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
});

test('without a limit nothing is put in, and MemoryError is what it was', () => {
  const { list } = guest.Sk.builtin;
  const before = Reflect.ownKeys(list!.prototype).length;
  guest.tracer.start(1);
  guest.tracer.setLimit(limit);
  guest.tracer.setLimit(null);
  guest.tracer.stop();
  expect(Reflect.ownKeys(list!.prototype).length).toBe(before);
  expect('MemoryError' in guest.Sk.builtins).toBe(false);
});

test.each([
  ['without a limit', null],
  ['under a limit', limit],
])(
  'in the midst of a program what lives is read when the next object is made, once, %s',
  (_, bytes) => {
    const seen: boolean[] = [];
    const look = (): void =>
      guest.adapter.atNextBirth(() => seen.push(guest.tracer.getTracedMemory().current > 8000));
    guest.Sk.builtins['look'] = new guest.Sk.builtin['func']!(look);
    guest.tracer.start(1);
    guest.tracer.setLimit(bytes);
    guest.run('look()\nkept = [1.5] * 1000\nlook()\nlook()\nmore = [2.5]\nmore = [3.5]\nlook()\n');
    // Who waits is forgotten when the limit changes.
    guest.tracer.setLimit(bytes === null ? limit : null);
    guest.run('more = [4.5]\n');
    guest.tracer.setLimit(null);
    guest.tracer.stop();
    delete guest.Sk.builtins['look'];
    expect(seen).toEqual([false, true]);
  },
);
