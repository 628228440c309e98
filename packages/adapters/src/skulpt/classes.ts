import type { Tracer, TypeRow } from '@tracemalloc/core';
import type { Skulpt, SkulptClass, SkulptObject } from './host.ts';

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

/** What objects have for their attributes, as CPython lays them out. */
export type Layout = {
  /** Values of `__slots__`, of all base classes too. */
  readonly slots: number;
  /** How many of them Skulpt has among the attributes: all in 1.2.0, none in later versions. */
  readonly slotsInDict: number;
  /** Whether there is a `__dict__`: no class has it where all have `__slots__`. */
  readonly hasDict: boolean;
};

/** What is the same for all objects of one class. */
export type ClassInfo = {
  readonly kind: Kind;
  /** Python's name of the class. */
  readonly name: string;
  readonly type: TypeRow;
  /** What blocks call it: with its module, unless that is the main program. */
  readonly typeName: string;
  /** Whether the program defined it. */
  readonly isGuest: boolean;
  /** Whether its objects have attributes in `$s`, by place: `__slots__`, in versions after 1.2.0. */
  readonly hasSlots: boolean;
  /** What the objects of a class that the program defined have besides what they come from. */
  readonly layout: Layout;
  /** Whether it is a `collections.defaultdict`, which holds more than its items. */
  readonly hasFactory: boolean;
  /** Holds nothing but JavaScript values. */
  readonly isLeaf: boolean;
};

const leaves: ReadonlySet<Kind> = new Set(['int', 'float', 'complex', 'str', 'bytes']);

/** What Python calls the classes of programs: `Outer.Rec`, `make.<locals>.Rec`. */
export type QualifiedNames = Pick<WeakMap<SkulptClass, string>, 'get'>;

/** Tells classes apart. */
export class Classes {
  readonly #tracer: Tracer;
  readonly #kinds: ReadonlyMap<unknown, Kind>;
  readonly #exception: SkulptClass;
  readonly #qualifiedNames: QualifiedNames;
  readonly #known = new WeakMap<SkulptClass, ClassInfo>();

  /** What CPython has objects for, and Skulpt none of their own. */
  readonly cell: TypeRow;
  readonly dict: TypeRow;
  readonly frame: TypeRow;
  readonly traceback: TypeRow;

  constructor(Sk: Skulpt, tracer: Tracer, qualifiedNames: QualifiedNames) {
    this.#tracer = tracer;
    this.#qualifiedNames = qualifiedNames;
    this.cell = tracer.type('cell');
    this.dict = tracer.type('dict');
    this.frame = tracer.type('frame');
    this.traceback = tracer.type('traceback');
    this.#exception = Sk.builtin.BaseException;
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
    const hasFactory = 'default_factory' in prototype;
    const typeName = isGuest ? this.#wholeName(guestClass, name) : name;
    const type = this.#tracer.type(typeName);
    const layout = layoutOf(guestClass);
    return {
      kind,
      name,
      type,
      typeName,
      isGuest,
      hasSlots,
      hasFactory,
      layout,
      isLeaf,
    };
  }

  /** With its module, unless that is the main program, as Python prints types of exceptions. */
  #wholeName(guestClass: SkulptClass, name: string): string {
    const qualified = this.#qualifiedNames.get(guestClass) ?? name;
    const { v: module } = (guestClass.prototype['__module__'] ?? {}) as { v?: unknown };
    const isPlain = typeof module !== 'string' || module === '__main__';
    return isPlain ? qualified : `${module}.${qualified}`;
  }

  #kindOf(guestClass: SkulptClass, prototype: SkulptObject): Kind {
    if (prototype instanceof this.#exception || guestClass === this.#exception) return 'exception';
    return this.#kinds.get(prototype.sk$builtinBase ?? guestClass) ?? 'other';
  }
}

export function layoutOf(guestClass: SkulptClass): Layout {
  let slots = 0;
  let hasDict = false;
  const order = guestClass.prototype['tp$mro'] as readonly SkulptClass[] | undefined;
  for (const { prototype, sk$klass } of order ?? []) {
    if (sk$klass !== true) continue;
    const own = Object.hasOwn(prototype, '__slots__') ? namesIn(prototype['__slots__']) : null;
    hasDict ||= own === null || own.includes('__dict__');
    slots += (own ?? []).filter((name) => name !== '__dict__' && name !== '__weakref__').length;
  }
  const hasPlaces = Number(guestClass.prototype['sk$nslots'] ?? 0) > 0;
  return { slots, slotsInDict: hasPlaces ? 0 : slots, hasDict };
}

/** The value of `__slots__`: a str, or a list or tuple of them. */
function namesIn(value: unknown): string[] {
  const { v } = (value ?? {}) as { v?: unknown };
  const items: unknown[] = Array.isArray(v) ? v : [value];
  return items.map((item) => String((item as { v?: unknown } | undefined)?.v ?? ''));
}
