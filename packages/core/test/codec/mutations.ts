import { TracemallocError } from '@tracemalloc/core';
import { crc32 } from '../../src/codec/crc32.ts';
import { prologueBytes, sectionHeadBytes } from '../../src/codec/schema.ts';

/** Numbers in 0 … 2^32 − 1 that a seed decides (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

export function* prefixes(bytes: Uint8Array): Generator<Uint8Array> {
  for (let length = 0; length < bytes.length; length++) yield bytes.slice(0, length);
}

/** Copies of `bytes` with one byte changed. */
export function* flips(bytes: Uint8Array, count: number, seed: number): Generator<Uint8Array> {
  const random = randomNumbers(seed);
  for (let run = 0; run < count; run++) {
    const flipped = bytes.slice();
    flipped[random() % bytes.length]! ^= 1 + (random() % 255);
    yield flipped;
  }
}

export function* randomBuffers(
  count: number,
  seed: number,
  begin: Uint8Array,
): Generator<Uint8Array> {
  const random = randomNumbers(seed);
  for (let run = 0; run < count; run++) {
    const bytes = Uint8Array.from({ length: random() % 400 }, () => random());
    if (run % 2 === 1) bytes.set(begin.subarray(0, bytes.length));
    yield bytes;
  }
}

/** Corrects the checksums, so that a change is met by the checks behind them. */
export function reseal(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = prologueBytes;
  while (at + sectionHeadBytes <= bytes.length) {
    const end = at + sectionHeadBytes + view.getUint32(at + 8);
    if (end > bytes.length) break;
    const crc = crc32(bytes, at + sectionHeadBytes, end, crc32(bytes, at + 1, at + 2));
    view.setUint32(at + 3, crc);
    at = end;
  }
  return bytes;
}

/**
 * What reading gave: `'read'`, or the code of the error.
 * @throws when the error is none that a reader of files may throw, or names no byte of the input.
 */
export function outcomeOf(read: () => unknown, length: number): string {
  try {
    read();
    return 'read';
  } catch (error) {
    if (!(error instanceof TracemallocError)) throw error;
    const { offset } = error.details;
    if (Number.isInteger(offset) && Number(offset) >= 0 && Number(offset) <= length)
      return error.code;
    throw new Error(`offset ${String(offset)} is not in the file: ${error.message}`);
  }
}
