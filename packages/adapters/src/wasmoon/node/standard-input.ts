import { readSync } from 'node:fs';

const pause = new Int32Array(new SharedArrayBuffer(4));
const pauseMilliseconds = 10;

/**
 * Reads what standard input has, and waits where it has nothing yet: a pipe whose writer is late, a
 * terminal where nobody has typed. @returns bytes read; 0 at the end.
 */
export function readStandardInput(buffer: Uint8Array): number {
  for (;;) {
    try {
      return readSync(0, buffer);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EOF') return 0;
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(pause, 0, 0, pauseMilliseconds);
    }
  }
}
