import type { Bytes } from '../base/units.ts';
import { weightOf } from './weight.ts';

/**
 * How many blocks lived and how many of them were chosen, by class of sizes: `"16": [812, 3]`. From 16
 * bytes on, a power of two has eight classes, each called by its smallest size.
 */
export type SizeClasses = { readonly [smallest: string]: readonly [live: number, chosen: number] };

/** The smallest size of a class: it, up to an eighth of a power of two. */
function classOf(size: Bytes): Bytes {
  if (size < 16) return size;
  const step = 2 ** (Math.floor(Math.log2(size)) - 3);
  return Math.floor(size / step) * step;
}

/** Counts blocks by class. */
export class SizeCounts {
  readonly #counts = new Map<Bytes, [live: number, chosen: number]>();

  add(size: Bytes, isChosen: boolean): void {
    const name = classOf(size);
    const counts = this.#counts.get(name) ?? [0, 0];
    this.#counts.set(name, counts);
    counts[0]++;
    if (isChosen) counts[1]++;
  }

  classes(): SizeClasses {
    return Object.fromEntries([...this.#counts].sort(([a], [b]) => a - b));
  }
}

/** Classes of two snapshots as one. */
export function addedClasses(a: SizeClasses, b: SizeClasses): SizeClasses {
  const sum = new Map(Object.entries(a));
  for (const [name, [live, chosen]] of Object.entries(b)) {
    const [before, chosenBefore] = sum.get(name) ?? [0, 0];
    sum.set(name, [before + live, chosenBefore + chosen]);
  }
  return Object.fromEntries([...sum].sort(([x], [y]) => Number(x) - Number(y)));
}

/**
 * What is known of all blocks that lived: the variance of estimates over those that were chosen. Of
 * a sample alone it is far too small where a small block stands for hundreds, and none was chosen.
 */
export class Population {
  readonly #classes: ReadonlyMap<Bytes, readonly [live: number, chosen: number]>;
  /** Variance of classes that no block was chosen of. */
  readonly missed: { readonly size: number; readonly count: number };
  /** About the bytes of all. */
  readonly bytes: Bytes;

  constructor(classes: SizeClasses, interval: Bytes) {
    const entries = Object.entries(classes).map(
      ([name, counts]) => [Number(name), counts] as const,
    );
    this.#classes = new Map(entries);
    let [size, count, bytes] = [0, 0, 0];
    for (const [smallest, [live, chosen]] of entries) {
      const middle = smallest < 16 ? smallest : smallest * (1 + 1 / 32);
      bytes += live * middle;
      if (chosen > 0) continue;
      const own = live * (weightOf(middle, interval) - 1);
      size += own * middle ** 2;
      count += own;
    }
    this.missed = { size, count };
    this.bytes = bytes;
  }

  /** Blocks that lived for each one of this size that was chosen; `null` when that is not known. */
  ratioOf(size: Bytes): number | null {
    const [live, chosen] = this.#classes.get(classOf(size)) ?? [0, 0];
    return chosen === 0 ? null : live / chosen;
  }
}
