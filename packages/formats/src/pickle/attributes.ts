import type { SnapshotMetadata } from '@tracemalloc/core';
import { badPickle } from './bad-pickle.ts';
import { shownName } from './calls.ts';
import { isTuple, PyDict, PyInstance, PyList, PySet, type PyValue } from './py-value.ts';

const maxDepth = 100;

/** Values that attributes may have beside one for each byte: shared ones are copied. */
const freeValues = 100_000;

/**
 * A snapshot's own attributes in Python as metadata, and the names of those that hold anything else
 * than plain data, with what that is: `when (datetime.datetime)`. What JSON cannot say becomes the
 * nearest thing that it can: tuples and sets lists, bytes Latin-1 text, integers beyond 2^53 − 1,
 * nan and inf the text that Python prints, keys of dicts strings. As `python` such values become
 * objects with one key that starts with `$`.
 * @throws TracemallocError when one is cyclic or deeper than 100, or unfolds to too much.
 */
export function metadataOf(
  state: PyDict,
  own: readonly string[],
  fileBytes: number,
  form: 'json' | 'python',
): { metadata: SnapshotMetadata; dropped: string[] } {
  const converter = new Converter(fileBytes, form === 'python');
  const metadata: Record<string, unknown> = {};
  const dropped: string[] = [];
  for (let index = 0; index < state.entries.length; index += 2) {
    const key = state.entries[index]!;
    if (typeof key !== 'string') throw badPickle('an attribute has no name', fileBytes);
    if (own.includes(key)) continue;
    const shown = shownName(key);
    try {
      setOwn(metadata, key, converter.convert(state.entries[index + 1]!, shown, 0));
    } catch (error) {
      if (!(error instanceof NoPlainData)) throw error;
      dropped.push(`${shown} (${error.path})`);
    }
  }
  return { metadata, dropped };
}

/** Ends the conversion of an attribute. */
class NoPlainData extends Error {
  readonly path: string;

  constructor(path: string) {
    super(path);
    this.path = shownName(path);
  }
}

class Converter {
  readonly #fileBytes: number;
  readonly #isTagged: boolean;
  #left: number;

  constructor(fileBytes: number, isTagged: boolean) {
    this.#fileBytes = fileBytes;
    this.#isTagged = isTagged;
    this.#left = freeValues + fileBytes;
  }

  convert(value: PyValue, path: string, depth: number): unknown {
    if (depth > maxDepth) throw this.#fail(`attribute ${path} nests deeper than ${maxDepth}`);
    if (--this.#left < 0) throw this.#fail(`attribute ${path} unfolds to too many values`);
    if (typeof value === 'number') return this.#number(value);
    if (typeof value === 'bigint') return this.#tagged('$int', String(value));
    if (value === null || typeof value !== 'object') return value;
    if (value instanceof Uint8Array) return this.#tagged('$bytes', latin1(value));
    if (value instanceof PyList) return this.#list(value.items, path, depth);
    if (value instanceof PySet) {
      const tag = value.isFrozen ? '$frozenset' : '$set';
      return this.#tagged(tag, this.#list(value.items, path, depth));
    }
    if (isTuple(value)) return this.#tagged('$tuple', this.#list(value, path, depth));
    if (value instanceof PyDict) return this.#dict(value, path, depth);
    if (value instanceof PyInstance) throw new NoPlainData(`tracemalloc.${value.className}`);
    throw new NoPlainData(value.path);
  }

  #number(value: number): unknown {
    if (Number.isFinite(value)) return value;
    return this.#tagged('$float', pythonText(value));
  }

  #tagged(tag: string, value: unknown): unknown {
    return this.#isTagged ? { [tag]: value } : value;
  }

  #list(items: readonly PyValue[], path: string, depth: number): unknown[] {
    return items.map((item) => this.convert(item, path, depth + 1));
  }

  #dict(dict: PyDict, path: string, depth: number): unknown {
    const pairs: [unknown, unknown][] = [];
    for (let index = 0; index < dict.entries.length; index += 2) {
      const key = this.convert(dict.entries[index]!, path, depth + 1);
      pairs.push([key, this.convert(dict.entries[index + 1]!, path, depth + 1)]);
    }
    if (this.#isTagged) return { $dict: pairs };
    const record: Record<string, unknown> = {};
    for (const [key, item] of pairs) {
      setOwn(record, typeof key === 'string' ? key : JSON.stringify(key), item);
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
