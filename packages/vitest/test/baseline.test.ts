import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareBaseline, traced } from '@tracemalloc/vitest/assert';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import '@tracemalloc/vitest';
import { readingSnapshots } from './reading-snapshots.ts';
import { Toy } from './toy.ts';

const baseline =
  '105 B in 2 blocks: all together\n9 B: at the peak\n10 B in 1 block: a.toy in f: x = new() < b.toy:2 [list]\n';

/** How a changed baseline compares with the one above. */
function verdict(text: string, tolerance = 0, against = baseline): string {
  const found = compareBaseline(text, against, tolerance);
  if (found.kind === 'same') return 'same';
  return `${found.kind}: ${found.kind === 'unreadable' ? found.problem : found.changes.join('; ')}`;
}

test.each<[string, number, string, string]>([
  ['itself', 0, baseline, 'same'],
  ['in another order', 0, baseline.trim().split('\n').reverse().join('\n'), 'same'],
  ['5 % less', 0.05, baseline.replace('105 B', '100 B'), 'same'],
  ['5 % more', 0.05, baseline.replace('105 B', '110 B'), 'same'],
  [
    '6 % more',
    0.05,
    baseline.replace('105 B', '112 B'),
    'more: 112 B in 2 blocks, was 105 B in 2 blocks: all together',
  ],
  [
    '6 % less',
    0.05,
    baseline.replace('105 B', '98 B'),
    'less: 98 B in 2 blocks, was 105 B in 2 blocks: all together',
  ],
  [
    'a block more',
    0.4,
    baseline.replace('in 2', 'in 3'),
    'more: 105 B in 3 blocks, was 105 B in 2 blocks: all together',
  ],
  ['a block more within', 0.5, baseline.replace('in 2', 'in 3'), 'same'],
  ['a byte at the peak', 0, baseline.replace('9 B:', '10 B:'), 'more: 10 B, was 9 B: at the peak'],
  [
    'a site less',
    0.9,
    baseline.replace(/^10 B.*\n/m, ''),
    'less: nothing, was 10 B in 1 block: a.toy in f: x = new() < b.toy:2 [list]',
  ],
  [
    'a site more',
    0.9,
    `${baseline}1 B in 1 block: c.toy:1\n`,
    'more: 1 B in 1 block, was nothing: c.toy:1',
  ],
])('%s', (_, tolerance, text, expected) => {
  expect(verdict(text, tolerance)).toBe(expected);
});

test.each<[string, string, string]>([
  ['with Windows line ends', baseline.replaceAll('\n', '\r\n'), 'same'],
  ['with a byte order mark', `\uFEFF${baseline}`, 'same'],
  [
    'with a merge conflict',
    baseline.replace('9 B', '<<<<<<< HEAD\n9 B'),
    'unreadable: line 2 is of a merge conflict',
  ],
  [
    'with a line twice',
    `${baseline}9 B: at the peak\n`,
    'unreadable: line 4 speaks of what line 2 speaks of',
  ],
  ['of another kind', 'hello\n', 'unreadable: line 1 is none of a baseline: "hello"'],
  ['that is empty', '\n', 'unreadable: it is empty'],
  ['that is binary', 'PK\u0003\u0004\0\0', 'unreadable: it is no text file'],
])('a file %s', (_, file, expected) => {
  expect(verdict(baseline, 0, file)).toBe(expected);
});

describe('the matcher', () => {
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'baseline-'));
    file = join(folder, 'b.txt');
  });

  afterEach(() => rm(folder, { recursive: true }));

  /** Allocates 100 bytes on a line of load(), whose text moves with it. */
  const working = (toy: Toy, line = 1, size = 100) =>
    traced(toy.tracer, () => toy.alloc(line, size), {
      getLine: (name) => (name === 'main.toy' ? 'load()' : 'new_block()'),
    });

  const written =
    '100 B in 1 block: all together\n100 B: at the peak\n100 B in 1 block: load.toy in load: new_block() < main.toy in main: load()\n';

  test('knows a site that moved to another line', async () => {
    await writeFile(file, written);
    await expect(working(new Toy(), 7)).toMatchAllocationBaseline(file);
    expect(await readFile(file, 'utf8')).toBe(written);
  });

  test('fails on more, and says what is more than it was', async () => {
    await writeFile(file, written);
    await expect(
      readingSnapshots(() => expect(working(new Toy(), 1, 101)).toMatchAllocationBaseline(file)),
    ).rejects.toThrow(
      expect.objectContaining({
        message: `The baseline ${file} says less than the work allocates; vitest --update writes it anew.
  101 B in 1 block, was 100 B in 1 block: all together
  101 B, was 100 B: at the peak
  101 B in 1 block, was 100 B in 1 block: load.toy in load: new_block() < main.toy in main: load()`,
      }),
    );
  });

  test('passes on less, and says that it can be tightened', async () => {
    const info = vi.spyOn(console, 'info').mockImplementation(() => undefined);
    await writeFile(file, written);
    await readingSnapshots(() => expect(working(new Toy(), 1, 90)).toMatchAllocationBaseline(file));
    expect(info.mock.calls.flat().join('').split('\n').slice(0, 2)).toEqual([
      `The baseline ${file} can be tightened by vitest --update:`,
      '  90 B in 1 block, was 100 B in 1 block: all together',
    ]);
    info.mockRestore();
    expect(await readFile(file, 'utf8')).toBe(written);
  });

  test('fails on a file that it cannot read, and says why', async () => {
    await writeFile(file, `<<<<<<< HEAD\n${written}`);
    await expect(
      readingSnapshots(() => expect(working(new Toy())).toMatchAllocationBaseline(file)),
    ).rejects.toThrow(
      `The baseline ${file} can't be read: line 1 is of a merge conflict; vitest --update writes it anew.`,
    );
  });

  test('reads files with Windows line ends', async () => {
    await writeFile(file, written.replaceAll('\n', '\r\n'));
    await expect(working(new Toy())).toMatchAllocationBaseline(file);
  });
});
