import type { GuestKind, GuestValue, PythonHost } from '../../src/python/module/index.ts';

/** A guest value of the tests: a kind and JavaScript's idea of it. */
export type Value = { readonly kind: GuestKind; readonly value: unknown };

class GuestError extends Error {
  readonly exception: string;
  constructor(exception: string, message: string) {
    super(`${exception}: ${message}`);
    this.exception = exception;
  }
}

const boxed = (kind: GuestKind, value: unknown): Value => ({ kind, value });
const valueIn = (value: GuestValue): unknown => (value as Value).value;

/** The smallest Python there can be: values in boxes, functions as JavaScript functions. */
export const plainHost: PythonHost = {
  none: boxed('none', null),
  bool: (value) => boxed('bool', value),
  int: (value) => boxed('int', value),
  float: (value) => boxed('float', value),
  str: (value) => boxed('str', value),
  tuple: (items) => boxed('tuple', items),
  list: (items) => boxed('list', items),
  dict: (entries) => boxed('dict', entries),
  kind: (value) => (value as Value).kind,
  typeName: (value) => (value as Value).kind,
  number: (value) => {
    const number = valueIn(value);
    return typeof number === 'bigint' ? number : Number(number);
  },
  text: (value) => valueIn(value) as string,
  items: (value) => valueIn(value) as readonly GuestValue[],
  entries: (value) => valueIn(value) as readonly (readonly [GuestValue, GuestValue])[],
  index: (value) => {
    const { kind } = value as Value;
    return kind === 'int' || kind === 'bool' ? plainHost.number(value) : undefined;
  },
  call: (callable, args) => (valueIn(callable) as (...args: unknown[]) => GuestValue)(...args),
  raise: (exception, message) => {
    throw new GuestError(exception, message);
  },
  raiseFileError: ({ exception, errno, strerror, filename }) => {
    throw new GuestError(exception, `[Errno ${errno}] ${strerror}: '${filename}'`);
  },
  sourceOf: () => undefined,
  linecache: () => undefined,
};

/** The JavaScript of a guest value: tuples and lists as arrays, dicts as arrays of pairs. */
export function plain(value: GuestValue): unknown {
  const { kind, value: inner } = value as Value;
  if (kind === 'tuple' || kind === 'list') return (inner as GuestValue[]).map(plain);
  if (kind === 'dict') {
    return (inner as [GuestValue, GuestValue][]).map(([key, item]) => [plain(key), plain(item)]);
  }
  return inner;
}

/** Numbers, strings and arrays as guest values; an array becomes a tuple. */
export function guestOf(value: unknown): Value {
  if (value === null) return plainHost.none as Value;
  if (typeof value === 'string') return boxed('str', value);
  if (typeof value === 'boolean') return boxed('bool', value);
  if (Array.isArray(value)) return boxed('tuple', value.map(guestOf));
  return boxed(Number.isInteger(value) || typeof value === 'bigint' ? 'int' : 'float', value);
}
