import { expect, test } from 'vitest';
import { startGuest } from './start.ts';

const limit = 2 ** 19;

/** Runs programs one after the other in one interpreter: each must leave it usable for the next. */
const guest = await startGuest();

/** What a program printed. */
function limited(source: string): string {
  guest.tracer.start(5);
  guest.tracer.setLimit(limit);
  guest.output.out = '';
  try {
    guest.run(source);
    return guest.output.out;
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
    print(error.__traceback__.tb_lineno, str(error).split(chr(10))[1].split(':')[1])
finally:
    print('finally')
print(400_000 < len(kept) * 856 < 600_000)
del kept
print(sum([i for i in range(1000)]), sorted({'b': 1, 'a': 2}))
`);
  expect(stdout).toBe("5 5\nfinally\nTrue\n499500 ['a', 'b']\n");
});

test.each([
  ['dicts', 'd = {}\nwhile True: d[len(d)] = []'],
  ['sets', 's = set()\nwhile True: s.add(len(s) + 10**20)'],
  ['strs that grow', "s = ''\nwhile True: s += 'x' * 100000"],
  ['strs that double', "s = 'x'\nwhile True: s += s"],
  ['strs in a list', 'x = []\nwhile True: x.append(str(len(x)) * 50)'],
  ['bytes', "b = b''\nwhile True: b += b'x' * 100000"],
  ['bytearrays', "b = bytearray()\nwhile True: b.extend(b'x' * 100000)"],
  ['nesting', 'x = []\nwhile True: x = [x]'],
  [
    'generators',
    'def g():\n    yield [1] * 10\nx = []\nwhile True:\n    x.append(g()); next(x[-1])',
  ],
  [
    'exceptions that hold frames',
    'def f(n):\n    big = [n] * 500\n    raise ValueError(n)\nx = []\nwhile True:\n    try: f(1)\n    except ValueError as e: x.append(e)',
  ],
  ['ints in a list', 'x = []\nwhile True: x.append(1)'],
  ['a comprehension', '[i for i in range(10**9)]'],
])('%s end in MemoryError', (_, program) => {
  const lines = program.split('\n').map((line) => `        ${line}`);
  const source = `
def program():
${lines.join('\n')}
try:
    program()
except MemoryError:
    print('MemoryError')
`;
  expect(limited(source.replaceAll('        ', '    '))).toBe('MemoryError\n');
});

test('what is too large by its size alone is refused before it is made', () => {
  const expressions = [
    '[0] * 10**9',
    '10**9 * [0]',
    '(0,) * 10**9',
    "'x' * 10**8",
    "b'x' * 10**9",
    'bytes(10**9)',
    'bytearray(10**10)',
    'list(range(10**9))',
    'tuple(range(10**9))',
    'set(range(10**9))',
    '[*range(10**9)]',
    'list(map(str, range(10**9)))',
    'sorted(i for i in range(10**9))',
    '10**10**8',
    'pow(10, 10**9)',
    '1 << 10**10',
    "'%100000000d' % 1",
    "'x'.ljust(10**9)",
    "'x'.center(10**9)",
    "'1'.zfill(10**9)",
    "('\\t' * 1000).expandtabs(10**6)",
    "('x' * 10**5).replace('x', 'y' * 10**4)",
    "('y' * 10**5).join(['x'] * 10**4)",
  ];
  const checks = expressions.map((expression) => {
    return `try:\n    ${expression}\nexcept MemoryError:\n    print(${JSON.stringify(expression)})\n`;
  });
  expect(limited(checks.join(''))).toBe(`${expressions.join('\n')}\n`);
});

test('garbage is no reason, nor is a loop over a large range', () => {
  const source = `
n = 0
for i in range(10_000):
    n += len([i] * 10)
x = [i for i in range(50_000) if i < 3]
print(n, x, 2 ** 100 % 7, 'x' * 3, '%5d' % 1, 'a-b'.replace('-', ' to '), ', '.join(['a', 'b']), 'c'.ljust(3) + '.')
`;
  expect(limited(source)).toBe('100000 [0, 1, 2] 2 xxx     1 a to b a, b c  .\n');
});

test('without a limit nothing is refused', () => {
  guest.tracer.start(5);
  guest.output.out = '';
  guest.run('print(len([0] * 1_000_000), len(list(range(1_000_000))))');
  expect(guest.output.out).toBe('1000000 1000000\n');
  guest.tracer.stop();
});
