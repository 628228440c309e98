/** A value of the guest: whatever the interpreter uses for a Python object. Opaque to this folder. */
export type GuestValue = unknown;

/** What the module needs to know about a guest value; subclasses count as their base. */
export type GuestKind =
  | 'none'
  | 'bool'
  | 'int'
  | 'float'
  | 'str'
  | 'tuple'
  | 'list'
  | 'dict'
  | 'other';

/** Built-in exceptions that the module raises. */
export type GuestException =
  | 'IndexError'
  | 'MemoryError'
  | 'OverflowError'
  | 'RuntimeError'
  | 'TypeError'
  | 'ValueError';

/** An error of the file system, as CPython words it: `[Errno 2] No such file or directory: 'x'`. */
export type GuestFileError = {
  /** Python's class: `FileNotFoundError`. */
  readonly exception: 'FileNotFoundError' | 'IsADirectoryError' | 'PermissionError' | 'OSError';
  /** The system's number: 2. */
  readonly errno: number;
  /** The system's words. */
  readonly strerror: string;
  /** The file as the guest named it. */
  readonly filename: string;
};

/**
 * What differs between the Python interpreters: how their values are made, read and raised. Nothing
 * here keeps state; what the module makes of it is the same in all of them.
 */
export interface PythonHost {
  /** Python's None. */
  readonly none: GuestValue;
  /** A Python bool. */
  bool(value: boolean): GuestValue;
  /** An `int`; integers above 2^53 − 1 come as bigint. */
  int(value: number | bigint): GuestValue;
  /** A Python float. */
  float(value: number): GuestValue;
  /** A Python str. */
  str(value: string): GuestValue;
  /** A Python tuple of Python values. */
  tuple(items: readonly GuestValue[]): GuestValue;
  /** A Python list of Python values. */
  list(items: readonly GuestValue[]): GuestValue;
  /** A Python dict of pairs. */
  dict(entries: readonly (readonly [GuestValue, GuestValue])[]): GuestValue;

  /** What a Python value is, for those who read it. */
  kind(value: GuestValue): GuestKind;
  /** The name of the value's class, as Python's messages show it: `NoneType`. */
  typeName(value: GuestValue): string;
  /** The value of a bool, int or float; an int above 2^53 − 1 as bigint. */
  number(value: GuestValue): number | bigint;
  /** The text of a str. */
  text(value: GuestValue): string;
  /** The items of a tuple or list; not to be changed. */
  items(value: GuestValue): readonly GuestValue[];
  /** The pairs of a dict, in its order. */
  entries(value: GuestValue): readonly (readonly [GuestValue, GuestValue])[];
  /** What `operator.index` gives, or `undefined` where Python would raise TypeError. */
  index(value: GuestValue): number | bigint | undefined;

  /** Calls a Python callable. */
  call(callable: GuestValue, args: readonly GuestValue[]): GuestValue;
  /** Raises an exception by Python's name of it. */
  raise(exception: GuestException, message: string): never;
  /** Raises an OSError with its parts. */
  raiseFileError(error: GuestFileError): never;
  /** Source text of a guest file that the interpreter still holds. */
  sourceOf(filename: string): string | undefined;
  /** The guest's `linecache.getline`, once the guest imported that module itself. */
  linecache(): GuestValue | undefined;
}

/** A function of a native module: positional arguments and the names of the keyword arguments. */
export type NativeFunction = (
  args: readonly GuestValue[],
  keywords: readonly string[],
) => GuestValue;

/** A native module of the guest: its functions by their Python names. */
export type NativeModule = Readonly<Record<string, NativeFunction>>;
