import { traced } from '@tracemalloc/vitest';
import { expect, test } from 'vitest';
import { frame, Pool } from '../pool.js';

test('after the first frames a pool allocates nothing', () => {
  const pool = new Pool();
  for (let i = 0; i < 2; i++) frame(pool, 50);
  const run = traced(pool.tracer, () => frame(pool, 50), { allow: ['nothing'] });
  expect(run).toKeepTo({ allocated: 0, blocks: 0 });
});

test('a vector that somebody holds is a leak of one block a frame', () => {
  const pool = new Pool();
  const held = [];
  expect(() => expect(traced(pool.tracer, () => frame(pool, 5, held))).toLeakNothing()).toThrow(
    /leaked 96 B in 3 blocks in 3 runs/,
  );
});
