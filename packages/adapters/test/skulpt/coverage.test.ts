import { expect, test } from 'vitest';
import { expressions, type Result } from './coverage-expressions.ts';
import { configuredSkulpt, startGuest } from './start.ts';

const modules = ['array', 'collections', 'itertools', 'operator', 're', 'time'];
const newerModules = ['fractions', 'functools', 'uuid'];

const setup = `
one = 1000
text = str(one)
class C(object):
    def method(self): pass
class Slots(object):
    __slots__ = ('a',)
class L(list): pass
class T(tuple): pass
class D(dict): pass
class F(frozenset): pass
class I(int): pass
class X(str): pass
class E(Exception): pass
class Sequence(object):
    def __getitem__(self, i): raise IndexError
def generator():
    yield 1
`;

const point = "Point = collections.namedtuple('Point', 'x y')\n";

/** Whether SKULPT_BUILD has a version that knows list[int]; 1.2.0 doesn't. */
const isNewer = 'GenericAlias' in configuredSkulpt().builtin;

/** Each expression with what becomes of its object. In 1.2.0, `datetime` takes a while to compile. */
function coverage(minified: boolean): (readonly [expression: string, Result])[] {
  const { Sk, tracer, adapter, run } = startGuest({ minified });
  tracer.start();
  const imported = [
    ...modules,
    ...(isNewer ? newerModules : []),
    ...(minified ? ['datetime'] : []),
  ];
  const head = `${setup}import ${imported.join(', ')}\n${point}`;
  const lines = head.split('\n').length;
  const tried = expressionsOf(minified);
  const program = tried.map(
    ({ expression }, i) => `try:\n    made_${i} = ${expression}\nexcept Exception:\n    pass\n`,
  );
  run(head + program.join(''));
  const globals = Sk.globals as Readonly<Record<string, unknown>>;
  const resultOf = (i: number): Result => {
    const made = globals[`made_${i}`];
    if (made === undefined) return '–';
    const frame = adapter.tracebackOf(made)?.at(-1);
    if (frame?.filename.startsWith('src/lib/')) return 'in the library';
    return frame?.lineno === lines + 4 * i + 1 ? 'seen' : 'not seen';
  };
  const results = tried.map(({ expression }, i) => [expression, resultOf(i)] as const);
  adapter.detach();
  return results;
}

function expressionsOf(minified: boolean): typeof expressions {
  return minified ? expressions : expressions.filter((row) => !/datetime/.test(row.expression));
}

test.each([true, false])('which objects are seen is as documented (minified: %s)', (minified) => {
  const wanted = expressionsOf(minified).map(({ expression, old, newer }) => [
    expression,
    isNewer ? newer : old,
  ]);
  expect(coverage(minified)).toEqual(wanted);
});

test('what is not seen has a reason', async () => {
  for (const { expression, old, newer, why } of expressions) {
    const needsReason = [old, newer].some((result) => result !== 'seen' && result !== '–');
    expect([expression, why !== '']).toEqual([expression, needsReason]);
  }
  const rows = expressions.map(
    ({ expression, old, newer, why }) => `| \`${expression}\` | ${old} | ${newer} | ${why} |`,
  );
  const text = [
    '# What the Skulpt adapter sees',
    '',
    'Whether the object that an expression makes is counted at its line. This file is written by',
    '`packages/adapters/test/skulpt/coverage.test.ts`, which holds Skulpt 1.2.0 to it, and with',
    '`SKULPT_BUILD` another build to the second column; [hosts.md](hosts.md) says how.',
    '',
    '`in the library`: counted at the line of Skulpt’s own library, in Python, that makes it. `–`: this',
    'Skulpt has no such object.',
    '',
    '| expression | 1.2.0 | 19fc3ce (2026-03) | why |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
    'Never seen, because they are no Python objects in Skulpt: frames, cells, code, and what JavaScript',
    'uses for a moment.',
    '',
    'The modules that Skulpt has for pages (`turtle`, `image`, `document`, `processing`, `webgl`) make classes as a',
    'program does: their objects are seen as `C()` is.',
    '',
  ].join('\n');
  await expect(text).toMatchFileSnapshot('../../../../docs/skulpt-coverage.md');
});
