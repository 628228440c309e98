import { expect, test } from 'vitest';
import { findLeaks } from '../../examples/micropython/main.ts';

test('the cache of the shop is what grows in MicroPython, by what its lambda makes', async () => {
  const lines = (await findLeaks()).map(({ traceback, countDiff }) => [
    String(traceback),
    countDiff,
  ]);
  expect(lines).toEqual([
    // Two lists and what each of them holds, and the key.
    ['shop.py:13', 500],
    // What grew is one block as before.
    ['shop.py:8', 0],
  ]);
});
