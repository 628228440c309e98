import type { Bytes, MemoryExcess, TracebackRow, Tracer } from '@tracemalloc/core';
import type { SkulptObject } from '../host.ts';

/** Told of what is allocated, before the guest has it. */
export type Charged = {
  /** An object was born. Hot. @throws the guest's MemoryError. */
  born(object: SkulptObject): void;
  /** So many bytes came. Hot. @throws the guest's MemoryError where they may not. */
  charge(bytes: Bytes): void;
};

/** What it asks of the guest's stack. */
type Running = {
  /** Not 0: what runs is not the guest's. */
  readonly paused: number;
  /** Of an allocation that happens now. */
  stamp(): number;
  rowOf(stamp: number): TracebackRow;
};

/** Bytes that may come between two walks at most, near a limit; of small limits an eighth. */
const maxSlack: Bytes = 2 ** 20;

/** What an object has beside its text or items, about. */
const headBytes: Bytes = 64;

/**
 * What was allocated since it was known what lives, while a limit is set. Skulpt's memory is known at
 * walks only: one is made whenever so much has come that the limit may be exceeded. What a native
 * function is making can't be reached yet, so its size counts as asked for.
 */
export class Meter implements Charged {
  readonly #tracer: Tracer;
  readonly #stack: Running;
  readonly #raise: (excess: MemoryExcess) => never;
  /** Bytes that came since the last walk, and how many may before the next one. */
  #come: Bytes = 0;
  #until: Bytes = 0;
  #isLooking = false;
  /** The last look ended in a refusal. */
  #isRefusing = false;

  /** @param raise throws the guest's MemoryError. */
  constructor(tracer: Tracer, stack: Running, raise: (excess: MemoryExcess) => never) {
    this.#tracer = tracer;
    this.#stack = stack;
    this.#raise = raise;
  }

  born(object: SkulptObject): void {
    const value = object.v;
    let bytes = headBytes;
    if (typeof value === 'string') bytes += value.length;
    else if (Array.isArray(value)) bytes += 8 * value.length;
    else if (typeof value === 'object' && value !== null) {
      bytes += Number((value as { readonly length?: unknown }).length ?? 0);
    }
    this.charge(bytes);
  }

  charge(bytes: Bytes): void {
    this.#come += bytes;
    if (this.#come > this.#until) this.#look(bytes);
  }

  /** So many bytes are about to be asked for at once, or are held by a native function that makes something. */
  admit(bytes: Bytes): void {
    if (this.#come + bytes > this.#until) this.#look(bytes);
  }

  #look(requested: Bytes): void {
    const { limit } = this.#tracer;
    if (this.#isLooking || this.#stack.paused !== 0 || limit === null) return;
    const slack = Math.min(maxSlack, limit.bytes / 8);
    this.#isLooking = true;
    let excess: MemoryExcess | null = null;
    try {
      if (!this.#isRefusing) {
        const room = limit.bytes - this.#tracer.getTracedMemory().current;
        this.#come = 0;
        this.#until = Math.max(room, slack / 2);
        if (requested <= room) return;
      }
      // Who goes on after a refusal is refused at once; whether there is room again is looked at now and then.
      const row = this.#stack.rowOf(this.#stack.stamp());
      excess = this.#tracer.refuse(this.#come + requested, Math.max(0, row));
      this.#isRefusing = excess !== null;
      this.#come = 0;
      this.#until = this.#isRefusing ? 0 : slack / 16;
    } finally {
      this.#isLooking = false;
    }
    if (excess !== null) this.#raise(excess);
  }
}
