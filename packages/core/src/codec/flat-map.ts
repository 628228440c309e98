import { Packr } from 'msgpackr/pack';
import { Unpackr } from 'msgpackr/unpack';
import { corrupt } from './corrupt.ts';

// Section bodies are flat msgpack maps: string keys, and values that are numbers, strings, binary,
// booleans or nil. msgpackr is kept to standard msgpack (no records, no shared structures, no
// extension types), and reads only bytes whose lengths were checked here before.

// '/pack' and '/unpack' are msgpackr's pure JavaScript: its main entry loads a native module in Node.
const options = { useRecords: false, variableMapSize: true, mapsAsObjects: false } as const;
const packr = new Packr(options);
const unpackr = new Unpackr({ ...options, int64AsType: 'number' });

export type FlatValue = number | string | Uint8Array | boolean | null;

/** A section's body: values by name, and where each of them lies in the file. */
export class FlatMap {
  readonly #values: ReadonlyMap<unknown, unknown>;
  readonly #offset: number;
  readonly #start: number;

  constructor(values: ReadonlyMap<unknown, unknown>, start: number, offset: number) {
    this.#values = values;
    this.#start = start;
    this.#offset = offset;
  }

  /** The binary value under `key`, and its place in the file; `null` when there is none. */
  bytes(key: string): { bytes: Uint8Array; offset: number } | null {
    const value = this.#values.get(key);
    if (value === undefined) return null;
    if (!(value instanceof Uint8Array)) throw corrupt(`${key} is not binary`, this.#offset);
    return { bytes: value, offset: this.#offset + value.byteOffset - this.#start };
  }

  has(key: string): boolean {
    return this.#values.has(key);
  }

  integer(key: string, min: number, max: number): number {
    const value = this.#values.get(key);
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) {
      return value;
    }
    throw corrupt(`${key} is not an integer in ${min}..${max}`, this.#offset);
  }

  string(key: string): string {
    const value = this.#values.get(key);
    if (typeof value === 'string') return value;
    throw corrupt(`${key} is not a string`, this.#offset);
  }

  boolean(key: string): boolean {
    const value = this.#values.get(key);
    if (typeof value === 'boolean') return value;
    throw corrupt(`${key} is not a boolean`, this.#offset);
  }
}

export function packFlatMap(values: ReadonlyMap<string, FlatValue>): Uint8Array {
  return packr.pack(values);
}

/**
 * Decodes a section's body.
 * @param offset of `body` in the file.
 * @throws TracemallocError `corrupt`
 */
export function unpackFlatMap(body: Uint8Array, offset: number): FlatMap {
  checkFlatMap(body, offset);
  let values: unknown;
  try {
    values = unpackr.unpack(body);
  } catch (error) {
    throw corrupt(`msgpack: ${error instanceof Error ? error.message : String(error)}`, offset);
  }
  if (!(values instanceof Map)) throw corrupt('a section is not a msgpack map', offset);
  return new FlatMap(values, body.byteOffset, offset);
}

/** Checks that `body` is exactly one flat map, without building any of it. */
function checkFlatMap(body: Uint8Array, offset: number): void {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const form = body[0] ?? 0;
  let at = 1;
  let entries = form & 0xf;
  if (form === 0xde && body.length >= 3) {
    entries = view.getUint16(1);
    at = 3;
  } else if (form === 0xdf && body.length >= 5) {
    entries = view.getUint32(1);
    at = 5;
  } else if (form >> 4 !== 8) {
    throw corrupt('a section is not a msgpack map', offset);
  }
  for (let entry = 0; entry < entries; entry++) {
    if (!isString(body[at] ?? 0)) throw corrupt('a key is not a string', offset + at);
    for (let part = 0; part < 2; part++) {
      const next = skipScalar(view, at);
      if (next < 0) throw corrupt('not a flat msgpack map', offset + at);
      at = next;
    }
  }
  if (at !== body.length) throw corrupt('bytes after the map of a section', offset + at);
}

function isString(form: number): boolean {
  return form >> 5 === 5 || (form >= 0xd9 && form <= 0xdb);
}

/** Bytes after the form byte, by form byte − 0xc0; −1 = not a scalar, −2 … = a length of 1, 2, 4 bytes. */
const scalarBytes: readonly number[] = [
  ...[0, -1, 0, 0, -2, -3, -4, -1, -1, -1, 4, 8, 1, 2, 4, 8],
  ...[1, 2, 4, 8, -1, -1, -1, -1, -1, -2, -3, -4, -1, -1, -1, -1],
];

/** @returns the position after the scalar at `at`, −1 when there is none that fits. */
function skipScalar(view: DataView, at: number): number {
  const left = view.byteLength - at - 1;
  if (left < 0) return -1;
  const form = view.getUint8(at);
  if (form < 0x80 || form >= 0xe0) return at + 1;
  if (form < 0xa0) return -1;
  let bytes = form & 0x1f;
  if (form >= 0xc0) {
    bytes = scalarBytes[form - 0xc0]!;
    if (bytes === -1) return -1;
    if (bytes < 0) {
      const lengthBytes = 1 << (-2 - bytes);
      if (lengthBytes > left) return -1;
      bytes = lengthBytes + readLength(view, at + 1, lengthBytes);
    }
  }
  return bytes > left ? -1 : at + 1 + bytes;
}

function readLength(view: DataView, at: number, bytes: number): number {
  if (bytes === 1) return view.getUint8(at);
  return bytes === 2 ? view.getUint16(at) : view.getUint32(at);
}
