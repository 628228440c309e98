import type { Bytes } from './units.ts';

/** How a value looks in an error message: short, and never the work of a hostile toString. */
export function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 60));
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'symbol') return 'a symbol';
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  return Object.is(value, -0) ? '-0' : String(value);
}

/**
 * Checks an integer argument.
 * @throws TypeError when it is not a number; RangeError when it is not an integer in min..max.
 */
export function checkInteger(name: string, value: unknown, min: number, max: number): number {
  if (typeof value !== 'number') {
    throw new TypeError(`${name} must be a number, got ${describe(value)}`);
  }
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new RangeError(`${name} must be an integer in ${min}..${max}, got ${describe(value)}`);
  }
  return value;
}

/** Checks a size in bytes: an integer, 0 … 2^53 − 1. @throws as {@link checkInteger}. */
export function checkSize(name: string, value: unknown): Bytes {
  return checkInteger(name, value, 0, Number.MAX_SAFE_INTEGER);
}

/** Checks a CPython domain number, uint32. @throws as {@link checkInteger}. */
export function checkDomain(name: string, value: unknown): number {
  return checkInteger(name, value, 0, 0xffffffff);
}

/** Checks a line number, int32. @throws as {@link checkInteger}. */
export function checkLine(name: string, value: unknown): number {
  return checkInteger(name, value, -0x80000000, 0x7fffffff);
}

/** Checks a string argument. @throws TypeError */
export function checkString(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  throw new TypeError(`${name} must be a string, got ${describe(value)}`);
}

/** Checks a raw frame, [filename, lineno]. @throws TypeError or RangeError */
export function checkFrame(name: string, frame: unknown): void {
  if (!Array.isArray(frame)) {
    throw new TypeError(`${name} must be [filename, lineno], got ${describe(frame)}`);
  }
  checkString(`the file name of ${name}`, frame[0]);
  checkLine(`the line of ${name}`, frame[1]);
}

/** Checks raw frames, a list of [filename, lineno]. @throws TypeError or RangeError */
export function checkFrames(name: string, frames: unknown): void {
  if (!Array.isArray(frames)) {
    throw new TypeError(`${name} must be a list of [filename, lineno], got ${describe(frames)}`);
  }
  for (const [i, frame] of frames.entries()) checkFrame(`${name}[${i}]`, frame);
}

/** Checks a boolean argument. @throws TypeError */
export function checkBoolean(name: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new TypeError(`${name} must be a boolean, got ${describe(value)}`);
}

/**
 * Checks that an options object has no other keys than `known`, so that a typo is an error and not
 * a default. @throws TypeError
 */
export function checkOptions(call: string, options: unknown, known: readonly string[]): void {
  if (options === undefined) return;
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`options of ${call} must be an object, got ${describe(options)}`);
  }
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue;
    const list = known.join(', ');
    throw new TypeError(`unknown option ${describe(key)} of ${call}; it takes ${list}`);
  }
}
