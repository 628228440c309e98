import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { runs } from '../../../core/test/runs.ts';
import { type Guest, liveByLine, startGuest } from './start.ts';

/** What a program keeps: floats in containers. */
type Kept = 'float' | { readonly in: 'list' | 'tuple' | Keyed; readonly items: readonly Kept[] };
type Keyed = 'dict' | 'defaultdict' | 'object' | 'other';

const keys = ['"a"', '"b"', '"c"', '1', '2.5', '(1, 2)', 'None'];
const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];

const definitions = `
from collections import defaultdict
one = 1
def new():
    return one * 1.5
def mapping(pairs):
    made = defaultdict(list)
    made.update(pairs)
    return made
class Object:
    def __init__(self, **attributes):
        for name in attributes:
            setattr(self, name, attributes[name])
class Other(Object):
    pass
`;
const lineOfFloats = '5 float';

const kept = fc.letrec<{ kept: Kept }>((tie) => ({
  kept: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant<Kept>('float'),
    fc.record({
      in: fc.constantFrom('list', 'tuple', 'dict', 'defaultdict', 'object', 'other'),
      items: fc.array(tie('kept'), { maxLength: names.length }),
    }),
  ),
})).kept;

/** The Python expression that makes it. Keys begin anywhere, so that kinds of a size differ in them. */
function expression(value: Kept): string {
  if (value === 'float') return 'new()';
  const items = value.items.map(expression);
  const from = value.items.filter((item) => item === 'float').length;
  const pick = (all: readonly string[], i: number): string => all[(from + i) % all.length]!;
  if (value.in === 'list') return `[${items.join(', ')}]`;
  if (value.in === 'tuple') return `(${items.map((item) => `${item}, `).join('')})`;
  if (value.in === 'object' || value.in === 'other') {
    const attributes = items.map((item, i) => `${pick(names, i)}=${item}`).join(', ');
    return `${value.in === 'object' ? 'Object' : 'Other'}(${attributes})`;
  }
  const dict = `{${items.map((item, i) => `${pick(keys, i)}: ${item}`).join(', ')}}`;
  return value.in === 'dict' ? dict : `mapping(${dict})`;
}

function countFloats(value: Kept): number {
  return value === 'float' ? 1 : value.items.reduce((sum, item) => sum + countFloats(item), 0);
}

let guest: Guest;

beforeAll(() => {
  guest = startGuest();
  guest.tracer.start();
});

function liveFloats(source: string): number {
  guest.run(definitions + source);
  return Number.parseInt(liveByLine(guest.tracer)[lineOfFloats] ?? '0', 10);
}

test('what a program can reach is live, whatever it is kept in, and nothing else', () => {
  fc.assert(
    fc.property(fc.array(kept, { maxLength: 6 }), fc.array(kept, { maxLength: 2 }), (all, gone) => {
      const lines = [
        ...all.map((value, i) => `kept${i} = ${expression(value)}`),
        ...gone.map((value) => `gone = ${expression(value)}`),
        'gone = None',
      ];
      const expected = all.reduce((sum, value) => sum + countFloats(value), 0);
      expect(liveFloats(lines.join('\n'))).toBe(expected);
    }),
    { numRuns: runs(15) },
  );
});

test.each([
  ['lists', 'kept = [new(), kept]'],
  ['dicts', 'kept = {"a": new(), "b": kept}'],
  ['objects', 'kept = Object(a=new(), b=kept)'],
])('a chain of 5000 %s is followed to its end', (_, link) => {
  expect(liveFloats(`kept = None\nfor i in range(5000):\n    ${link}`)).toBe(5000);
});

test('objects that hold one another are counted once', () => {
  const source = `
first, second = Object(x=new()), Object(x=new())
first.other, second.other, first.itself = second, first, first
pair = [first, second, {"first": first}]
`;
  expect(liveFloats(source)).toBe(2);
});
