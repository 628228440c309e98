import { describe } from '../base/check.ts';

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/**
 * Bytes as Python's tracemalloc prints them: `10239 B`, `10.0 KiB`, `-1024 GiB`; with `sign`, a
 * plus for what is not negative. Takes any finite number. Rounds half to even on the exact binary
 * value, as C's printf does; `toFixed` rounds ties up.
 *
 * @throws TypeError when `size` is not a number; RangeError when it is not finite.
 * Python: tracemalloc._format_size(size, sign);
 * https://github.com/python/cpython/blob/3.13/Lib/tracemalloc.py
 */
export function formatSize(size: number, sign = false): string {
  if (typeof size !== 'number') {
    throw new TypeError(`size must be a number, got ${describe(size)}`);
  }
  if (!Number.isFinite(size)) throw new RangeError(`size must be finite, got ${size}`);
  let value = size;
  for (const unit of units) {
    if (unit !== 'B' && Math.abs(value) < 100) return `${fixed(value, 1, sign)} ${unit}`;
    if (unit === 'TiB' || Math.abs(value) < 10 * 1024) return `${fixed(value, 0, sign)} ${unit}`;
    value /= 1024;
  }
  return ''; // Not reached: TiB takes whatever is left.
}

/** `%+.0f` or `%.1f` of printf: exact, ties to even, and the sign of negative zero is kept. */
function fixed(value: number, digits: 0 | 1, sign: boolean): string {
  const magnitude = Math.abs(value);
  const text = magnitude >= 2 ** 52 ? BigInt(magnitude).toString() : rounded(magnitude, digits);
  const negative = value < 0 || Object.is(value, -0);
  return `${negative ? '-' : sign ? '+' : ''}${text}`;
}

/** Below 2^52, so that the fraction can be split off without rounding. */
function rounded(magnitude: number, digits: 0 | 1): string {
  const whole = Math.floor(magnitude);
  const fraction = magnitude - whole;
  if (digits === 0) return String(roundHalfEven(whole, fraction, 1));
  // One digit is asked for from 10 up only (10 240 B is 10.0 KiB), where a fraction is a multiple
  // of 2^-49: ten times it in that unit is an integer below 2^53, so nothing here is rounded.
  const unit = 2 ** 49;
  const tenfold = fraction * unit * 10;
  const tenths = roundHalfEven(Math.floor(tenfold / unit), tenfold % unit, unit);
  return tenths === 10 ? `${whole + 1}.0` : `${whole}.${tenths}`;
}

/** `whole` or the next integer, whichever `whole + rest/unit` is nearer to; ties to the even one. */
function roundHalfEven(whole: number, rest: number, unit: number): number {
  const up = rest * 2 > unit || (rest * 2 === unit && whole % 2 === 1);
  return up ? whole + 1 : whole;
}
