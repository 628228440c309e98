import { expect, test } from 'vitest';
import { painter } from '../../src/text/paint.ts';

const colors = { red: 31, yellow: 33, green: 32, 'bright green': 92 };

/** The colour that `text` was given. */
function nameOf(painted: string): string {
  const found = Object.entries(colors).find(([, code]) => painted === `\x1b[${code}mtext\x1b[39m`);
  return found?.[0] ?? painted;
}

test('shares have the colours of memray’s scale', () => {
  const { share } = painter(true);
  expect([100, 60.1, 60, 20.1, 20, 5.1, 5, 0].map((each) => nameOf(share(each)('text')))).toEqual([
    ...['red', 'red', 'yellow', 'yellow', 'green', 'green', 'bright green', 'bright green'],
  ]);
});

test('more memory is red, less is green', () => {
  const { change } = painter(true);
  expect([1, 0, -1].map((each) => nameOf(change(each)('text')))).toEqual(['red', 'text', 'green']);
});

test('headings are bold, notes are faint', () => {
  const { heading, faint } = painter(true);
  expect([heading('text'), faint('text')]).toEqual(['\x1b[1mtext\x1b[22m', '\x1b[2mtext\x1b[22m']);
});

test('without colour, text stays as it is', () => {
  const { share, change, heading, faint } = painter(false);
  const all = [share(90), share(30), share(0), change(1), change(-1), heading, faint];
  expect(new Set(all.map((paint) => paint('text')))).toEqual(new Set(['text']));
});
