import { Tracer } from '@tracemalloc/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../../../core/test/runs.ts';
import { FrameReader } from '../../src/brython/frames/frame-reader.ts';
import { BlockSlots } from '../../src/brython/objects/block-slots.ts';
import { Texts } from '../../src/brython/objects/texts.ts';

/** Long enough to be known by its length alone. */
const long = (character: string, length: number): string => character.repeat(2000 + length);

function start() {
  const tracer = new Tracer();
  const domain = tracer.domain({ name: 'texts', ids: 'address', shift: 0, code: 0 });
  tracer.start(1);
  const file = tracer.string('app.py');
  const rowOf = (line: number): number => tracer.extend(0, tracer.frame(file, line));
  const texts = new Texts(tracer, domain, new BlockSlots(), new FrameReader(tracer));
  const lookWhile = (isMaking: boolean, ...held: readonly string[]): void => {
    texts.beginLook();
    for (const text of held) texts.hold(text, -1);
    texts.endLook(isMaking);
  };
  /** A look at `text in what was made on line`s. */
  const lookAt = (...held: readonly (readonly [text: string, line: number])[]): void => {
    texts.beginLook();
    for (const [text, line] of held) texts.hold(text, rowOf(line));
    texts.endLook(false);
  };
  const look = (...held: readonly string[]): void => lookWhile(false, ...held);
  /** `line: bytes in blocks`, by line. */
  const lines = (): string[] =>
    tracer
      .takeSnapshot()
      .statistics('lineno')
      .map(({ traceback, size, count }) => `${traceback.at(-1)?.lineno}: ${size} in ${count}`)
      .sort();
  return { texts, rowOf, look, lookAt, lookWhile, lines };
}

test('a text that was made twice and is held once belongs to the line that made it first', () => {
  const { texts, rowOf, look, lines } = start();
  texts.add('twice', rowOf(1));
  texts.add('twice', rowOf(2));
  expect(lines()).toEqual(['1: 46 in 1', '2: 46 in 1']);
  look('twice');
  expect(lines()).toEqual(['1: 46 in 1']);
});

test('a holder has the text that was made on its own line, however old others are', () => {
  const { texts, rowOf, lookAt, lines } = start();
  for (const line of [1, 2, 1, 3]) texts.add('again', rowOf(line));
  lookAt(['again', 2], ['again', 7]);
  expect(lines()).toEqual(['1: 46 in 1', '2: 46 in 1']);
  lookAt(['again', 2], ['again', 2]);
  expect(lines()).toEqual(['1: 46 in 1', '2: 46 in 1']);
  lookAt(['again', 2]);
  expect(lines()).toEqual(['2: 46 in 1']);
});

test('a text that was made once and is held by three counts once', () => {
  const { texts, rowOf, look, lines } = start();
  texts.add('shared', rowOf(1));
  look('shared', 'shared', 'shared');
  expect(lines()).toEqual(['1: 47 in 1']);
});

test('a long text gets its true size when it is seen held, and is forgotten when it is not', () => {
  const { texts, rowOf, look, lines } = start();
  texts.add(long('中', 0), rowOf(1));
  expect(lines()).toEqual(['1: 2041 in 1']);
  look(long('中', 0));
  expect(lines()).toEqual(['1: 4058 in 1']);
  look();
  expect(lines()).toEqual([]);
  expect(texts.isBorn(long('中', 0))).toBe(false);
});

test('a text that grows in place is one block, and at another line a new one', () => {
  const { texts, rowOf, lines } = start();
  texts.add(long('a', 0), rowOf(1));
  texts.extend(long('a', 0), long('a', 1), rowOf(1));
  expect(lines()).toEqual(['1: 2042 in 1']);
  texts.extend(long('a', 1), long('a', 2), rowOf(2));
  expect(lines()).toEqual(['1: 2042 in 1', '2: 2043 in 1']);
});

test('what the running expression has made stays, though nothing holds it yet', () => {
  const { texts, rowOf, look, lookWhile, lines } = start();
  texts.add('old', rowOf(1));
  for (let i = 0; i < 15; i++) texts.add('other', rowOf(2));
  texts.add(long('a', 0), rowOf(3));
  lookWhile(true);
  expect(lines()).toEqual(['2: 690 in 15', '3: 2041 in 1']);
  look();
  expect(lines()).toEqual([]);
});

test('looks agree with a list of all births', () => {
  const word = fc.constantFrom('aa', 'bb', 'ünï', '中文', long('x', 0), long('y', 1));
  const step = fc.oneof(
    fc.record({ born: word, line: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ held: fc.array(word, { maxLength: 12 }), isMaking: fc.boolean() }),
  );
  const bytes = new Map([
    ['aa', 43],
    ['bb', 43],
    ['ünï', 60],
    ['中文', 62],
    [long('x', 0), 2041],
    [long('y', 1), 2042],
  ]);
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const { texts, rowOf, lookWhile, lines } = start();
      let births = 0;
      let alive: { text: string; line: number; birth: number }[] = [];
      for (const one of steps) {
        if ('born' in one) {
          texts.add(one.born, rowOf(one.line));
          alive.push({ text: one.born, line: one.line, birth: births++ });
          continue;
        }
        lookWhile(one.isMaking, ...one.held);
        alive = alive.filter(({ text, birth }, i) => {
          if (one.isMaking && births - birth <= 16) return true;
          const older = alive.slice(0, i).filter((other) => other.text === text).length;
          return older < one.held.filter((held) => held === text).length;
        });
      }
      const expected = [1, 2, 3].flatMap((line) => {
        const here = alive.filter((one) => one.line === line);
        const size = here.reduce((sum, { text }) => sum + (bytes.get(text) ?? 0), 0);
        return here.length === 0 ? [] : [`${line}: ${size} in ${here.length}`];
      });
      expect(lines()).toEqual(expected);
      expect(texts.count).toBe(alive.length);
    }),
    { numRuns: runs(200) },
  );
});
