import type { Outline } from './outline.ts';
import type { PeakGuard } from './peak-guard.ts';

/** Blocks up to which all that lives is looked at whenever memory is read. */
export const fewBlocks = 20_000;
/** Beyond, the part of traced memory that may be wrong in a glance. */
const share = 1 / 16;

/**
 * Decides when a read may do without a look at all that lives, which takes time in proportion to
 * that. While little was recorded and let go of since the last look, what died young is enough.
 */
export class Glance {
  readonly #guard: PeakGuard;
  readonly #outline: Outline;
  #isEnough = false;
  /** What the guard had counted at the last look at all; −1 = there was none. */
  #looked = -1;
  /** Bytes that the program may have let go of since. */
  #lost = 0;

  constructor(guard: PeakGuard, outline: Outline) {
    this.#guard = guard;
    this.#outline = outline;
  }

  /** Runs `read`, whose reads of memory may be glances. */
  during<T>(read: () => T): T {
    this.#isEnough = true;
    try {
      return read();
    } finally {
      this.#isEnough = false;
    }
  }

  /** Whether a look at all is not due. @param blocks that live. */
  suffices(blocks: number): boolean {
    if (!this.#isEnough || blocks <= fewBlocks || this.#looked < 0) return false;
    const most = this.#guard.current * share;
    const recorded = this.#guard.recorded - this.#looked;
    if (recorded + this.#lost > most) return false;
    this.#lost += this.#outline.take(this.#guard.current);
    return recorded + this.#lost <= most;
  }

  /** All that lives was looked at. */
  looked(blocks: number): void {
    this.#looked = this.#guard.recorded;
    this.#lost = 0;
    if (blocks > fewBlocks) this.#outline.take(this.#guard.current);
  }

  reset(): void {
    this.#looked = -1;
    this.#lost = 0;
    this.#outline.clear();
  }
}
