import { TracemallocError, type TracemallocErrorCode } from '../base/errors.ts';

/** An error about bytes: every one of them says where, in the message and as `details.offset`. */
export function badBytes(
  code: TracemallocErrorCode,
  what: string,
  offset: number,
  details: Readonly<Record<string, unknown>> = {},
): TracemallocError {
  return new TracemallocError(code, `${what} (at byte ${offset})`, { ...details, offset });
}

/** A snapshot file that contradicts itself or its specification. */
export function corrupt(what: string, offset: number): TracemallocError {
  return badBytes('corrupt', `corrupt snapshot: ${what}`, offset);
}
