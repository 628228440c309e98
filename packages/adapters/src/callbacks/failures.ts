import type { Tracer } from '@tracemalloc/core';
import { errorText } from '../contract/shown.ts';

/** As often in a row a function may fail before it is asked no more. */
const patience = 16;

/**
 * Counts what a function of the adapter's author throws. Nothing of it reaches the guest; a
 * function that does nothing but throw is turned off; snapshots say how often it failed and why at
 * first, as `walkFailures` or `sizeOfFailures` of their metadata.
 */
export class Failures {
  /** The function is not to be called any more. */
  isOff = false;
  count = 0;
  readonly #tracer: Tracer;
  readonly #name: 'walk' | 'sizeOf';
  #first = '';
  #inARow = 0;

  constructor(tracer: Tracer, name: 'walk' | 'sizeOf') {
    this.#tracer = tracer;
    this.#name = name;
  }

  /** Hot: one store. */
  succeeded(): void {
    this.#inARow = 0;
  }

  failed(error: unknown): void {
    this.count++;
    this.#inARow++;
    if (this.count === 1) this.#first = errorText(error);
    this.isOff = this.#inARow >= patience;
    const { count, isOff } = this;
    this.#tracer.setMetadata({ [`${this.#name}Failures`]: { count, first: this.#first, isOff } });
  }
}
