import { TraceRun } from './trace-store.ts';

// What a pickle may hold here. Tuples are plain arrays, so that the tuple of a trace already is
// what Snapshot.fromTraces takes; everything mutable or built has a class.

export class PyList {
  /** Its items; a run of traces stands for as many. */
  parts: (PyValue | TraceRun)[];

  /** @param parts become the list's own. */
  constructor(parts: (PyValue | TraceRun)[]) {
    this.parts = parts;
  }

  /** All of them, one by one. */
  get items(): readonly PyValue[] {
    if (this.parts.some((part) => part instanceof TraceRun)) this.parts = expanded(this.parts);
    return this.parts as readonly PyValue[];
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

/** A set or a frozenset. */
export class PySet {
  readonly items: PyValue[];
  readonly isFrozen: boolean;

  /** @param items become the set's own. */
  constructor(items: PyValue[], isFrozen: boolean) {
    this.items = items;
    this.isFrozen = isFrozen;
  }
}

/** A class or function that a pickle names, by its path: `tracemalloc.Snapshot`. It is never run. */
export class PyClass {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }
}

/** A snapshot or its traces. */
export class PyInstance {
  readonly className: 'Snapshot' | '_Traces';
  state: PyDict | null = null;

  constructor(className: 'Snapshot' | '_Traces') {
    this.className = className;
  }
}

/** What some other class or function would make. What is done to it is not looked at. */
export class PyOpaque {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
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
  | PySet
  | PyClass
  | PyInstance
  | PyOpaque;

/** Items of a list or tuple, `null` for anything else. */
export function itemsOf(value: PyValue | undefined): readonly PyValue[] | null {
  if (value instanceof PyList) return value.items;
  return isTuple(value) ? value : null;
}

export function isTuple(value: unknown): value is readonly PyValue[] {
  return Array.isArray(value);
}

/** Values with the tuples of runs in their places. */
export function expanded(parts: readonly (PyValue | TraceRun)[]): PyValue[] {
  const values: PyValue[] = [];
  for (const part of parts) {
    if (!(part instanceof TraceRun)) values.push(part);
    else
      for (let row = part.from; row < part.to; row++) values.push(part.store.tuple(row) as PyValue);
  }
  return values;
}
