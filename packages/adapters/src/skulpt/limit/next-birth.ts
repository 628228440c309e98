import type { GuestStack } from '../frames/guest-stack.ts';
import type { SkulptObject } from '../host.ts';
import type { Charged } from './meter.ts';

/**
 * Calls `work` at the next object that the guest makes: a place where memory can be read, in the midst
 * of a program that may be interrupted anywhere. Nothing where the limit changes before. `work` must not throw.
 */
export function atNextBirth(stack: GuestStack, work: () => void): void {
  const before = stack.meter;
  if (before instanceof NextBirth) {
    before.work = work;
    return;
  }
  stack.meter = new NextBirth(stack, before, work);
}

class NextBirth implements Charged {
  work: () => void;
  readonly #stack: GuestStack;
  readonly #before: Charged | null;

  constructor(stack: GuestStack, before: Charged | null, work: () => void) {
    this.#stack = stack;
    this.#before = before;
    this.work = work;
  }

  born(object: SkulptObject): void {
    // What is not the guest's own may be a walk.
    if (this.#stack.paused === 0) {
      this.#stack.meter = this.#before;
      this.#stack.paused++;
      try {
        this.work();
      } finally {
        this.#stack.paused--;
      }
    }
    this.#before?.born(object);
  }

  charge(bytes: number): void {
    this.#before?.charge(bytes);
  }
}
