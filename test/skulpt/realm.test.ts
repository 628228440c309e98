import { createSkulpt } from '@tracemalloc/adapters/skulpt/node';
import { expect, test } from 'vitest';
import { newSkulpt } from './guest.ts';

test.each([true, false])('Skulpt runs in a context of its own (minified: %s)', (minified) => {
  const { Sk, run } = newSkulpt({ minified });
  expect(run('import math\nprint(math.floor(2.5), [1] * 2)')).toEqual({
    stdout: '2 [1, 1]\n',
    error: null,
  });
  expect(run('1 / 0').error).toContain('ZeroDivisionError');
  expect(Object.hasOwn(globalThis, 'Sk')).toBe(false);
  expect(newSkulpt({ minified }).Sk).not.toBe(Sk);
});

test('text that is no Skulpt is refused', () => {
  expect(() => createSkulpt({ source: '1', stdlib: '2' })).toThrow(/defines no global Sk/);
});
