import type { Tracer, TypeRow } from '@tracemalloc/core';
import type { SkulptClass, SkulptHost, SkulptObject } from './host.ts';

/**
 * Native classes, each with the field that its constructor assigns last: an assignment to it is how
 * the birth of an object is seen. Subclasses come through the same constructor.
 */
export const bornBy: Readonly<Record<string, string>> = {
  list: 'in$repr',
  tuple: 'v',
  set: 'in$repr',
  // Instances of subclasses get no other field.
  frozenset: 'v',
  dict: '$version',
  int_: 'v',
  float_: 'v',
  complex: 'imag',
  str: 'v',
  bytes: 'v',
  method: 'im_call',
  generator: 'func_closure',
  slice: 'step',
  range_: 'v',
  func: 'memoised',
  module: '$d',
  BaseException: 'traceback',
};

/** What the walk and the size models tell objects apart by. */
export type Kind =
  | 'list'
  | 'tuple'
  | 'set'
  | 'dict'
  | 'int'
  | 'float'
  | 'complex'
  | 'str'
  | 'bytes'
  | 'method'
  | 'generator'
  | 'slice'
  | 'range'
  | 'function'
  | 'module'
  | 'exception'
  | 'instance'
  | 'class'
  | 'other';

const kindOfBuiltin: Readonly<Record<string, Kind>> = {
  list: 'list',
  tuple: 'tuple',
  set: 'set',
  frozenset: 'set',
  dict: 'dict',
  int_: 'int',
  bool: 'int',
  float_: 'float',
  complex: 'complex',
  str: 'str',
  bytes: 'bytes',
  method: 'method',
  generator: 'generator',
  slice: 'slice',
  range_: 'range',
  func: 'function',
  module: 'module',
  object: 'instance',
  type: 'class',
};

/** What is the same for all objects of one class. */
export type ClassInfo = {
  readonly kind: Kind;
  /** Python's name of the class. */
  readonly name: string;
  readonly type: TypeRow;
  /** Whether the program defined it. */
  readonly isGuest: boolean;
  /** Whether its objects have attributes in `$s`, by place: `__slots__`, in versions after 1.2.0. */
  readonly hasSlots: boolean;
  /** Holds nothing but JavaScript values. */
  readonly isLeaf: boolean;
};

const leaves: ReadonlySet<Kind> = new Set(['int', 'float', 'complex', 'str', 'bytes']);

type Memory = Pick<WeakMap<SkulptClass, ClassInfo>, 'get'> & {
  set(key: SkulptClass, value: ClassInfo): unknown;
};

/** Tells classes apart. */
export class Classes {
  readonly #tracer: Tracer;
  readonly #kinds: ReadonlyMap<unknown, Kind>;
  readonly #exception: SkulptClass;
  readonly #known: Memory;

  /** @param known A WeakMap where this lives long; a Map, which is faster, for the time of a walk. */
  constructor(Sk: SkulptHost, tracer: Tracer, known: Memory) {
    this.#known = known;
    this.#tracer = tracer;
    this.#exception = Sk.builtin['BaseException'] as SkulptClass;
    const kinds = Object.entries(kindOfBuiltin);
    this.#kinds = new Map(kinds.map(([name, kind]) => [Sk.builtin[name], kind]));
  }

  of(guestClass: SkulptClass): ClassInfo {
    let info = this.#known.get(guestClass);
    if (info === undefined) {
      info = this.#look(guestClass);
      this.#known.set(guestClass, info);
    }
    return info;
  }

  #look(guestClass: SkulptClass): ClassInfo {
    const { prototype } = guestClass;
    const name = prototype.tp$name ?? '';
    const isGuest = guestClass.sk$klass === true;
    const kind = this.#kindOf(guestClass, prototype);
    const isLeaf = leaves.has(kind) && !isGuest;
    const hasSlots = Number(prototype['sk$nslots'] ?? 0) > 0;
    return { kind, name, type: this.#tracer.type(name), isGuest, hasSlots, isLeaf };
  }

  #kindOf(guestClass: SkulptClass, prototype: SkulptObject): Kind {
    if (prototype instanceof this.#exception || guestClass === this.#exception) return 'exception';
    return this.#kinds.get(prototype.sk$builtinBase ?? guestClass) ?? 'other';
  }
}
