import type { Bytes } from '@tracemalloc/core';
import { parseSize as bytesOf, sizeForms } from '@tracemalloc/core/python';

/** Units of sizes: KiB and its like are powers of 1024, KB and its like of 1000. */
export type SizeUnit = 'B' | `${'K' | 'k' | 'M' | 'G' | 'T' | 'P'}${'B' | 'iB'}`;

/** A number of bytes, or a text such as `24 KiB` or `1MB`. */
export type Size = number | `${number}` | `${number}${'' | ' '}${SizeUnit}`;

/**
 * Bytes of a size; a fraction of a byte is dropped.
 * @throws TypeError for what is neither number nor string, RangeError for what is no size; both
 * name the accepted forms.
 */
export function parseSize(name: string, size: unknown): Bytes {
  const accepted = `a size: bytes as a number, or a text such as ${sizeForms}`;
  if (typeof size !== 'number' && typeof size !== 'string') {
    throw new TypeError(`${name} must be ${accepted}, got ${size === null ? 'null' : typeof size}`);
  }
  const bytes = typeof size === 'number' ? size : bytesOf(size);
  if (bytes !== undefined && Number.isSafeInteger(bytes) && bytes >= 0) return bytes;
  const found = typeof size === 'string' ? JSON.stringify(size.slice(0, 60)) : size;
  throw new RangeError(`${name} must be ${accepted}, got ${found}`);
}
