import type {
  GuestException,
  GuestFileError,
  GuestKind,
  GuestValue,
  PythonHost,
} from '../../python/module/index.ts';
import type { BrythonInternals, GuestClass } from '../host.ts';

type Guest = { readonly ob_type?: GuestClass; readonly [member: string]: unknown };

/** Members of `__BRYTHON__` that making and reading guest values takes. */
type Values = {
  readonly builtins: Readonly<Record<string, GuestClass>> & {
    readonly None: unknown;
    readonly dict: GuestClass & {
      $setitem(dict: unknown, key: unknown, value: unknown): void;
      $iter_items(dict: unknown): Iterable<{ key: unknown; value: unknown }>;
    };
  };
  fast_tuple(items: unknown[]): unknown;
  $list(items: unknown[]): unknown;
  fast_float(value: number): unknown;
  empty_dict(): unknown;
  class_name(value: unknown): string;
  is_tuple(value: unknown): unknown;
  is_list(value: unknown): unknown;
  $isinstance(value: unknown, classes: unknown): boolean;
  $getattr(value: unknown, name: string, missing: unknown): unknown;
  $setattr(value: unknown, name: string, item: unknown): void;
  $call(callable: unknown, ...args: unknown[]): unknown;
  String(text: string): unknown;
  EXC(exception: GuestClass, message: string): unknown;
  module_getattr(module: unknown, name: string): unknown;
};

/** Brython keeps a str with such characters as a String object that knows where they are. */
const ASTRAL = /[\ud800-\udbff][\udc00-\udfff]/;

/**
 * Guest values of one Brython. Its str, bool and small int are JavaScript's primitives, a long int
 * is a bigint, a tuple or list is an array with a class, and the rest are objects with a class.
 */
export function brythonValues($B: BrythonInternals): PythonHost {
  const values = $B as unknown as Values;
  const { builtins } = values;
  const ofSubclass = (value: GuestValue): Guest => value as Guest;

  const host: PythonHost = {
    none: builtins.None,
    bool: (value) => value,
    int: (value) => (typeof value === 'bigint' ? shortest(value) : value),
    float: (value) => values.fast_float(value),
    str: (value) => (ASTRAL.test(value) ? values.String(value) : value),
    tuple: (items) => values.fast_tuple([...items]),
    list: (items) => values.$list([...items]),
    dict: (entries) => {
      const dict = values.empty_dict();
      for (const [key, value] of entries) builtins.dict.$setitem(dict, key, value);
      return dict;
    },
    kind: (value) => kindOf(values, value),
    typeName: (value) => values.class_name(value),
    number: (value) => {
      if (typeof value === 'number' || typeof value === 'bigint') return value;
      if (typeof value === 'boolean') return Number(value);
      return ofSubclass(value)['value'] as number | bigint;
    },
    text: textOf,
    items: (value) => value as readonly GuestValue[],
    entries: (value) =>
      Array.from(builtins.dict.$iter_items(value), (item) => [item.key, item.value] as const),
    index: (value) => {
      const kind = host.kind(value);
      if (kind === 'int' || kind === 'bool') return host.number(value);
      if (kind !== 'other') return undefined;
      const method = values.$getattr(value, '__index__', builtins.None);
      return method === builtins.None ? undefined : host.number(values.$call(method));
    },
    call: (callable, args) => values.$call(callable, ...args),
    raise: (exception: GuestException, message: string) => {
      throw values.EXC(builtins[exception]!, message);
    },
    raiseFileError: (error) => {
      throw fileError(values, error);
    },
    sourceOf: (filename) =>
      Object.hasOwn($B.file_cache, filename) ? $B.file_cache[filename] : undefined,
    linecache: () => {
      const module = Object.hasOwn($B.imported, 'linecache') ? $B.imported['linecache'] : undefined;
      return module === undefined ? undefined : values.module_getattr(module, 'getline');
    },
  };
  return host;
}

function textOf(value: GuestValue): string {
  if (typeof value === 'string') return value;
  const { $brython_value: ofSubclass } = value as { readonly $brython_value?: unknown };
  return String(ofSubclass ?? value);
}

function kindOf(values: Values, value: GuestValue): GuestKind {
  switch (typeof value) {
    case 'number':
    case 'bigint':
      return 'int';
    case 'string':
      return 'str';
    case 'boolean':
      return 'bool';
    case 'object':
      return value === null ? 'other' : kindOfObject(values, value as Guest);
    default:
      return 'other';
  }
}

function kindOfObject(values: Values, value: Guest): GuestKind {
  const { builtins } = values;
  if (value === builtins.None) return 'none';
  if (values.is_tuple(value)) return 'tuple';
  if (values.is_list(value)) return 'list';
  if (values.$isinstance(value, builtins['float'])) return 'float';
  if (values.$isinstance(value, builtins['str'])) return 'str';
  if (values.$isinstance(value, builtins['int'])) return 'int';
  return values.$isinstance(value, builtins.dict) ? 'dict' : 'other';
}

/** An int in the form that Brython's own arithmetic gives it. */
function shortest(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Brython's OSError shows its first argument only, so that is the whole message. */
function fileError(values: Values, error: GuestFileError): unknown {
  const { exception, errno, strerror, filename } = error;
  const text = `[Errno ${errno}] ${strerror}: '${filename}'`;
  const raised = values.EXC(values.builtins[exception]!, text);
  values.$setattr(raised, 'errno', errno);
  values.$setattr(raised, 'strerror', strerror);
  values.$setattr(raised, 'filename', filename);
  return raised;
}
