import type { Bytes } from '../base/units.ts';

/** How many blocks a chosen one of `size` bytes stands for: 1 / (1 − e^(−size / interval)). */
export function weightOf(size: Bytes, interval: Bytes): number {
  return -1 / Math.expm1(-Math.max(1, size) / interval);
}
