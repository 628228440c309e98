import type { LabelRow, Tracer } from '@tracemalloc/core';
import { noLabel } from './guest-labels.ts';

/** Gives the tracer the guest's labels, and the host's where the guest has none. */
export class LabelSwitch {
  /** The guest's label that was asked for last; {@link noLabel}: the host's. */
  at: LabelRow = noLabel;
  readonly #tracer: Tracer;

  constructor(tracer: Tracer) {
    this.#tracer = tracer;
  }

  /** The label that the host has set last. */
  get host(): LabelRow {
    return this.#tracer.hostLabel;
  }

  /** What is allocated from now on has the label. */
  use(label: LabelRow): void {
    this.at = label;
    const wanted = label === noLabel ? this.#tracer.hostLabel : label;
    if (wanted !== this.#tracer.currentLabel) this.#tracer.useLabel(wanted);
  }
}
