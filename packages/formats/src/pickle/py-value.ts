// What a pickle may hold here. Tuples are plain arrays, so that the tuple of a trace already is
// what Snapshot.fromTraces takes; everything mutable or built has a class.

export class PyList {
  items: PyValue[];

  /** @param items become the list's own. */
  constructor(items: PyValue[]) {
    this.items = items;
  }
}

/** Keys and values in turn: cheaper than a Map in a file that is full of empty ones. */
export class PyDict {
  readonly entries: PyValue[] = [];

  /** The last value under a string key. */
  get(key: string): PyValue | undefined {
    for (let index = this.entries.length - 2; index >= 0; index -= 2) {
      if (this.entries[index] === key) return this.entries[index + 1];
    }
    return undefined;
  }
}

/** The classes and functions that a snapshot's pickle names. None of them is ever run. */
export type PyGlobal = 'Snapshot' | '_Traces' | 'object' | '_reconstructor';

export class PyClass {
  readonly name: PyGlobal;

  constructor(name: PyGlobal) {
    this.name = name;
  }
}

export class PyInstance {
  readonly className: PyGlobal;
  state: PyDict | null = null;

  constructor(className: PyGlobal) {
    this.className = className;
  }
}

export type PyValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly PyValue[]
  | PyList
  | PyDict
  | PyClass
  | PyInstance;

/** Items of a list or tuple, `null` for anything else. */
export function itemsOf(value: PyValue | undefined): readonly PyValue[] | null {
  if (value instanceof PyList) return value.items;
  return isTuple(value) ? value : null;
}

export function isTuple(value: unknown): value is readonly PyValue[] {
  return Array.isArray(value);
}
