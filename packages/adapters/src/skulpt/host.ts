/** A Python class of Skulpt: a JavaScript class whose prototype has the slots. */
export type SkulptClass = (new (
  ...args: never[]
) => SkulptObject) & {
  readonly prototype: SkulptObject;
  /** Set on classes that a program defined. */
  readonly sk$klass?: boolean;
};

/** A Python object of Skulpt, with what the adapter hangs on it. */
export type SkulptObject = object & {
  readonly [member: string]: unknown;
  readonly ob$type?: SkulptClass;
  /** The native class that an object is of or comes from. */
  readonly sk$builtinBase?: SkulptClass;
  readonly tp$name?: string;
  /** The JavaScript value: items, a number, a text. */
  v?: unknown;
  /** Attributes. */
  readonly $d?: unknown;
  /** Stamp of where it was allocated: see GuestStack. */
  $tm?: number;
  /** The walk that saw it last. */
  $tmg?: number;
  /** Stamp of where its items were moved to a larger block. */
  $tmb?: number;
  /** Items that there is room for; more of it in list-growth.ts, table-growth.ts and traps.ts. */
  $tmc?: number;
  /** Items that a set's table has lost, whose places are not free before it is made anew. */
  $tmd?: number;
};

/** A method of a native class: what a call of it ends in. */
export type NativeMethod = {
  readonly d$def: { $meth: (...args: unknown[]) => unknown };
  $meth: (...args: unknown[]) => unknown;
};

/** The parts of a loaded `Sk` that are used. */
export type SkulptHost = {
  readonly builtin: Readonly<Record<string, unknown>>;
  readonly abstr: {
    readonly built$iterators?: readonly SkulptClass[];
    buildNativeClass(name: string, options: unknown): SkulptClass;
    setUpInheritance(...args: unknown[]): void;
  };
  readonly astnodes: Readonly<Record<string, unknown>>;
  readonly misceval: Readonly<Record<string, unknown>>;
  readonly python3: object;
  readonly builtins?: unknown;
  readonly sysmodules?: unknown;
  readonly realsyspath?: unknown;
  readonly globals?: unknown;
  __future__?: unknown;
  gensymcount?: number;
  compile(source: string, filename: string, mode: string, canSuspend?: boolean): { code: string };
  importMainWithBody(...args: unknown[]): unknown;
  importSetUpPath(...args: unknown[]): unknown;
  importMain?(...args: unknown[]): unknown;
};
