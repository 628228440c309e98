import { expect, test } from 'vitest';
import { checkOptions } from '../../src/contract/index.ts';

const rules = {
  sizeModel: ['cpython64', 'v8'],
  selfTest: 'boolean',
  onWarning: 'function',
  collector: 'object or null',
  folder: 'string',
} as const;

/** What checking says of options that nobody's types looked at. */
function verdict(options: unknown): string {
  try {
    checkOptions('attachHost', options as object, rules);
    return 'taken';
  } catch (error) {
    return String(error);
  }
}

test.each([
  {},
  { sizeModel: 'v8', selfTest: false, onWarning: () => undefined, collector: null, folder: '' },
  { sizeModel: undefined, collector: {} },
])('%j is taken', (options) => {
  expect(verdict(options)).toBe('taken');
});

test.each([
  [
    { sizeModel: 'V8' },
    'RangeError: option sizeModel of attachHost must be "cpython64" or "v8", got "V8"',
  ],
  [
    { sizeModel: null },
    'RangeError: option sizeModel of attachHost must be "cpython64" or "v8", got null',
  ],
  [{ selfTest: 0 }, 'TypeError: option selfTest of attachHost must be a boolean, got 0'],
  [{ onWarning: 'log' }, 'TypeError: option onWarning of attachHost must be a function, got "log"'],
  [{ collector: 7n }, 'TypeError: option collector of attachHost must be an object or null, got 7'],
  [{ folder: [] }, 'TypeError: option folder of attachHost must be a string, got an object'],
  [
    { selftest: true },
    'TypeError: unknown option "selftest" of attachHost; it takes sizeModel, selfTest, onWarning, collector, folder',
  ],
  [
    { toString: 1 },
    'TypeError: unknown option "toString" of attachHost; it takes sizeModel, selfTest, onWarning, collector, folder',
  ],
  [null, 'TypeError: options of attachHost must be an object, got null'],
  ['v8', 'TypeError: options of attachHost must be an object, got "v8"'],
])('%o is refused, and the message says what it may be', (options, message) => {
  expect(verdict(options)).toBe(message);
});
