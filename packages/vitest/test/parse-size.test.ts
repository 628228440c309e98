import { parseSize } from '@tracemalloc/vitest/assert';
import { expect, test } from 'vitest';

test.each<[number | string, number]>([
  [0, 0],
  [4096, 4096],
  ['0 B', 0],
  ['512B', 512],
  ['1 KiB', 1024],
  ['1.5 MiB', 1572864],
  ['2 GiB', 2147483648],
  ['1MB', 1000000],
  ['1 kB', 1000],
  ['24 kib', 24576],
  ['1.9999 B', 1],
  ['4096', 4096],
  [' 1  TB ', 1e12],
])('%s is %d bytes', (size, bytes) => {
  expect(parseSize('limit', size)).toBe(bytes);
});

test.each([
  '',
  'KiB',
  '-1 KiB',
  '1 KiBs',
  '1,5 KiB',
  '1e3 B',
  '1 constructor',
  '99999999 GiB',
  -1,
  0.5,
  Number.NaN,
  Infinity,
])('%s is no size', (size) => {
  expect(() => parseSize('limit', size)).toThrow(
    `limit must be a size: bytes as a number, or a text such as '512 B', '24 KiB', '1.5 MiB' or '1MB', got ${typeof size === 'string' ? JSON.stringify(size) : size}`,
  );
  expect(() => parseSize('limit', size)).toThrow(RangeError);
});

test.each([null, undefined, {}, 5n])('a size of another type is an error: %s', (size) => {
  expect(() => parseSize('limit', size as unknown as number)).toThrow(TypeError);
});
