import { describe } from '../base/check.ts';
import { parseSize } from '../python/parse-size.ts';

/** How long a point lasts at least, and in what that is counted. */
export type Every = { readonly unit: 'ms' | 'bytes' | 'events'; readonly amount: number };

const milliseconds: Readonly<Record<string, number>> = { us: 1e-3, µs: 1e-3, ms: 1, s: 1e3 };

/**
 * Reads an interval: `10 ms`, `1.5 s`, `64 KiB` (allocated), `1000 events`.
 * @throws TypeError or RangeError that names it.
 */
export function parseEvery(text: unknown): Every {
  if (typeof text !== 'string') {
    throw new TypeError(`every must be a text such as '10 ms', got ${describe(text)}`);
  }
  const [, digits, name = ''] = /^(\d+(?:\.\d+)?)\s*([a-zµ]+)$/i.exec(text.trim()) ?? [];
  const unit = name.toLowerCase();
  if (digits !== undefined && Object.hasOwn(milliseconds, unit)) {
    return checked(text, 'ms', Number(digits) * milliseconds[unit]!);
  }
  if (digits !== undefined && (unit === 'events' || unit === 'event')) {
    return checked(text, 'events', Math.floor(Number(digits)));
  }
  const bytes = digits === undefined ? undefined : parseSize(text);
  return checked(text, 'bytes', bytes ?? Number.NaN);
}

function checked(text: string, unit: Every['unit'], amount: number): Every {
  if (amount > 0 && amount <= Number.MAX_SAFE_INTEGER) return { unit, amount };
  throw new RangeError(
    `every must be a time, a size or a number of events above 0, such as '10 ms', '64 KiB' or '1000 events', got ${describe(text)}`,
  );
}
