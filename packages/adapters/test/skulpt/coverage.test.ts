import { expect, test } from 'vitest';
import { startGuest } from './start.ts';

/** Expressions, by what they make; and why one is not seen where it isn't. */
const expressions: readonly (readonly [expression: string, why?: string])[] = [
  ['[]'],
  ['[i for i in []]'],
  ['(one, one)'],
  ['{}'],
  ['{one: one}'],
  ['{one}'],
  ['frozenset([one])'],
  ['one + 70000'],
  ['2 ** 100'],
  ['one * 1.5'],
  ['complex(1, 2.5)'],
  ['str(one) + "text"'],
  ['"%d-%s" % (one, "x")'],
  ['bytes([1, 2])'],
  ['range(3)'],
  ['slice(1, 2)'],
  ['object()'],
  ['C()'],
  ['C().method'],
  ['L()'],
  ['lambda: 1'],
  ['type("T", (object,), {})'],
  ['ValueError("x")'],
  ['generator()'],
  ['(i for i in [])'],
  ['iter([])'],
  ['iter(())'],
  ['iter({})'],
  ['iter("ab")'],
  ['{}.keys()'],
  ['{}.items()'],
  ['{}.values()'],
  ['enumerate([])'],
  ['zip([], [])'],
  ['map(str, [])'],
  ['filter(None, [])'],
  ['reversed([1])'],
  ['property(str)'],
  ['staticmethod(str)'],
  ['classmethod(str)'],
  ['super(C, C())'],
  ['12345', 'a literal is made once, when the module is loaded'],
  ['"literal"', 'a literal is made once, when the module is loaded'],
  ['str(one)', 'Skulpt 1.2.0 interns strings: the text was made before'],
  ['None', 'there is one'],
  ['True', 'there is one'],
  ['one', 'nothing is made'],
];

const setup = `
one = 1000
text = str(one)
class C(object):
    def method(self): pass
class L(list): pass
def generator():
    yield 1
`;

function coverage(minified: boolean): string[] {
  const { Sk, tracer, adapter, run } = startGuest({ minified });
  tracer.start();
  const lines = setup.split('\n').length;
  const program = expressions.map(([expression], i) => `made_${i} = ${expression}\n`).join('');
  run(setup + program);
  const globals = Sk.globals as Readonly<Record<string, unknown>>;
  const rows = expressions.map(([expression, why = ''], i) => {
    const traceback = adapter.tracebackOf(globals[`made_${i}`]);
    const isSeen = traceback?.at(0)?.lineno === lines + i;
    return `| \`${expression}\` | ${isSeen ? 'seen' : 'not seen'} | ${why} |`;
  });
  adapter.detach();
  return rows;
}

test('which objects are seen is as documented, in both builds', async () => {
  const rows = coverage(true);
  expect(coverage(false)).toEqual(rows);
  const text = [
    '# What the Skulpt adapter sees',
    '',
    'Whether the object that an expression makes is counted at its line. This file is written by',
    '`packages/adapters/test/skulpt/coverage.test.ts`, in skulpt 1.2.0.',
    '',
    '| expression | | why |',
    '| --- | --- | --- |',
    ...rows,
    '',
    'Never seen, because they are no Python objects in Skulpt: frames, cells, code, the dicts of',
    'local variables, and what JavaScript uses for a moment.',
    '',
  ].join('\n');
  await expect(text).toMatchFileSnapshot('../../../../docs/skulpt-coverage.md');
  for (const [i, [expression, why]] of expressions.entries()) {
    expect(`${expression}: ${rows[i]!.includes('| seen |')}`).toBe(
      `${expression}: ${why === undefined}`,
    );
  }
});
