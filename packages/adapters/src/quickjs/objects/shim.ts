import { assemble, type Body, call, locals, op } from '../../wasm/assemble.ts';

/** `JSMallocFunctions` as far as they are replaced: each takes the state of the allocator first. */
export type MallocFunctions = {
  readonly malloc: unknown;
  readonly free: unknown;
  readonly realloc: unknown;
};

/** What JavaScript hears of: addresses and sizes as WASM has them, signed or not. */
export type ShimEvents = {
  readonly allocated: (block: number, bytes: number) => void;
  /** Before it is. */
  readonly freed: (block: number) => void;
  /** `from` may be 0; `to` is 0 for what failed, or was freed. */
  readonly moved: (from: number, to: number, bytes: number) => void;
};

const [malloc, free, realloc, allocated, freed, moved] = [0, 1, 2, 3, 4, 5];
const [, second, third, fourth] = [0, 1, 2, 3] as const;

const functions: readonly Body[] = [
  {
    signature: 'ii:i',
    variables: 1,
    code: [
      ...[...locals(0, second), ...call(malloc!), op.tee, third, ...op.ifVoid],
      ...[...locals(third, second), ...call(allocated!), op.end, ...locals(third)],
    ],
  },
  {
    signature: 'ii:',
    variables: 0,
    code: [
      ...[...locals(second), ...op.ifVoid, ...locals(second), ...call(freed!), op.end],
      ...[...locals(0, second), ...call(free!)],
    ],
  },
  {
    signature: 'iii:i',
    variables: 1,
    code: [
      ...[...locals(0, second, third), ...call(realloc!), op.set, fourth],
      ...[...locals(second, fourth, third), ...call(moved!), ...locals(fourth)],
    ],
  },
];

/** Functions of WASM that do what the given ones do, and tell JavaScript of it. */
export function makeShim(originals: MallocFunctions, events: ShimEvents): MallocFunctions {
  const exports = assemble({
    imports: [
      [originals.malloc, 'ii:i'],
      [originals.free, 'ii:'],
      [originals.realloc, 'iii:i'],
      [events.allocated, 'ii:'],
      [events.freed, 'i:'],
      [events.moved, 'iii:'],
    ],
    functions,
    globals: [],
    pages: 0,
  });
  return { malloc: exports['0'], free: exports['1'], realloc: exports['2'] };
}
