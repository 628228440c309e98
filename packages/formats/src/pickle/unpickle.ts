import { PickleMachine } from './machine.ts';
import { operations } from './operations.ts';
import type { PyValue } from './py-value.ts';

const stop = '.'.charCodeAt(0);

/** Bytes between two reports of progress. */
const reportBytes = 2 ** 18;

/** Told how far reading has come. */
export type PickleProgress = { readonly bytes: number; readonly totalBytes: number };

/**
 * Reads the pickle of protocol 0 to 5 that begins at an offset, as far as a snapshot needs it:
 * literals, containers, snapshots; of all else what it is named, see `calls.ts`.
 * @returns its value, and where it ends.
 * @throws TracemallocError with the opcode's offset.
 */
export function unpickle(
  bytes: Uint8Array,
  start: number,
  maxBytes: number,
  onProgress?: (progress: PickleProgress) => void,
): { value: PyValue; end: number } {
  const machine = new PickleMachine(bytes, start, maxBytes);
  let nextReport = onProgress === undefined ? Number.POSITIVE_INFINITY : reportBytes;
  for (;;) {
    const opcode = machine.nextOpcode();
    if (opcode === stop) break;
    if (machine.offset >= nextReport) {
      onProgress?.({ bytes: machine.offset, totalBytes: bytes.length });
      nextReport = machine.offset + reportBytes;
    }
    const run = operations[opcode];
    if (!run) {
      const name = `opcode 0x${opcode.toString(16).padStart(2, '0')}`;
      throw machine.fail(`${name} does not occur in a snapshot's pickle`);
    }
    run(machine);
  }
  return { value: machine.pop(), end: bytes.length - machine.left };
}
