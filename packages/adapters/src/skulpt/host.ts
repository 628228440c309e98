import type { Stamps } from './stamps.ts';

/** A native class of Skulpt, whose constructor takes `Args`: its prototype has the slots. */
type NativeClass<Args extends unknown[]> = (new (
  ...args: Args
) => SkulptObject) & {
  readonly prototype: SkulptObject;
  /** Set on classes that a program defined. */
  readonly sk$klass?: boolean;
};

/** A Python class of Skulpt: a JavaScript class whose prototype has the slots. */
export type SkulptClass = NativeClass<never[]>;

/** A Python object of Skulpt, with what the adapter hangs on it. */
export type SkulptObject = object & {
  readonly [member: string]: unknown;
  readonly ob$type?: SkulptClass;
  /** The native class that an object is of or comes from. */
  readonly sk$builtinBase?: SkulptClass;
  readonly tp$name?: string;
  readonly tp$getattr?: (name: SkulptObject) => SkulptObject | undefined;
  /** The JavaScript value: items, a number, a text. */
  v?: unknown;
  /** Attributes. */
  readonly $d?: unknown;
} & Stamps;

/** A dict of Skulpt. */
export type SkulptDict = SkulptObject & {
  readonly $items: () => [SkulptObject, SkulptObject][];
  mp$ass_subscript(key: SkulptObject, value: SkulptObject): void;
  quick$lookup(name: SkulptObject): SkulptObject | undefined;
};

/** A method of a native class: what a call of it ends in. */
export type NativeMethod = {
  readonly d$def: { $meth: (...args: unknown[]) => unknown };
  $meth: (...args: unknown[]) => unknown;
};

/** A step that waits, or one that may go on at once where it is `optional`. */
export type Suspension = {
  readonly $isSuspension: true;
  readonly child?: unknown;
  readonly data: { readonly error?: unknown };
  optional: boolean;
  resume: () => unknown;
};

/** What Skulpt's compiler gives: JavaScript that defines a function of that name. */
export type Compiled = { readonly code: string; readonly funcname: string };

/** The native classes and singletons, by Skulpt's names. */
type Builtins = {
  readonly [name: string]: unknown;
  readonly BaseException: NativeClass<string[]>;
  readonly bool: SkulptClass & { readonly true$: SkulptObject; readonly false$: SkulptObject };
  readonly dict: NativeClass<[pairs?: unknown[]]> & (new (pairs?: unknown[]) => SkulptDict);
  readonly Exception: NativeClass<string[]>;
  readonly file: NativeClass<[name: SkulptObject, mode: SkulptObject]>;
  readonly float_: NativeClass<[number]>;
  readonly IOError: NativeClass<[string]>;
  readonly SystemExit: new () => SkulptObject & { args: unknown };
  readonly frozenset: SkulptClass;
  readonly func: NativeClass<[native: (...args: never[]) => unknown]>;
  readonly int_: NativeClass<[number | string]>;
  readonly list: NativeClass<[items: unknown[]]>;
  readonly none: { readonly none$: SkulptObject };
  readonly object: SkulptClass;
  readonly set: SkulptClass;
  readonly sk_method: NativeClass<[definition: object, self: null, module: string]>;
  readonly str: NativeClass<[string]>;
  readonly tuple: NativeClass<[items: unknown[]]>;
};

/** A loaded `Sk`, as far as its users need to know it. */
export type SkulptHost = {
  /** Skulpt's classes by its own names. */
  readonly builtin: Readonly<Record<string, unknown>>;
  /** What makes classes of JavaScript functions. */
  readonly abstr: {
    readonly built$iterators?: readonly SkulptClass[];
    buildNativeClass(name: string, options: unknown): SkulptClass;
    setUpInheritance(...args: unknown[]): void;
  };
  /** What calls guest code, suspending or not. */
  readonly misceval: Readonly<Record<string, unknown>>;
  /** The language level of Python 3. */
  readonly python3: object;
  /** Names of the running program. */
  readonly globals?: unknown;
  /** Counts the names that the compiler made up. */
  gensymcount?: number;
  /** Compiles Python. */
  compile(source: string, filename: string, mode: string, canSuspend?: boolean): Compiled;
  /** Runs a program. */
  importMainWithBody(...args: unknown[]): unknown;
};

/** The parts of a loaded `Sk` that are used. */
export type Skulpt = SkulptHost & {
  readonly build?: { readonly githash?: string };
  readonly builtin: Builtins;
  readonly abstr: { typeName(value: unknown): string };
  readonly astnodes: Readonly<Record<string, unknown>>;
  /** The compiler's marks of names that other functions use, and of names of other functions'. */
  readonly SYMTAB_CONSTS?: {
    readonly CELL?: number;
    readonly FREE?: number;
    /** … and of names that a `global` statement has. */
    readonly GLOBAL_EXPLICIT?: number;
  };
  readonly misceval: {
    readonly Suspension: new () => Suspension;
    arrayFromIterable(iterable: unknown): SkulptObject[];
    asIndex(value: unknown): unknown;
    asyncToPromise(start: () => unknown, ...rest: unknown[]): Promise<unknown>;
    objectRepr(value: unknown): string;
    callsimArray(callable: unknown, args: unknown[]): unknown;
    chain(value: unknown, ...then: ((value: never) => unknown)[]): unknown;
    promiseToSuspension(promise: Promise<unknown>): Suspension;
    retryOptionalSuspensionOrThrow(suspension: unknown, ...rest: unknown[]): unknown;
  };
  readonly builtins?: { readonly [name: string]: unknown };
  readonly sysmodules?: SkulptDict;
  readonly realsyspath?: unknown;
  readonly builtinFiles: { readonly files: Readonly<Record<string, string>> };
  readonly execLimit?: number | null;
  readonly yieldLimit?: number | null;
  __future__?: unknown;
  output(text: string): void;
  fixReserved(name: string): string;
  configure(options: object): void;
  importModule(name: string, dumps: boolean, suspends: boolean): unknown;
  importModuleInternal_(name: string, ...rest: unknown[]): unknown;
  importSearchPathForName(name: string, extension: string, folders: unknown): unknown;
  importSetUpPath(...args: unknown[]): unknown;
  importMain?(...args: unknown[]): unknown;
};

/** Whether a result is not there yet. */
export function isSuspension(value: unknown): value is Suspension {
  return (value as Partial<Suspension> | null | undefined)?.$isSuspension === true;
}
