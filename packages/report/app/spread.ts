import { intervalOf } from '@tracemalloc/core/sampling';
import type { FigureColumns, Sums } from './model.ts';

/** A figure, and where it lies with 95 % confidence; both ends are it where it is exact. */
export type Estimate = { readonly value: number; readonly low: number; readonly high: number };

/** @param key of the figure's column. */
export function estimateAt(sums: Sums, row: number, key: keyof FigureColumns): Estimate {
  const value = sums[key]?.[row] ?? 0;
  const [low, high] = intervalOf(value, sums.spread?.[key]?.[row] ?? 0);
  return { value, low, high };
}

/** Of a difference, which may be below 0. */
export function estimatedDelta(sums: Sums, row: number, unit: 'now' | 'count'): Estimate {
  const before = unit === 'now' ? 'base' : 'baseCount';
  const value = (sums[unit][row] ?? 0) - (sums[before]?.[row] ?? 0);
  const variance = (sums.spread?.[unit][row] ?? 0) + (sums.spread?.[before]?.[row] ?? 0);
  const [, high] = intervalOf(1, variance);
  return { value, low: value - (high - 1), high: value + (high - 1) };
}

/** Whether a figure may be off by more than half of it: it says little. */
export function isWide({ value, low, high }: Estimate): boolean {
  return high - low > Math.abs(value);
}
