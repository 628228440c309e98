import { TracemallocError, type TracemallocErrorCode } from '@tracemalloc/core';

/** An error about a pickle's bytes, with their place in the message and as `details.offset`. */
export function badPickle(
  what: string,
  offset: number,
  code: TracemallocErrorCode = 'corrupt',
  details: Readonly<Record<string, unknown>> = {},
): TracemallocError {
  const message = `${code} pickle: ${what} (at byte ${offset})`;
  return new TracemallocError(code, message, { ...details, offset });
}
