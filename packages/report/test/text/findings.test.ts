import { type RawTrace, Snapshot } from '@tracemalloc/core';
import { expect, test } from 'vitest';
import { snapshotOf } from '../../../core/test/snapshot-text.ts';
import { findingsMarkdown, findingsReport, formatFindings } from '../../src/index.ts';

const wide = { width: Number.POSITIVE_INFINITY };

/** The sentences, one a line. */
function found(text: string, ...bases: string[]): string {
  return `\n${formatFindings(findingsReport(snapshotOf(text), bases.map(snapshotOf)), wide)}`;
}

/** `count` lines of text, each a block. */
function blocks(count: number, line: (i: number) => string): string {
  return Array.from({ length: count }, (_, i) => line(i)).join('\n');
}

test('the few lines that keep half of it are named, and no more than three', () => {
  expect(found('3000  a.py:1 f\n2000  b.py:2\n100  c.py:3')).toBe(`
- 1 line keeps 59 % of live memory, 3000 B: f at a.py:1.
`);
  expect(found('30  a.py:1\n20  b.py:2\n10  c.py:3\n30  d.py:4\n20  e.py:5')).toBe(`
- 2 lines keep 55 % of live memory, 60 B: a.py:1 and d.py:4.
`);
  expect(found(blocks(9, (i) => `10  a.py:${i + 1}`))).toBe(`
- Nothing stands out: 90 B are spread over 9 lines.
`);
});

test('two functions that share a line are one line', () => {
  expect(found('30  a.py:1 f\n40  a.py:1 g\n20  b.py:2')).toBe(`
- 1 line keeps 78 % of live memory, 70 B: g at a.py:1.
`);
});

test('an empty snapshot says so, and a program that kept nothing tells of its peak', () => {
  expect(found('')).toBe(`
- Nothing is live, and nothing else was counted.
  → take the snapshot while the program still holds its data
`);
  expect(found('5000  a.py:7 f  freed')).toBe(`
- 1 line keeps 100 % of what was live at the peak, 5000 B: f at a.py:7.
- The peak was 5000 B, of which nothing is left; 5000 B of the difference came from f at a.py:7.
  → look at the metric “At peak”
`);
});

test('growth is told line by line, with its course over several snapshots', () => {
  const at = (leak: number, cache: number, last: number) => `
    ${blocks(leak, () => '100  app.py:46 handle')}
    ${blocks(cache, () => '10  cache.py:3 put')}
    ${last}  app.py:9 tick
    9000  app.py:1`;
  expect(found(at(8, 2, 4), at(2, 1, 1), at(4, 9, 2), at(6, 5, 3))).toBe(`
- handle at app.py:46 grew by 600 B in 6 blocks, 98 % of all growth, about 200 B a step (linear over 4 snapshots).
  → see who calls it, and what should have let it go
- 1 line keeps 92 % of live memory, 9000 B: app.py:1.
`);
  expect(found(at(9, 9, 9), at(1, 9, 9), at(2, 9, 9), at(8, 9, 9))).toContain(
    '800 B in 8 blocks, 100 % of all growth, more at each step over 4 snapshots.',
  );
  expect(found(at(9, 9, 9), at(1, 9, 9), at(20, 9, 9))).toContain('up and down over 3 snapshots');
  expect(found(at(2, 1, 1), at(3, 1, 1))).not.toContain('grew');
});

test('what libraries allocate is counted for the lines that called them', () => {
  const json = '/usr/lib/python3.13/json/decoder.py';
  expect(
    found(`600  ${json}:9 scan < app.py:5 load\n300  app.py:5 load\n100  app.py:6 load`),
  ).toBe(`
- 1 line keeps 90 % of live memory, 900 B: load at app.py:5.
- 60 % of live memory, 600 B, was allocated in library code; counted for the lines that called it, load at app.py:5 has most.
`);
  expect(found(`600  ${json}:9 scan`)).toContain('that no line of the program called.');
});

test('what imports keep is what module code below another frame allocated', () => {
  expect(
    found(`
    600  heavy.py:3 <module> < app.py:2 <module>
    50  heavy.py:3 <module> < app.py:3 late < app.py:9 <module>
    100  app.py:4 <module>
    100  app.py:5 <module>
    100  app.py:6 <module>`),
  ).toBe(`
- 1 line keeps 68 % of live memory, 650 B: <module> at heavy.py:3.
- 68 % of live memory, 650 B, is what imported modules keep; of all imports, the one at <module> at app.py:2 keeps most, 600 B.
  → import late what is seldom used
`);
  // CPython's own tracebacks name no functions; importlib's frames are seen all the same.
  const raw = Snapshot.fromTraces(
    [
      [
        0,
        100,
        [
          ['re.py', 1],
          ['<frozen importlib._bootstrap>', 7],
          ['app.py', 2],
        ],
        3,
      ],
    ],
    25,
  );
  expect(formatFindings(raw, wide)).toContain(
    'is what imported modules keep; of all imports, the one at app.py:2 keeps most, 100 B.',
  );
});

