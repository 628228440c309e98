import { formatSize } from '@tracemalloc/core';
import type { Units } from './text-options.ts';

const siUnits = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** Bytes in the words of the units; with `sign`, a plus for what is not negative. */
export function formatBytes(size: number, units: Units, sign = false): string {
  if (units === 'iec') return formatSize(size, sign);
  if (units === 'raw') return formatCount(size, sign);
  let value = size;
  let unit = 0;
  while (Math.abs(value) >= 1000 && unit < siUnits.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${sign && value >= 0 ? '+' : ''}${threeDigits(value, unit)} ${siUnits[unit]}`;
}

/** `610`, `61`, `6.12`, `1.5`: whole bytes, and of larger units three digits at most. */
function threeDigits(value: number, unit: number): string {
  const whole = Math.trunc(Math.abs(value));
  const digits = unit === 0 ? 0 : whole >= 100 ? 0 : whole >= 10 ? 1 : 2;
  const text = fixed(value, digits);
  return digits === 0 ? text : text.replace(/\.?0+$/, '');
}

/** Blocks, or plain bytes. Those of a sampled snapshot are estimates, and rounded here. */
export function formatCount(count: number, sign = false): string {
  const rounded = Math.round(count);
  return sign && rounded >= 0 ? `+${rounded}` : String(rounded);
}

/** `1 block`, `2 blocks` */
export function formatBlocks(count: number): string {
  const text = formatCount(count);
  return text === '1' ? '1 block' : `${text} blocks`;
}

/** `part` of `whole` in percent; nothing of nothing is 0. */
export function percentOf(part: number, whole: number): number {
  return whole === 0 ? 0 : (part / whole) * 100;
}

/** `37.50%` */
export function formatPercent(percent: number): string {
  return `${fixed(percent, 2)}%`;
}

/**
 * `%.nf` of C and Python: a tie goes to the even digit, where `toFixed` would round it up. A binary
 * fraction is such a tie exactly when it is an odd multiple of 2^−(digits + 1).
 */
export function fixed(value: number, digits: number): string {
  const multiple = Math.abs(value) * 2 ** (digits + 1);
  if (multiple % 2 !== 1) return value.toFixed(digits);
  const scale = 10 ** digits;
  const below = Math.floor(Math.abs(value) * scale);
  const even = below % 2 === 0 ? below : below + 1;
  return `${value < 0 ? '-' : ''}${(even / scale).toFixed(digits)}`;
}

/** `1.2 ms`, `120 ms`, `1.5 s`, `2 min 5 s` */
export function formatTime(milliseconds: number): string {
  if (milliseconds < 999.5)
    return `${Number(milliseconds.toFixed(milliseconds < 9.95 ? 1 : 0))} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 59.95) return `${Number(seconds.toFixed(seconds < 9.995 ? 2 : 1))} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
