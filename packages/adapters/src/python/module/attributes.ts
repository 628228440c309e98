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

/** Classes of the guest that are called with a list of what they shall hold. */
export type GuestTypes = {
  readonly set: GuestValue;
  readonly frozenset: GuestValue;
  readonly bytes: GuestValue;
};

/** The guest's value of plain data, also of data that another program wrote. */
export function guestValueOf(host: PythonHost, plain: unknown, types: GuestTypes): GuestValue {
  if (plain === null || plain === undefined) return host.none;
  if (typeof plain === 'boolean') return host.bool(plain);
  if (typeof plain === 'string') return host.str(plain);
  if (typeof plain === 'bigint') return host.int(plain);
  if (typeof plain === 'number') {
    return Number.isSafeInteger(plain) ? host.int(plain) : host.float(plain);
  }
  if (Array.isArray(plain)) return host.list(plain.map((item) => guestValueOf(host, item, types)));
  if (typeof plain === 'object') return taggedValueOf(host, plain, types);
  return host.str(String(plain));
}

const INTEGER = /^-?\d{1,4000}$/;

function taggedValueOf(host: PythonHost, plain: object, types: GuestTypes): GuestValue {
  const nested = (item: unknown): GuestValue => guestValueOf(host, item, types);
  const entries = Object.entries(plain);
  const [key, value] = entries.length === 1 ? entries[0]! : ['', undefined];
  if (typeof value === 'string') {
    if (key === '$int' && INTEGER.test(value)) return host.int(BigInt(value));
    if (key === '$float') return host.float(floatOf(value));
    if (key === '$bytes') {
      const items = Array.from(value, (letter) => host.int(letter.charCodeAt(0) & 0xff));
      return host.call(types.bytes, [host.list(items)]);
    }
  }
  if (Array.isArray(value)) {
    if (key === '$tuple') return host.tuple(value.map(nested));
    if (key === '$set') return host.call(types.set, [host.list(value.map(nested))]);
    if (key === '$frozenset') return host.call(types.frozenset, [host.list(value.map(nested))]);
    if (key === '$dict' && value.every(isPair)) {
      return host.dict(value.map(([k, v]) => [nested(k), nested(v)]));
    }
  }
  return host.dict(entries.map(([name, item]) => [host.str(name), nested(item)]));
}

/** Of Python's text or of JavaScript's. */
function floatOf(text: string): number {
  const special: Record<string, number> = {
    inf: Number.POSITIVE_INFINITY,
    '-inf': Number.NEGATIVE_INFINITY,
  };
  return special[text] ?? Number(text);
}

function isPair(value: unknown): value is readonly [unknown, unknown] {
  return Array.isArray(value) && value.length === 2;
}
