import { openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

const pieceBytes = 2 ** 16;

/** What a program writes while the terminal shows something else: a file of its own, in the order it was written. */
export class HeldOutput {
  /** What the program writes to. */
  readonly descriptor: number;
  #written = 0;

  /** @throws Error of the system where there is no folder for temporary files. */
  constructor() {
    const path = join(tmpdir(), `tracemalloc-${process.pid}-output`);
    this.descriptor = openSync(path, 'ax+', 0o600);
    // Nobody else needs its name; where it can't go while it is open, it stays.
    rmSync(path, { force: true });
  }

  /** Passes on what came since. */
  flush(write: (bytes: Uint8Array) => void): void {
    for (;;) {
      const piece = Buffer.alloc(pieceBytes);
      const length = readSync(this.descriptor, piece, 0, pieceBytes, this.#written);
      if (length === 0) return;
      this.#written += length;
      write(piece.subarray(0, length));
    }
  }
}
