import { type RawTrace, Snapshot } from '@tracemalloc/core';

/** Numbers in 0 … 1 that a seed decides: every run sees the same snapshot. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    // The low bits of such a generator repeat soon.
    return (state >>> 8) / 2 ** 24;
  };
}

/** Mostly small objects, some containers, a few large buffers. */
function anySize(random: () => number): number {
  const kind = random();
  if (kind < 0.9) return 24 + 8 * Math.floor(random() * 64);
  return kind < 0.99 ? Math.floor(random() * 8192) : Math.floor(random() * 2 ** 22);
}

/** `count` traces of 5000 tracebacks, 1 to 25 frames deep, in 200 files. */
export function makeSnapshot(count: number): Snapshot {
  const random = randomNumbers(1);
  const below = (bound: number) => Math.floor(random() * bound);
  const files = Array.from({ length: 200 }, (_, row) => `/usr/lib/python3.13/pkg${row}/module.py`);
  const tracebacks = Array.from({ length: 5000 }, (): readonly [string, number][] =>
    Array.from({ length: 1 + below(25) }, () => [files[below(200)]!, 1 + below(2000)]),
  );
  function* traces(): Generator<RawTrace> {
    for (let row = 0; row < count; row++) {
      const frames = tracebacks[below(5000)]!;
      yield [0, anySize(random), frames, frames.length];
    }
  }
  return Snapshot.fromTraces([...traces()], 25);
}
