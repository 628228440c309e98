import type { TracebackRow } from '@tracemalloc/core';
import { cpythonPrimitive } from '../../python/sizes/cpython-rules.ts';
import type { GuestObject, PlainValue } from '../host.ts';
import type { Holders } from './holders.ts';
import type { Ints } from './ints.ts';
import type { Texts } from './texts.ts';

/** What the recorder asks of the table of objects. */
export type ValueSite = {
  /** The traceback of what is running; negative where nothing is to be recorded. */
  row(): number;
  /** The same for an int or float: what C computes for itself in CPython is none. */
  rowOfNumber(): number;
  /** @throws the guest's MemoryError where so many bytes may not be recorded. */
  admit(bytes: number): void;
  /** A float was made at `row` and is dead already. Hot. */
  passFloat(row: TracebackRow): void;
  /** So many bytes are about to be recorded. True after a look: older rows mean nothing then. */
  makeRoom(bytes: number): boolean;
  /** Whether more lives, as far as is known, than ever did when somebody had looked. */
  isPeaking(): boolean;
  /** Looks at all that is held, while the guest is making something. */
  look(): void;
};

/**
 * Records strs and ints: births as the guest's code reports them, deaths by looking at all that is
 * held. What a value is made by is known by hooks; one whose maker has none is charged to its holders.
 */
export class ValueRecorder {
  readonly #texts: Texts;
  readonly #ints: Ints;
  readonly #holders: Holders;
  readonly #site: ValueSite;
  #isLooking = false;
  #holderRow: TracebackRow = none;

  constructor(texts: Texts, ints: Ints, holders: Holders, site: ValueSite) {
    this.#texts = texts;
    this.#ints = ints;
    this.#holders = holders;
    this.#site = site;
  }

  /** A str was made. Hot; throws nothing but the guest's MemoryError. */
  readonly birth = (text: string): void => {
    const row = isCounted(text) ? this.#rowOf(text.length) : none;
    if (row >= 0) this.#texts.add(text, row);
  };

  /** An int beyond 2^53 was computed. Throws nothing but the guest's MemoryError. */
  readonly bigint = (value: bigint): void => {
    const row = this.#rowOf(cpythonPrimitive(value));
    if (row >= 0) this.#texts.addInt(value, row);
  };

  /** A str was made by adding to another one. Hot; throws as {@link birth}. */
  readonly extension = (left: string, text: string): void => {
    const row = isCounted(text) ? this.#rowOf(text.length) : none;
    if (row >= 0) this.#texts.extend(left, text, row);
  };

  /** A long str was made that its own expression uses up: all that is left of it is in the peak. */
  readonly passing = (text: string): void => {
    const row = this.#rowOf(text.length);
    if (row >= 0) this.#texts.pass(text, row);
  };

  /**
   * The block of the newest birth of a str or int, or of a str as long where it is long; −1 = none.
   * Of ints after a look.
   */
  slotOf(value: PlainValue): number {
    return typeof value === 'number' ? this.#ints.slotOf(value) : this.#texts.slotOf(value);
  }

  /** An int was computed. Hot; throws nothing. */
  readonly number = (value: number): void => {
    const row = this.#site.rowOfNumber();
    if (row < 0) return;
    this.#ints.add(value, row);
    if (this.#ints.isFull) this.#site.look();
  };

  /** A float was computed that its own expression uses up. Hot; throws nothing. */
  readonly passingFloat = (): void => {
    const row = this.#site.rowOfNumber();
    if (row >= 0) this.#site.passFloat(row);
  };

  /** Whether a str or int has a block of its own. */
  isBorn(value: PlainValue): boolean {
    return typeof value === 'number' ? this.#ints.isBorn(value) : this.#texts.isBorn(value);
  }

  /** Where so many bytes are made; negative where nothing is to be recorded. Looks first, where it is time to. */
  #rowOf(bytes: number): number {
    this.#site.admit(bytes);
    const row = this.#site.row();
    return row >= 0 && this.#site.makeRoom(bytes) ? this.#site.row() : row;
  }

  /** Whether so many were born that it is time for a look: later where the dead are in no peak. */
  isTimeToLook(): boolean {
    return this.#texts.isFull && (this.#site.isPeaking() || !this.#texts.postpone());
  }

  /**
   * Sees which values are still held. @param pass calls `visit` for each recorded object that lives.
   * @param isMaking whether the guest is making something, and the newest values may still come to be held.
   */
  look(isMaking: boolean, pass: () => void): void {
    this.#texts.beginLook();
    this.#ints.beginLook();
    this.#isLooking = true;
    try {
      pass();
      this.#holders.visitRoots(this.#hold);
    } finally {
      this.#isLooking = false;
    }
    this.#texts.endLook(isMaking);
    this.#ints.endLook(isMaking);
  }

  /**
   * A recorded object was seen alive. @param row where it was made; −1 = not known.
   * @returns whether the ints in it are counted where they were born.
   */
  visit(object: GuestObject, row: TracebackRow): boolean {
    if (!this.#isLooking) return false;
    this.#holderRow = row;
    this.#holders.visit(object, this.#hold);
    this.#holderRow = none;
    return !this.#holders.hasOwnInts(object);
  }

  clear(): void {
    this.#texts.clear();
    this.#ints.clear();
  }

  readonly #hold = (value: PlainValue): void => {
    if (typeof value === 'number') this.#ints.hold(value, this.#holderRow);
    else this.#texts.hold(value, this.#holderRow);
  };
}

const none = -1;

/** CPython shares '' and the characters of Latin-1. */
function isCounted(text: string): boolean {
  return text.length > 1 || (text.length === 1 && text.charCodeAt(0) > 255);
}
