import { TracemallocError, type TracemallocErrorCode } from '@tracemalloc/core';
import { decodeWtf8 } from '@tracemalloc/core/codec';

/** What is wrong with a file of a format. */
export function badFile(
  format: string,
  what: string,
  code: TracemallocErrorCode = 'corrupt',
  details: Readonly<Record<string, unknown>> = {},
): TracemallocError {
  return new TracemallocError(code, `the ${format} file can't be read: ${what}`, details);
}

/** An object of JSON whose fields nobody has checked. */
export type JsonObject = { readonly [name: string]: unknown };

/** @throws TracemallocError `corrupt` for what is no JSON object. */
export function readJson(format: string, bytes: Uint8Array): JsonObject {
  const text = decodeWtf8(bytes, 0, bytes.length);
  if (text === null) throw badFile(format, 'it is no UTF-8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw badFile(format, error instanceof Error ? error.message : String(error));
  }
  return objectOf(value, (what) => badFile(format, what), 'the whole of it');
}

/** The value, which must be an object and no array. */
export function objectOf(value: unknown, bad: (what: string) => Error, name: string): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as JsonObject;
  }
  throw bad(`${name} is no object`);
}

/** The value, which must be an array. */
export function arrayOf(
  value: unknown,
  bad: (what: string) => Error,
  name: string,
): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw bad(`${name} is no list`);
}
