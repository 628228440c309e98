import type { LabelRow, Tracer } from '@tracemalloc/core';
import { LabelSwitch, noLabel } from '../../contract/index.ts';
import type { MemoryViews } from '../../wasm/memory-views.ts';
import type { Address } from '../host.ts';
import type { Shim } from '../objects/shim.ts';

/** A label that a call was given, and those that it had before. */
type Given = {
  readonly row: LabelRow;
  /** What it runs: the place of its state may be another call's later. */
  readonly code: number;
  readonly outer: Given | null;
};

/**
 * Labels by calls: one holds in the call that was given it and in all that this calls. The state of a generator or a coroutine stays where
 * it is, so that it has its label again whenever it goes on, and nobody else has it.
 */
export class FrameLabels extends LabelSwitch {
  readonly #memory: MemoryViews;
  readonly #calls: Pick<Shim, 'depth' | 'memory'>;
  readonly #given = new Map<Address, Given>();

  constructor(tracer: Tracer, memory: MemoryViews, calls: Pick<Shim, 'depth' | 'memory'>) {
    super(tracer);
    this.#memory = memory;
    this.#calls = calls;
  }

  /** What is allocated next has the label of the newest call that has one. Hot; cost: a load a call, where any has one. */
  settle(): void {
    let found = noLabel;
    if (this.#given.size > 0) {
      for (let i = this.#calls.depth.value - 1; i >= 0 && found === noLabel; i--) {
        found = this.#of(this.#state(i))?.row ?? noLabel;
      }
    } else if (this.at === noLabel) return;
    this.use(found);
  }

  /** The newest call is of the guest's module, and its caller has the label from now on. */
  push(row: LabelRow): void {
    const state = this.#state(this.#calls.depth.value - 2);
    this.#given.set(state, { row, code: this.#code(state), outer: this.#of(state) });
  }

  pop(): void {
    const state = this.#state(this.#calls.depth.value - 2);
    const outer = this.#given.get(state)?.outer ?? null;
    if (outer === null) this.#given.delete(state);
    else this.#given.set(state, outer);
  }

  #of(state: Address): Given | null {
    const given = this.#given.get(state);
    return given !== undefined && given.code === this.#code(state) ? given : null;
  }

  /** Of a call, the oldest being 0; 0 where there is none. */
  #state(call: number): Address {
    return call < 0 ? 0 : new Uint32Array(this.#calls.memory.buffer)[2 * call + 1]!;
  }

  /** The function, of which a state has the address first. */
  #code(state: Address): number {
    this.#memory.refresh();
    return this.#memory.u32[state >>> 2]!;
  }
}
