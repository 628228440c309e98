import type { Bytes } from '@tracemalloc/core';

/** A number of bytes, or a text such as `24 KiB` or `1MB`. */
export type Size = number | string;

/** KiB and its like are powers of 1024, KB and its like of 1000. */
const units: Readonly<Record<string, number>> = {
  b: 1,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
  kb: 1000,
  mb: 1000 ** 2,
  gb: 1000 ** 3,
};

const form = /^(\d+(?:\.\d+)?) ?([a-z]+)$/i;

/**
 * Bytes of a size; a fraction of a byte is dropped.
 * @throws TypeError for what is neither number nor string, RangeError for what is no size; both
 * name the accepted forms.
 */
export function parseSize(name: string, size: Size): Bytes {
  const accepted = `a size: bytes as a number, or a text such as '512 B', '24 KiB', '1.5 MiB' or '1MB'`;
  if (typeof size !== 'number' && typeof size !== 'string') {
    throw new TypeError(`${name} must be ${accepted}, got ${size === null ? 'null' : typeof size}`);
  }
  const [, digits = '', unit = ''] = typeof size === 'string' ? (form.exec(size) ?? []) : [];
  const bytes = typeof size === 'number' ? size : Math.floor(Number(digits) * toBytes(unit));
  if (Number.isSafeInteger(bytes) && bytes >= 0) return bytes;
  const found = typeof size === 'string' ? JSON.stringify(size.slice(0, 60)) : size;
  throw new RangeError(`${name} must be ${accepted}, got ${found}`);
}

function toBytes(unit: string): number {
  const name = unit.toLowerCase();
  return Object.hasOwn(units, name) ? units[name]! : Number.NaN;
}
