import { expect, test } from 'vitest';
import { startGuest } from './start.ts';

test('sys.getsizeof of numbers and groups of exceptions is that of CPython 3.13', async () => {
  const { adapter, runtime, run } = await startGuest();
  const sizes: [string, number][] = [];
  runtime.addNativeModule('sizes', {
    note: (name: string, value: unknown) => void sizes.push([name, adapter.sizeOf(value)]),
  });
  run(`from sizes import note
from decimal import Decimal
note('1j', 1j)
for digits in 1, 19, 60, 76, 77, 120:
    note(f'{digits} digits', Decimal('1' * digits))
for group in ExceptionGroup, BaseExceptionGroup:
    note(group.__name__, group('two', [ValueError(), KeyError()]))
for error in OSError, FileNotFoundError, ImportError, StopIteration, UnicodeDecodeError:
    args = ('utf-8', b'', 0, 1, '') if error is UnicodeDecodeError else ()
    note(error.__name__, error(*args))
`);
  expect(Object.fromEntries(sizes)).toEqual({
    '1j': 32,
    '1 digits': 120,
    '19 digits': 120,
    '60 digits': 120,
    '76 digits': 120,
    '77 digits': 160,
    '120 digits': 176,
    ExceptionGroup: 120,
    BaseExceptionGroup: 120,
    OSError: 128,
    FileNotFoundError: 128,
    ImportError: 120,
    StopIteration: 96,
    UnicodeDecodeError: 128,
  });
});
