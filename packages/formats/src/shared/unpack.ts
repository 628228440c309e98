import { TracemallocError, type TracemallocErrorCode } from '@tracemalloc/core';
import { Gunzip } from 'fflate/browser';
import { badFile } from './read-json.ts';

/** Bytes that a packed file may unpack to, beside a multiple of its own. */
const freeBytes = 16 * 2 ** 20;
const bytesPerByte = 128;

/** Whether bytes begin as gzip's do. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** @throws TracemallocError `corrupt`, or `too-large` for what unpacks to far more than it is. */
export function unpack(format: string, packed: Uint8Array): Uint8Array {
  const bad = (what: string, code?: TracemallocErrorCode) => badFile(format, what, code);
  const most = freeBytes + bytesPerByte * packed.length;
  const pieces: Uint8Array[] = [];
  let length = 0;
  let isWhole = false;
  const gunzip = new Gunzip((piece, isLast) => {
    length += piece.length;
    if (length > most) throw bad(`it unpacks to more than ${most} bytes`, 'too-large');
    pieces.push(piece);
    isWhole ||= isLast;
  });
  try {
    // In pieces, so that a bomb is seen before it is unpacked.
    for (let at = 0; at < packed.length; at += 65536) {
      gunzip.push(packed.subarray(at, at + 65536), at + 65536 >= packed.length);
    }
  } catch (error) {
    if (error instanceof TracemallocError) throw error;
    throw bad(error instanceof Error ? error.message : String(error));
  }
  if (!isWhole) throw bad('its end is missing');
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
