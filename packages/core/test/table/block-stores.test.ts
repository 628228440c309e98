import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BlockStore } from '../../src/table/block-store.ts';
import { HashedBlocks } from '../../src/table/hashed-blocks.ts';
import { PagedBlocks } from '../../src/table/paged-blocks.ts';
import { runs } from '../runs.ts';

const stores: [name: string, make: () => BlockStore][] = [
  ['hashed', () => new HashedBlocks(0)],
  ['paged by 1', () => new PagedBlocks(0)],
  ['paged by 8', () => new PagedBlocks(3)],
  ['paged by 4096', () => new PagedBlocks(12)],
];

type Block = [size: number, site: number];

/** By site: the number that it has in copies. */
const renamed = Int32Array.from({ length: 128 }, (_, site) => 127 - site);

/** A store beside the Map that it stands for. */
class Pair {
  readonly store: BlockStore;
  readonly map = new Map<number, Block>();

  constructor(store: BlockStore) {
    this.store = store;
  }

  put(id: number, size: number, site: number): void {
    this.#expectFound(this.store.put(id, size, site), id);
    this.map.set(id, [size, site]);
  }

  take(id: number): void {
    this.#expectFound(this.store.take(id), id);
    this.map.delete(id);
  }

  find(id: number): void {
    this.#expectFound(this.store.find(id), id);
  }

  check(): void {
    const { store, map } = this;
    if (store.count !== map.size) throw new Error(`count is ${store.count}, not ${map.size}`);
    const size = new Float64Array(map.size + 2).fill(-7);
    const site = new Int32Array(map.size + 2).fill(-7);
    store.copyTo(size, site, 1, renamed);
    expect([size[0], site[0], size.at(-1), site.at(-1)]).toEqual([-7, -7, -7, -7]);
    const found = Float64Array.from(map.values(), (_, i) => keyOf([size[i + 1]!, site[i + 1]!]));
    const expected = Float64Array.from(map.values(), ([bytes, row]) =>
      keyOf([bytes, renamed[row]!]),
    );
    found.sort();
    expected.sort();
    // The text of 30 000 numbers takes longer than all else here.
    if (found.some((key, i) => key !== expected[i])) expect(found.join()).toBe(expected.join());
    for (const id of map.keys()) this.find(id);
  }

  #expectFound(found: number, id: number): void {
    const [size, site] = this.map.get(id) ?? [0, 0];
    if (found !== site || (site !== 0 && this.store.foundSize[0] !== size)) {
      throw new Error(
        `${id}: found ${this.store.foundSize[0]} at ${found}, not ${size} at ${site}`,
      );
    }
  }
}

/** A block as one number; sizes here differ in their low 45 bits, and sites are below 128. */
function keyOf([size, site]: Block): number {
  return (size % 2 ** 45) * 128 + site;
}

const size = fc.oneof(
  fc.nat(1000),
  fc.constantFrom(0, 2 ** 31, 2 ** 32 - 2, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER),
);
const id = fc.oneof(
  fc.nat(40),
  fc.nat(40).map((n) => n * 8),
  fc.nat(40).map((n) => n * 4096),
  fc.nat(9).map((n) => n * 2 ** 32 + 8),
  fc.nat(9).map((n) => Number.MAX_SAFE_INTEGER - n),
);
const operation = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(fc.constant('put'), id, size, fc.integer({ min: 1, max: 99 })) },
  { weight: 3, arbitrary: fc.tuple(fc.constant('take'), id) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('find'), id) },
  { weight: 1, arbitrary: fc.constant(['clear'] as const) },
);

describe.each(stores)('%s', (_, make) => {
  test('a store holds what a Map holds', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 200, size: 'max' }), (operations) => {
        const pair = new Pair(make());
        for (const [name, a, b, c] of operations as [string, number, number, number][]) {
          if (name === 'put') pair.put(a, b, c);
          else if (name === 'take') pair.take(a);
          else if (name === 'find') pair.find(a);
          else {
            pair.store.clear();
            pair.map.clear();
          }
        }
        pair.check();
      }),
      { numRuns: runs(50) },
    );
  });

  // Enough for a segment to grow to its limit and split.
  const count = 30_000;
  const spaced: [string, (i: number) => number][] = [
    ['in a row', (i) => i],
    ['8 apart', (i) => i * 8],
    ['4096 apart', (i) => i * 4096],
    ['2^20 apart', (i) => i * 2 ** 20],
    ['2^32 apart', (i) => i * 2 ** 32],
    ['alike in the low 32 bits', (i) => (i % 2 ** 21) * 2 ** 32 + 12345],
    ['off the alignment', (i) => i * 8 + (i % 7)],
    ['downwards from 2^53', (i) => Number.MAX_SAFE_INTEGER - i],
    ['all over', (i) => (Math.imul(i, 0x9e3779b1) >>> 0) * 2 ** 20 + i],
  ];
  test.each(spaced)('%s: 30 000 ids come, half of them go, all go', (_, idAt) => {
    const pair = new Pair(make());
    for (let i = 0; i < count; i++) pair.put(idAt(i), i % 777, 1 + (i % 50));
    expect(pair.store.count).toBe(count);
    for (let i = 0; i < count; i += 2) pair.take(idAt(i));
    pair.check();
    for (let i = count - 1; i >= 0; i--) pair.take(idAt(i));
    expect(pair.store.count).toBe(0);
    pair.check();
  });
});

test('sizes of 4 GiB and more come back exactly, over and under small ones', () => {
  for (const [, make] of stores) {
    const pair = new Pair(make());
    for (const big of [2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1]) {
      pair.put(4096, 5, 1);
      pair.put(4096, big, 2);
      pair.put(4096, big - 1, 3);
      pair.check();
      pair.put(4096, 6, 4);
      pair.take(4096);
      pair.put(4096, big, 5);
      pair.take(4096);
      pair.check();
    }
  }
});
