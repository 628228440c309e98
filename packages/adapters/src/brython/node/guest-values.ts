import type { BrythonInternals, GuestObject } from '../host.ts';

type Internals = BrythonInternals & {
  fast_bytes(bytes: number[]): GuestObject;
  fast_tuple(items: unknown[]): unknown;
  fast_float(value: number): unknown;
  $list(items: unknown[]): unknown;
  make_String(text: string, surrogates: number[]): unknown;
  is_str(value: unknown): boolean;
  $isinstance(value: unknown, guestClass: unknown): boolean;
  $setattr(object: unknown, name: string, value: unknown): void;
  set_to_dict(object: unknown, name: string, value: unknown): void;
};

/** Guest values of what Node has, and the other way round. */
export type GuestValues = {
  readonly none: unknown;
  text(value: string): unknown;
  bytes(value: Uint8Array): unknown;
  float(value: number): unknown;
  integer(value: bigint): unknown;
  tuple(items: readonly unknown[]): unknown;
  list(items: readonly unknown[]): unknown;
  isText(value: unknown): boolean;
  /** A string of ours: Brython's may be an object, or an instance of a subclass. */
  textOf(value: unknown): string;
  /** The bytes of anything like bytes; `null` for others. */
  bytesOf(value: unknown): Uint8Array | null;
  call(callable: unknown, ...args: readonly unknown[]): unknown;
  systemExit(status: number): unknown;
  /** Raises a guest exception with these arguments and attributes. */
  raise(
    exception: string,
    args: readonly unknown[],
    attributes?: Readonly<Record<string, unknown>>,
  ): never;
};

/** @param $B the interpreter whose values they are. */
export function guestValues($B: BrythonInternals): GuestValues {
  const internals = $B as Internals;
  const { builtins } = $B;
  const values: GuestValues = {
    none: builtins.None,
    text: (value) => guestText(internals, value),
    bytes: (value) => internals.fast_bytes(Array.from(value)),
    float: (value) => internals.fast_float(value),
    integer: (value) => (Number.isSafeInteger(Number(value)) ? Number(value) : value),
    tuple: (items) => internals.fast_tuple([...items]),
    list: (items) => internals.$list([...items]),
    isText: (value) => internals.is_str(value),
    textOf(value) {
      const inner = (value as { $brython_value?: unknown } | null)?.$brython_value ?? value;
      return String(inner);
    },
    bytesOf(value) {
      const source = sourceOf(value);
      return source === null ? null : Uint8Array.from(source);
    },
    call: (callable, ...args) => $B.$call(callable, ...args),
    systemExit: (status) => $B.$call(builtins['SystemExit'], status),
    raise(exception, args, attributes = {}) {
      const error = $B.$call(builtins[exception], ...args);
      for (const [name, value] of Object.entries(attributes)) {
        internals.$setattr(error, name, value);
      }
      throw error;
    },
  };
  return values;
}

/** Brython counts code points, by a list of where those are that take two units. */
function guestText($B: Internals, value: string): unknown {
  if (!/[\ud800-\udbff]/.test(value)) return value;
  const surrogates: number[] = [];
  let position = 0;
  for (let i = 0; i < value.length; i++) {
    if (value.codePointAt(i)! > 0xffff) {
      surrogates.push(position);
      i++;
    }
    position++;
  }
  return surrogates.length === 0 ? value : $B.make_String(value, surrogates);
}

/** The numbers of bytes, a bytearray, an array of bytes or a memoryview of one of them. */
function sourceOf(value: unknown): ArrayLike<number> | null {
  if (typeof value !== 'object' || value === null) return null;
  const { source, obj } = value as { source?: unknown; obj?: unknown };
  if (Array.isArray(source) || source instanceof Uint8Array) return source as ArrayLike<number>;
  return obj === undefined ? null : sourceOf(obj);
}
