import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertLeakNothing, traced } from '@tracemalloc/vitest/assert';
import { game, scripts } from '../lua.js';

test('frames leave nothing, entities do', async () => {
  const { tracer, run } = await game(scripts);
  assertLeakNothing(
    traced(tracer, () => run('frame(100)')),
    { warmup: 3 },
  );
  assert.throws(
    () =>
      assertLeakNothing(
        traced(tracer, () => run('spawn()')),
        { iterations: 8 },
      ),
    /game\.lua:8/,
  );
});
