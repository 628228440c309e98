import fc from 'fast-check';
import { test } from 'vitest';
import { runs } from '../runs.ts';
import { type Operation, operation, Pair } from './tracer-pair.ts';

test('after any events, the tracer answers what a naive model answers', () => {
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 120, size: 'max' }), (operations) => {
      const pair = new Pair();
      for (const one of operations) pair.run(one as Operation);
      pair.check();
    }),
    { numRuns: runs(60) },
  );
});
