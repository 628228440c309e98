import type { Bytes } from '@tracemalloc/core';
import type { BrythonInternals, GuestObject, PlainValue } from '../host.ts';
import type { GuestLayout } from '../sizes/layout.ts';
import { tokenOf } from './guest-token.ts';
import { Holders } from './holders.ts';

/** What an outline asks of the table of objects. */
type OutlinedObjects = {
  readonly isRecorded: (object: object) => boolean;
  /** The block of a recorded object. */
  slotOf(object: unknown): number;
};

/** Recorded objects that an outline is made of: those nearest to the roots. */
const mostObjects = 4096;
/** Containers of more items are known by their length, and not looked into. */
const mostItems = 64;
/** Items of a dict that are counted: its keys may have to be listed for that. */
const mostCounted = 20_000;
/** Bytes that a small object takes, and an item that is no object, about. */
const smallObject = 100;
const plainItem = 40;
/** Items of a large container that are looked into. */
const sampleSize = 16;

/** What is known of an object near the roots. */
type Outlined = {
  /** Items of a large container, or bytes of a bytes object; 0 of all others. */
  readonly length: number;
  /** Bytes that may go when it goes, or with each item of it. */
  weight: Bytes;
};

/**
 * The objects nearest to the roots: what frames and modules hold, then what these hold, and so on.
 * Compared with an earlier outline it tells, for the price of a few thousand objects, whether the
 * program may have let go of much. Little hangs on most objects that are farther away.
 */
export class Outline {
  readonly #layout: GuestLayout;
  readonly #objects: OutlinedObjects;
  readonly #holders: Holders;
  /** For items that are looked into to see what they weigh. */
  readonly #samples: Holders;
  /** By block. */
  #known = new Map<number, Outlined>();
  /** Blocks of `#known`, and of as many that are farther away. */
  readonly #seen = new Set<number>();
  /** Characters of the strs that are held near the roots. */
  #characters = 0;
  readonly #open: object[] = [];

  constructor($B: BrythonInternals, layout: GuestLayout, objects: OutlinedObjects) {
    this.#layout = layout;
    this.#objects = objects;
    this.#holders = new Holders($B, layout, objects.isRecorded);
    this.#samples = new Holders($B, layout, objects.isRecorded);
  }

  /**
   * Takes a new outline. Cost: O(1), whatever lives.
   * @param traced all bytes that live.
   * @returns bytes that the program may have let go of since the last outline.
   */
  take(traced: Bytes): Bytes {
    const before = this.#known;
    const charactersBefore = this.#characters;
    this.#walk(traced);
    let lost = Math.max(0, charactersBefore - this.#characters);
    for (const [slot, { length, weight }] of before) {
      if (!this.#seen.has(slot)) lost += weight * Math.max(1, length);
      else lost += weight * Math.max(0, length - (this.#known.get(slot)?.length ?? length));
    }
    return lost;
  }

  clear(): void {
    this.#known.clear();
    this.#characters = 0;
  }

  #walk(traced: Bytes): void {
    this.#known = new Map();
    this.#seen.clear();
    this.#characters = 0;
    this.#open.length = 0;
    this.#holders.visitNearRoots(this.#tell, this.#meet);
    for (let i = 0; i < Math.min(this.#open.length, mostObjects); i++) {
      const object = this.#open[i] as GuestObject;
      const length = this.#lengthOf(object);
      const outlined = { length, weight: this.#weightOf(object, length, traced) };
      this.#known.set(this.#objects.slotOf(object), outlined);
      if (length > 0) continue;
      this.#holders.visitHeld(object, this.#meet, this.#tell);
      // Nobody will look into what it holds.
      if (this.#open.length > mostObjects) outlined.weight = traced;
    }
    this.#open.length = 0;
    this.#holders.end();
  }

  readonly #tell = (value: PlainValue): void => {
    this.#characters += charactersIn(value);
  };

  readonly #meet = (object: object): void => {
    const slot = this.#objects.slotOf(object);
    if (slot < 0 || this.#seen.has(slot) || this.#open.length >= 2 * mostObjects) return;
    this.#seen.add(slot);
    this.#open.push(object);
  };

  #weightOf(object: GuestObject, length: number, traced: Bytes): Bytes {
    if (length === 0) return smallObject;
    if (object['source'] !== undefined) return 1;
    const most = traced / length;
    const arrays = this.#layout.arraysOf(object);
    if (arrays.length === 0) return most;
    let weight = 0;
    for (const items of arrays) {
      const step = Math.ceil(items.length / sampleSize);
      let heaviest = 0;
      for (let i = 0; i < items.length; i += step) {
        heaviest = Math.max(heaviest, this.#weightOfItem(items[i], most));
      }
      weight += heaviest;
    }
    return Math.min(weight, most);
  }

  /** What goes with an item: more than itself is not looked into. */
  #weightOfItem(item: unknown, most: Bytes): Bytes {
    if (typeof item !== 'object' || item === null) return plainItem + charactersIn(item);
    const object = item as GuestObject;
    if (!this.#objects.isRecorded(object)) return most;
    const length = this.#lengthOf(object);
    if (length > 0) return object['source'] === undefined ? most : length;
    let weight = 2 * smallObject;
    this.#samples.visitHeld(
      object,
      () => {
        weight = most;
      },
      (value) => {
        weight += charactersIn(value);
      },
    );
    this.#samples.end();
    return weight;
  }

  #lengthOf(object: GuestObject): number {
    const length = this.#countOf(object);
    return length > mostItems ? length : 0;
  }

  #countOf(object: GuestObject): number {
    const items = Array.isArray(object) ? object : object['source'];
    if (Array.isArray(items)) return items.length;
    const used = object['$used'];
    if (typeof used === 'number') return used;
    const guestClass = this.#layout.classOf(object);
    if (guestClass === undefined || this.#layout.kindOf(guestClass) !== 'dict') return 0;
    const arrays = this.#layout.arraysOf(object);
    if (arrays.length > 0) return arrays[0]!.length;
    const room = tokenOf(object)?.capacity ?? -1;
    return room > mostCounted ? room : this.#layout.dictLength(object);
  }
}

function charactersIn(value: unknown): number {
  return typeof value === 'string' ? value.length : 0;
}
