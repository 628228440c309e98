import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../../../core/test/runs.ts';
import { type Event, LedgerPair, others } from './ledger-pair.ts';

const block = fc.integer({ min: 1, max: 24 }).map((place) => 0x2_0000 + place * 0x208);
// What is too big is told one by one from then on.
const size = fc.oneof(
  { weight: 200, arbitrary: fc.nat(600) },
  { weight: 9, arbitrary: fc.constant(2 ** 30 - 1) },
  { weight: 1, arbitrary: fc.constant(2 ** 30) },
);
const stack = fc.nat(5);
const made = fc.record({ block, size, stack, type: fc.nat(3) });
const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(fc.constant('alloc' as const), made) },
  {
    weight: 3,
    arbitrary: fc.tuple(
      fc.constant('object' as const),
      fc.record({ block, size, stack, type: fc.integer({ min: 1, max: 3 }) }),
    ),
  },
  { weight: 6, arbitrary: fc.tuple(fc.constant('free' as const), fc.record({ block })) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('watch' as const), fc.record({ block })) },
  {
    weight: 4,
    arbitrary: fc.tuple(fc.constant('move' as const), fc.record({ block, to: block, size, stack })),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(
      fc.constantFrom('track' as const, 'untrack' as const),
      fc.record({ block, size }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(
      fc.constant('label' as const),
      fc.record({ label: fc.constantFrom('', 'a', 'b') }),
    ),
  },
  { weight: 3, arbitrary: fc.tuple(fc.constantFrom(...others)) },
);

test('after any events, a ledger has counted what a tracer counts that is told of each', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 100, size: 'max' }), (events) => {
      const pair = new LedgerPair();
      for (const one of events) pair.run(one);
      pair.check();
      pair.ledger.end();
      pair.check();
    }),
    { numRuns: runs(200) },
  );
});

test('nothing is told one by one but while somebody listens', () => {
  const pair = new LedgerPair();
  const allocate = (from: number): void => {
    for (let i = 0; i < 50; i++)
      pair.run(['alloc', { block: from + i * 0x208, size: i, stack: 1 + (i % 5), type: i % 4 }]);
  };
  allocate(0x10000);
  expect(pair.told).toBe(0);
  pair.run(['listen']);
  allocate(0x20000);
  expect(pair.told).toBe(50);
  pair.run(['listen']);
  allocate(0x30000);
  expect(pair.told).toBe(50);
  pair.check();
});

test('blocks may lie anywhere in 4 GiB', () => {
  const pair = new LedgerPair();
  for (const place of [8, 0x7fff_fff8, 0x8000_0000, 0xffff_fff8])
    pair.run(['alloc', { block: place, size: place % 1000, stack: 2, type: 0 }]);
  pair.check();
  expect([...pair.ledger.blocks.ids()]).toEqual([8, 0x7fff_fff8, 0x8000_0000, 0xffff_fff8]);
  pair.run(['free', { block: 0x8000_0000 }]);
  pair.run(['free', { block: 0xffff_fff8 }]);
  pair.check();
  expect(pair.ledger.blocks.count).toBe(2);
});
