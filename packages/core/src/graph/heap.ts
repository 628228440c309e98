import type { BlockId, Bytes, TracebackRow } from '../base/units.ts';
import type { EdgeKind, RootKind } from '../table/graph-columns.ts';

/** What is known of one object of a guest. */
export type HeapObject = {
  /** Its type's name, as in traces: `list`, `Point`; `''` = unknown. */
  readonly type: string;
  /** Bytes of all its own blocks; 0 for what costs nothing. Left out: those that the tracer has for `block` and `parts`. */
  readonly size?: Bytes;
  /** Whether it is no object that a guest's program could have: a frame, the names of a module. Default: false. */
  readonly hidden?: boolean;
  /** The block that the tracer knows it by, which tells where it was born. */
  readonly block?: BlockId;
  /** Other blocks of its own, where `size` is left out. */
  readonly parts?: readonly BlockId[];
  /** CPython's number of that block's domain; default 0. */
  readonly domain?: number;
  /** Where it was born, for hosts whose objects know that themselves: a row of the tracer's. */
  readonly traceback?: TracebackRow;
};

/**
 * A guest's heap, as whoever knows the interpreter tells of it: what its roots are, and what each
 * object holds. Objects are whatever stands for them in the host, told apart by their numbers, or as a `Map` does.
 * Nothing in the guest may change by being asked, and nothing of the guest's may be called.
 */
export type Heap<T = unknown> = {
  /** Calls `root` for each object that is held without an object that holds it. */
  roots(root: (object: T, kind: RootKind, name: string) => void): void;
  /** What is known of an object; read before the next call, so it may be the same object each time. */
  describe(object: T): HeapObject;
  /** Calls `edge` for all that an object holds. The name of an `item` is its number. */
  held(object: T, edge: (held: T, kind: EdgeKind, name: string | number) => void): void;
  /**
   * A number below 2^31 that no other object has, as small as can be: that of its block, or its address in units;
   * −1 for an object that has none. A heap of many objects is walked in a third of the time by it.
   */
  numberOf?(object: T): number;
  /**
   * All objects that were recorded and live, where the host can list them: what of it is reached from
   * no root is held by the host in a way that nobody sees.
   *
   * @param isReached Whether a root reaches the object with this number: it need not be listed.
   */
  recorded?(isReached: (number: number) => boolean): Iterable<T>;
};
