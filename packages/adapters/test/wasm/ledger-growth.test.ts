import { expect, test } from 'vitest';
import { LedgerPair } from './ledger-pair.ts';

test('ever new stacks outgrow no table, and dead ones are dropped as a tracer drops them', () => {
  const pair = new LedgerPair();
  for (let i = 0; i < 70_000; i++) {
    const made = { block: 0x1_0000 + (i % 64) * 16, size: i % 500, stack: 100 + i, type: i % 3 };
    pair.run(['alloc', made]);
    // Somebody else's blocks may be the ones with which stacks are dropped.
    if (i % 1000 === 0) pair.run(['track', { block: i, size: 3 }]);
  }
  expect(pair.told).toBeGreaterThan(0);
  const told = pair.told;
  for (let i = 0; i < 100; i++)
    pair.run(['alloc', { block: 0x9_0000 + i * 16, size: 1, stack: 2, type: 1 }]);
  expect(pair.told).toBe(told);
  pair.check();
});
