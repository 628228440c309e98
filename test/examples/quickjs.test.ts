import { expect, test } from 'vitest';
import { findLeaks } from '../../examples/quickjs/main.ts';

test('the cache of the shop is what grows in QuickJS, by the arrays that are put into it', async () => {
  const [first, second] = await findLeaks();
  expect(String(first!.traceback)).toBe('shop.js:11');
  expect(first!.countDiff).toBeGreaterThanOrEqual(200);
  expect(String(second!.traceback)).toBe('shop.js:6');
});
