/** How a program walks its stacks. */
export type Walk = {
  /** Frames from the oldest, by number: below {@link callers} those that call, then those that allocate. */
  readonly stacks: readonly (readonly number[])[];
  /** Stacks, by number, in the order in which they are visited. */
  readonly visits: readonly number[];
};

/** Functions that call others; as many allocate. */
const callers = 512;

/** Visits that are put in the order of their stacks, so that neighbours share callers. */
const localVisits = 64;

/** Numbers below 1 that are the same in each run. */
function numbers(): () => number {
  let state = 42;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/**
 * Stacks of 5 to 60 frames with shared callers, visited by Zipf's law with exponent 1.05 (few are hot, many are
 * seen once), or each in turn.
 */
export function makeWalk(count: number, visits: number, order: 'zipf' | 'local' | 'all'): Walk {
  const next = numbers();
  const below = (limit: number) => Math.floor(next() * limit);
  const stacks: number[][] = [];
  for (let i = 0; i < count; i++) {
    const depth = 5 + below(56);
    const like = i === 0 ? [] : stacks[below(i)]!;
    const shared = Math.min(
      Math.max(0, like.length - 1),
      Math.floor(depth * (0.3 + 0.65 * next())),
    );
    const stack = like.slice(0, shared);
    while (stack.length < depth - 1) stack.push(below(callers));
    stack.push(callers + below(callers));
    stacks.push(stack);
  }
  if (order === 'all')
    return { stacks, visits: Array.from({ length: visits }, (_, i) => i % count) };
  const sums: number[] = [];
  let sum = 0;
  for (let rank = 1; rank <= count; rank++) {
    sum += rank ** -1.05;
    sums.push(sum);
  }
  const chosen = Array.from({ length: visits }, () => rankOf(sums, next() * sum));
  if (order === 'zipf') return { stacks, visits: chosen };
  const keys = stacks.map((stack) => stack.map((frame) => String(frame).padStart(4)).join());
  const local: number[] = [];
  for (let from = 0; from < visits; from += localVisits) {
    const part = chosen.slice(from, from + localVisits);
    local.push(...part.sort((a, b) => (keys[a]! < keys[b]! ? -1 : 1)));
  }
  return { stacks, visits: local };
}

function rankOf(sums: readonly number[], value: number): number {
  let [low, high] = [0, sums.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sums[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Which of the live blocks a new one replaces. */
export type Frees = 'fifo' | 'lifo' | 'random';

/** For each event the place, among `live`, of the block that is freed and the new one takes. */
export function placesOf(events: number, live: number, frees: Frees): Int32Array {
  const next = numbers();
  return Int32Array.from({ length: events }, (_, i) => {
    if (i < live || frees === 'fifo') return i % live;
    const newest = frees === 'lifo' ? 8 : live;
    return live - 1 - Math.floor(next() * Math.min(newest, live));
  });
}
