import type { LabelRow, Tracer } from '@tracemalloc/core';
import { noLabel } from './guest-labels.ts';

/** Gives the tracer the guest's labels, and the host's where the guest has none. */
export class LabelSwitch {
  /** The guest's label that was asked for last; {@link noLabel}: the host's. */
  at: LabelRow = noLabel;
  readonly #tracer: Tracer;
  /** The host's label when the guest's was asked for. */
  #host: LabelRow = 0;

  constructor(tracer: Tracer) {
    this.#tracer = tracer;
  }

  /** The label that the host has set last. */
  get host(): LabelRow {
    const current = this.#tracer.currentLabel;
    return current === this.at ? this.#host : current;
  }

  /** What is allocated from now on has the label. The host may have set its own since it was asked last. */
  use(label: LabelRow): void {
    if (label !== noLabel && label === this.#tracer.currentLabel) return;
    const { host } = this;
    this.#host = host;
    this.at = label;
    const wanted = label === noLabel ? host : label;
    if (wanted !== this.#tracer.currentLabel) this.#tracer.setLabel(wanted);
  }
}
