import type {
  GuestException,
  GuestFileError,
  GuestKind,
  GuestValue,
  PythonHost,
} from '../../python-module/index.ts';
import type { SkulptHost } from '../host.ts';

/** A Python object of Skulpt: its class's slots are on its prototype. */
type Guest = {
  readonly v?: unknown;
  readonly nb$index?: () => unknown;
  tp$getattr(name: unknown): Guest | undefined;
};

type GuestClass = new (...args: never[]) => Guest;

type GuestDict = Guest & {
  readonly $items: () => [GuestValue, GuestValue][];
  mp$ass_subscript(key: unknown, value: unknown): void;
  quick$lookup(name: unknown): Guest | undefined;
};

/** Members of `Sk` that making and reading guest values takes. */
type Values = {
  readonly builtin: {
    readonly none: { readonly none$: Guest };
    readonly bool: GuestClass & { readonly true$: Guest; readonly false$: Guest };
    readonly int_: new (value: number | string) => Guest;
    readonly float_: new (value: number) => Guest;
    readonly str: new (value: string) => Guest;
    readonly tuple: new (items: unknown[]) => Guest;
    readonly list: new (items: unknown[]) => Guest;
    readonly dict: new (pairs: unknown[]) => GuestDict;
    readonly [exception: string]: unknown;
  };
  readonly abstr: { typeName(value: unknown): string };
  readonly misceval: {
    callsimArray(callable: unknown, args: unknown[]): unknown;
    asIndex(value: unknown): unknown;
  };
  readonly sysmodules: GuestDict;
};

type ErrorClass = new (message: string) => Guest & { readonly $d: GuestDict };

/**
 * Guest values of one Skulpt. All of them are objects, with the JavaScript value in `v`; an int
 * above 2^53 − 1 has a big number of Skulpt's own there.
 *
 * @param sourceOf The text of a file that Skulpt compiled.
 */
export function skulptHost(
  Sk: SkulptHost,
  sourceOf: (filename: string) => string | undefined,
): PythonHost {
  const values = Sk as unknown as Values;
  const { builtin, misceval } = values;
  const name = (text: string): Guest => new builtin.str(text);
  const host: PythonHost = {
    none: builtin.none.none$,
    bool: (value) => (value ? builtin.bool.true$ : builtin.bool.false$),
    int: (value) => new builtin.int_(typeof value === 'bigint' ? value.toString() : value),
    float: (value) => new builtin.float_(value),
    str: (value) => new builtin.str(value),
    tuple: (items) => new builtin.tuple([...items]),
    list: (items) => new builtin.list([...items]),
    dict: (entries) => new builtin.dict(entries.flat()),
    kind: (value) => kindOf(values, value),
    typeName: (value) => values.abstr.typeName(value),
    number: (value) => numberOf((value as Guest).v),
    text: (value) => String((value as Guest).v),
    items: (value) => (value as Guest).v as readonly GuestValue[],
    entries: (value) => (value as GuestDict).$items(),
    index: (value) => {
      if (kindOf(values, value) === 'float') return undefined;
      const index = misceval.asIndex(value);
      return index === undefined ? undefined : numberOf(index);
    },
    call: (callable, args) => misceval.callsimArray(callable, [...args]),
    raise: (exception: GuestException, message: string) => {
      throw new (errorClass(values, exception, 'RuntimeError'))(message);
    },
    raiseFileError: (error) => {
      throw fileError(values, error);
    },
    sourceOf,
    linecache: () => values.sysmodules.quick$lookup(name('linecache'))?.tp$getattr(name('getline')),
  };
  return host;
}

function kindOf({ builtin }: Values, value: GuestValue): GuestKind {
  if (value === builtin.none.none$) return 'none';
  if (value instanceof builtin.str) return 'str';
  if (value instanceof builtin.bool) return 'bool';
  if (value instanceof builtin.int_) return 'int';
  if (value instanceof builtin.tuple) return 'tuple';
  if (value instanceof builtin.list) return 'list';
  if (value instanceof builtin.float_) return 'float';
  return value instanceof builtin.dict ? 'dict' : 'other';
}

function numberOf(value: unknown): number | bigint {
  return typeof value === 'number' ? value : BigInt(String(value));
}

/** Skulpt has not all of Python's exceptions: a kind that it lacks is raised as `other`. */
function errorClass({ builtin }: Values, exception: string, other: string): ErrorClass {
  return (builtin[exception] ?? builtin[other]) as ErrorClass;
}

function fileError(values: Values, error: GuestFileError): unknown {
  const { exception, errno, strerror, filename } = error;
  const { str, int_ } = values.builtin;
  const raised = new (errorClass(values, exception, 'IOError'))(
    `[Errno ${errno}] ${strerror}: '${filename}'`,
  );
  raised.$d.mp$ass_subscript(new str('errno'), new int_(errno));
  raised.$d.mp$ass_subscript(new str('strerror'), new str(strerror));
  raised.$d.mp$ass_subscript(new str('filename'), new str(filename));
  return raised;
}
