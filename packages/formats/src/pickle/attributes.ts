import type { SnapshotMetadata } from '@tracemalloc/core';
import { badPickle } from './bad-pickle.ts';
import { isTuple, PyDict, PyList, type PyValue } from './py-value.ts';

const maxDepth = 100;

/** Values that attributes may have beside one for each byte: shared ones are copied. */
const freeValues = 100_000;

/**
 * A snapshot's own attributes in Python as metadata. What JSON cannot say becomes the nearest
 * thing that it can: tuples and sets lists, bytes Latin-1 text, integers beyond 2^53 − 1, nan and
 * inf the text that Python prints, keys of dicts strings.
 * @throws TracemallocError when one holds an object, is cyclic or deeper than 100.
 */
export function metadataOf(
  state: PyDict,
  own: readonly string[],
  fileBytes: number,
): SnapshotMetadata {
  const converter = new Converter(fileBytes);
  const metadata: Record<string, unknown> = {};
  for (let index = 0; index < state.entries.length; index += 2) {
    const key = state.entries[index]!;
    if (typeof key !== 'string') throw badPickle('an attribute has no name', fileBytes);
    if (own.includes(key)) continue;
    setOwn(metadata, key, converter.convert(state.entries[index + 1]!, key, 0));
  }
  return metadata;
}

class Converter {
  readonly #fileBytes: number;
  #left: number;

  constructor(fileBytes: number) {
    this.#fileBytes = fileBytes;
    this.#left = freeValues + fileBytes;
  }

  convert(value: PyValue, path: string, depth: number): unknown {
    if (depth > maxDepth) throw this.#fail(`attribute ${path} nests deeper than ${maxDepth}`);
    if (--this.#left < 0) throw this.#fail(`attribute ${path} unfolds to too many values`);
    if (typeof value === 'number') return Number.isFinite(value) ? value : pythonText(value);
    if (typeof value === 'bigint') return String(value);
    if (value === null || typeof value !== 'object') return value;
    if (value instanceof Uint8Array) return latin1(value);
    if (value instanceof PyList) return this.#list(value.items, path, depth);
    if (isTuple(value)) return this.#list(value, path, depth);
    if (value instanceof PyDict) return this.#record(value, path, depth);
    throw this.#fail(`attribute ${path} holds a Python object, which metadata cannot`);
  }

  #list(items: readonly PyValue[], path: string, depth: number): unknown[] {
    return items.map((item) => this.convert(item, path, depth + 1));
  }

  #record(dict: PyDict, path: string, depth: number): Record<string, unknown> {
    const record: Record<string, unknown> = {};
    for (let index = 0; index < dict.entries.length; index += 2) {
      const key = this.convert(dict.entries[index]!, path, depth + 1);
      const name = typeof key === 'string' ? key : JSON.stringify(key);
      setOwn(record, name, this.convert(dict.entries[index + 1]!, path, depth + 1));
    }
    return record;
  }

  #fail(what: string): Error {
    return badPickle(what, this.#fileBytes);
  }
}

/** Assignment to `__proto__` would change the object's prototype. */
function setOwn(record: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(record, key, {
    value,
    configurable: true,
    enumerable: true,
    writable: true,
  });
}

function pythonText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  return value > 0 ? 'inf' : '-inf';
}

function latin1(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
}
