import { type Bin, histogram } from '@tracemalloc/core/analysis';
import { expect, test } from 'vitest';

/** Sizes of blocks; `4x100` is a row that stands for four of 100 bytes. */
function bins(text: string): string[] {
  const rows = text.split(' ').filter((word) => word !== '');
  const parts = rows.map((word) => word.split('x').map(Number));
  const isSampled = text.includes('x');
  const traces = {
    length: rows.length,
    size: Float64Array.from(parts, (part) => part.at(-1)!),
    site: new Int32Array(rows.length),
    weight: isSampled ? Float64Array.from(parts, ([weight]) => weight!) : null,
  };
  return histogram(traces).map((bin: Bin) => `${bin.minBytes}..${bin.maxBytes}: ${bin.count}`);
}

test('sizes are counted in ten steps of a logarithmic scale, 0 with the smallest', () => {
  expect(bins('1000 10 0 15 100 10000 19 20')).toEqual([
    '0..19: 4',
    '19..39: 1',
    '39..79: 0',
    '79..158: 1',
    '158..316: 0',
    '316..630: 0',
    '630..1258: 1',
    '1258..2511: 0',
    '2511..5011: 0',
    '5011..10000: 1',
  ]);
});

test('blocks of one size are in the last step', () => {
  expect(bins('1000 1000').at(-1)).toBe('707..1000: 2');
});

test('a row of a sampled snapshot counts for as many blocks as it stands for', () => {
  expect(bins('1.5x10 1x10000 4x10').filter((bin) => !bin.endsWith(' 0'))).toEqual([
    '0..19: 5.5',
    '5011..10000: 1',
  ]);
  expect(bins('1.5x1 4x0')).toEqual(['0..1: 5.5']);
});

test('no blocks, no bins; one bin where no block has more than a byte', () => {
  expect([bins(''), bins('1 0 0'), bins('0')]).toEqual([[], ['0..1: 3'], ['0..0: 1']]);
});
