import type { GuestValue, PythonHost } from './python-host.ts';

/**
 * The user's attributes of a snapshot (`snapshot.note = 'after warm-up'`) as plain data for its
 * metadata and back. What JSON has no word for is an object with one key that starts with `$`.
 */
export type PlainValue =
  | null
  | boolean
  | number
  | string
  | readonly PlainValue[]
  | { readonly [key: string]: PlainValue };

/** Deep enough for data; a cyclic list ends with an error and not with the host's stack. */
const DEPTH_MAX = 25;

/** @throws (guest) TypeError that names the attribute when its value is no plain data. */
export function plainAttribute(host: PythonHost, name: string, value: GuestValue): PlainValue {
  return plainOf(host, name, value, 0);
}

function plainOf(host: PythonHost, name: string, value: GuestValue, depth: number): PlainValue {
  if (depth > DEPTH_MAX) {
    host.raise(
      'ValueError',
      `cannot dump attribute '${name}': more than ${DEPTH_MAX} levels deep, or cyclic`,
    );
  }
  const nested = (item: GuestValue): PlainValue => plainOf(host, name, item, depth + 1);
  switch (host.kind(value)) {
    case 'none':
      return null;
    case 'bool':
      return Boolean(host.number(value));
    case 'int': {
      const number = host.number(value);
      return typeof number === 'bigint' ? { $int: number.toString() } : number;
    }
    case 'float':
      return { $float: String(host.number(value)) };
    case 'str':
      return host.text(value);
    case 'list':
      return host.items(value).map(nested);
    case 'tuple':
      return { $tuple: host.items(value).map(nested) };
    case 'dict':
      return { $dict: host.entries(value).map(([key, item]) => [nested(key), nested(item)]) };
    default:
      return host.raise(
        'TypeError',
        `cannot dump attribute '${name}' of type ${host.typeName(value)}: a snapshot keeps None, ` +
          'bool, int, float, str, list, tuple and dict; delete the attribute or convert it',
      );
  }
}

/** The guest's value of plain data, also of data that another program wrote. */
export function guestValueOf(host: PythonHost, plain: unknown): GuestValue {
  if (plain === null || plain === undefined) return host.none;
  if (typeof plain === 'boolean') return host.bool(plain);
  if (typeof plain === 'string') return host.str(plain);
  if (typeof plain === 'bigint') return host.int(plain);
  if (typeof plain === 'number') {
    return Number.isSafeInteger(plain) ? host.int(plain) : host.float(plain);
  }
  if (Array.isArray(plain)) return host.list(plain.map((item) => guestValueOf(host, item)));
  if (typeof plain === 'object') return taggedValueOf(host, plain);
  return host.str(String(plain));
}

const INTEGER = /^-?\d{1,4000}$/;

function taggedValueOf(host: PythonHost, plain: object): GuestValue {
  const entries = Object.entries(plain);
  const [key, value] = entries.length === 1 ? entries[0]! : ['', undefined];
  if (key === '$int' && typeof value === 'string' && INTEGER.test(value)) {
    return host.int(BigInt(value));
  }
  if (key === '$float' && typeof value === 'string') return host.float(Number(value));
  if (key === '$tuple' && Array.isArray(value)) {
    return host.tuple(value.map((item) => guestValueOf(host, item)));
  }
  if (key === '$dict' && Array.isArray(value) && value.every(isPair)) {
    return host.dict(value.map(([k, v]) => [guestValueOf(host, k), guestValueOf(host, v)]));
  }
  return host.dict(entries.map(([name, item]) => [host.str(name), guestValueOf(host, item)]));
}

function isPair(value: unknown): value is readonly [unknown, unknown] {
  return Array.isArray(value) && value.length === 2;
}
