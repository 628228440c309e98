import { SingleBar as Bar, type SingleBar } from 'cli-progress';
import type { Io } from './io.ts';

/** Work that is over sooner than this shows no bar. */
const delayMs = 300;

/** A progress bar on stderr, for work that takes long and only where somebody watches. */
export class Progress {
  readonly #io: Io;
  readonly #label: string;
  readonly #begin = Date.now();
  #bar: SingleBar | null = null;

  constructor(io: Io, label: string) {
    this.#io = io;
    this.#label = label;
  }

  /** @param total 0 = not known yet. */
  update(done: number, total: number): void {
    if (!this.#io.interactive || total === 0) return;
    if (this.#bar === null) {
      if (Date.now() - this.#begin < delayMs) return;
      this.#bar = new Bar({
        format: `${this.#label} {bar} {percentage}% | {eta_formatted} left`,
        clearOnComplete: true,
        hideCursor: true,
      });
      this.#bar.start(total, done);
    }
    this.#bar.update(done);
  }

  stop(): void {
    this.#bar?.stop();
  }
}