test('text and files that are executed are no imports, nor is what `python -m` runs', () => {
  expect(found('600  <string>:3 <module> < app.py:2 run < app.py:9 <module>')).not.toContain(
    'imported',
  );
  const started: [string, number][] = [
    ['<frozen runpy>', 88],
    ['<frozen runpy>', 198],
  ];
  const traced = (size: number, ...frames: [string, number][]): RawTrace => [
    0,
    size,
    [...frames, ...started],
  ];
  const raw = Snapshot.fromTraces(
    [
      traced(600, ['app.py', 7]),
      traced(100, ['plugin.py', 7], ['app.py', 8], ['app.py', 9]),
      traced(500, ['lib.py', 1], ['<frozen importlib._bootstrap>', 488], ['app.py', 2]),
    ],
    25,
  );
  expect(formatFindings(raw, wide)).toContain(
    '42 % of live memory, 500 B, is what imported modules keep',
  );
});

test('stacks that were cut name the limit that would have kept them', () => {
  const cut = '100  a.py:1 f < b.py:2 g  total=40\n20  c.py:3';
  expect(found(cut)).toContain(`
- 100 B, 83 %, has stacks that were cut at 2 frames: their outer callers are not known.
  → run with --nframe 40 to see them
`);
});

test('short-lived blocks and a type that has most are told', () => {
  const text = `${blocks(2000, () => '8  a.py:3 f  type=int  freed')}\n4000  a.py:9  type=dict\n500  a.py:10  type=list`;
  expect(found(text)).toBe(
    `
- 1 line keeps 89 % of live memory, 4000 B: a.py:9.
- 89 % of live memory is dict: 1 block of 4000 B on average.
- 2,000 blocks, more than 99 % of all, were freed right after they were allocated; 100 % of them at f at a.py:3.
  → keep and reuse what the line makes, if it is slow
`,
  );
});

test('there are seven at most, and what to know about the figures keeps its place', () => {
  const grown =
    snapshotOf(`${blocks(3, (i) => `900  lib${i}.py:1 <module> < app.py:1 <module>  total=9  type=dict`)}
    ${blocks(3000, () => '1  a.py:3 f  freed')}
    90000  a.py:4  freed`);
  const cautious = Snapshot.fromData({
    ...grown.data,
    metadata: { ...grown.data.metadata, sizeModel: 'cpython64', liveness: 'lower-bound' },
  });
  const kinds = findingsReport(cautious, [snapshotOf('1  a.py:3')]).findings.map(
    ({ kind }) => kind,
  );
  expect(kinds).toEqual([
    'growth',
    'growth',
    'growth',
    'few-lines',
    'measured-otherwise',
    'cut-stacks',
    'frees',
  ]);
});

test('names of the guest are plain text, and code in Markdown that ends where it ends', () => {
  const hostile = snapshotOf('9  a|`\u001b[2J.py:1 f``\n1  b.py:1');
  expect(formatFindings(hostile, wide)).toBe(
    '- 1 line keeps 90 % of live memory, 9 B: f`` at a|`\\x1b[2J.py:1.\n',
  );
  expect(findingsMarkdown(findingsReport(hostile))).toBe(
    '- 1 line keeps 90 % of live memory, 9 B: ```f`` at a\\|`\\x1b[2J.py:1```.\n',
  );
});

test('any snapshots give one to seven sentences, whose shares are shares', () => {
  for (let seed = 1; seed <= 40; seed++) {
    const random = (n: number) => (Math.imul(seed * 7919, n * 104729 + 1) >>> 5) % n;
    const text = blocks(
      seed % 11,
      (i) =>
        `${random(i + 3)} f${random(4 + i)}.py:${random(9)} ${random(2) ? '<module>' : 'f'} < m.py:${i}  type=t${random(3)}`,
    );
    for (const bases of [[], [text], ['5  m.py:1', text]]) {
      const { findings } = findingsReport(snapshotOf(text), bases.map(snapshotOf));
      expect(findings.length).toBeGreaterThan(0);
      expect(findings.length).toBeLessThanOrEqual(7);
      for (const { share, text: words } of findings) {
        expect(share === null || (share >= 0 && share <= 1)).toBe(true);
        expect(words).not.toMatch(/NaN|undefined|Infinity/);
      }
    }
  }
});
