import { describe, expect, test } from 'vitest';
import { startupNframe } from '../src/startup.ts';

const start = (variable?: string, ...xOptions: string[]): number =>
  startupNframe({ nframe: undefined, xOptions, variable }, 0);

describe('the number of frames is read as CPython reads it', () => {
  test.each([
    ['1', 1],
    ['25', 25],
    ['0', 0],
    ['-0', 0],
    ['+5', 5],
    ['05', 5],
    [' \t7', 7],
    ['', 0],
    ['65535', 65535],
  ])('PYTHONTRACEMALLOC=%j is %i', (text, nframe) => {
    expect(start(text)).toBe(nframe);
    expect(start(undefined, `tracemalloc=${text}`)).toBe(nframe);
  });

  test.each(['x', '5x', '5 ', '0x5', '5.0', '1e3', '-1', '2147483648', '--1', '٣'])(
    '%j is fatal, in the variable and in -X',
    (text) => {
      expect(() => start(text)).toThrow(
        'Fatal Python error: config_init_tracemalloc: PYTHONTRACEMALLOC: invalid number of frames',
      );
      expect(() => start(undefined, `tracemalloc=${text}`)).toThrow(
        'Fatal Python error: config_init_tracemalloc: -X tracemalloc=NFRAME: invalid number of frames',
      );
    },
  );

  test.each(['65536', '2147483647'])('%s frames are too many to start', (text) => {
    const message =
      "Fatal Python error: init_interp_main: can't start tracemalloc\n" +
      'ValueError: the number of frames must be in range [1; 65535]';
    expect(() => start(text)).toThrow(message);
    expect(() => start(undefined, `tracemalloc=${text}`)).toThrow(message);
  });
});

describe('who wins', () => {
  test('-X tracemalloc alone means one frame, and beats the variable', () => {
    expect(start('7', 'tracemalloc')).toBe(1);
    expect(start('7', 'utf8', 'tracemalloc=3', 'tracemalloc=4')).toBe(3);
    expect(start('7', 'utf8')).toBe(7);
  });

  test('a bad variable is fatal even so', () => {
    expect(() => start('x', 'tracemalloc=3')).toThrow('PYTHONTRACEMALLOC');
  });

  test('--nframe beats both, and is checked with its bound', () => {
    const sources = { xOptions: ['tracemalloc=3'], variable: '7' };
    expect(startupNframe({ ...sources, nframe: '10' }, 25)).toBe(10);
    expect(startupNframe({ ...sources, nframe: '0' }, 25)).toBe(0);
    expect(() => startupNframe({ ...sources, nframe: '65536' }, 25)).toThrow(
      "--nframe must be an integer in 0..65535 (0 = the program starts tracing itself), got '65536'",
    );
  });

  test('without a word from anybody the fallback holds', () => {
    expect(startupNframe({ nframe: undefined, xOptions: [], variable: undefined }, 25)).toBe(25);
  });
});
