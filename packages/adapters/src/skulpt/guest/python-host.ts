import type {
  GuestException,
  GuestFileError,
  GuestKind,
  GuestValue,
  PythonHost,
} from '../../python/module/index.ts';
import type { Skulpt, SkulptDict, SkulptObject } from '../host.ts';

type ErrorClass = new (message: string) => SkulptObject & { readonly $d: SkulptDict };

/**
 * Guest Sk of one Skulpt. All of them are objects, with the JavaScript value in `v`; an int
 * above 2^53 − 1 has a big number of Skulpt's own there.
 *
 * @param sourceOf The text of a file that Skulpt compiled.
 */
export function skulptHost(
  Sk: Skulpt,
  sourceOf: (filename: string) => string | undefined,
): PythonHost {
  const { builtin, misceval } = Sk;
  const host: PythonHost = {
    none: builtin.none.none$,
    bool: (value) => (value ? builtin.bool.true$ : builtin.bool.false$),
    int: (value) => new builtin.int_(typeof value === 'bigint' ? value.toString() : value),
    float: (value) => new builtin.float_(value),
    str: (value) => new builtin.str(value),
    tuple: (items) => new builtin.tuple([...items]),
    list: (items) => new builtin.list([...items]),
    dict: (entries) => new builtin.dict(entries.flat()),
    kind: (value) => kindOf(Sk, value),
    typeName: (value) => Sk.abstr.typeName(value),
    number: (value) => numberOf((value as SkulptObject).v),
    text: (value) => String((value as SkulptObject).v),
    items: (value) => (value as SkulptObject).v as readonly GuestValue[],
    entries: (value) => (value as SkulptDict).$items(),
    index: (value) => {
      if (kindOf(Sk, value) === 'float') return undefined;
      const index = misceval.asIndex(value);
      return index === undefined ? undefined : numberOf(index);
    },
    call: (callable, args) => misceval.callsimArray(callable, [...args]),
    raise: (exception: GuestException, message: string) => {
      throw new (errorClass(Sk, exception, 'RuntimeError'))(message);
    },
    raiseFileError: (error) => {
      throw fileError(Sk, error);
    },
    sourceOf,
    linecache: () => {
      const module = Sk.sysmodules?.quick$lookup(new builtin.str('linecache'));
      return module?.tp$getattr?.(new builtin.str('getline'));
    },
  };
  return host;
}

function kindOf({ builtin }: Skulpt, value: GuestValue): GuestKind {
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
function errorClass({ builtin }: Skulpt, exception: string, other: string): ErrorClass {
  return (builtin[exception] ?? builtin[other]) as ErrorClass;
}

function fileError(Sk: Skulpt, error: GuestFileError): unknown {
  const { exception, errno, strerror, filename } = error;
  const { str, int_ } = Sk.builtin;
  const raised = new (errorClass(Sk, exception, 'IOError'))(
    `[Errno ${errno}] ${strerror}: '${filename}'`,
  );
  raised.$d.mp$ass_subscript(new str('errno'), new int_(errno));
  raised.$d.mp$ass_subscript(new str('strerror'), new str(strerror));
  raised.$d.mp$ass_subscript(new str('filename'), new str(filename));
  return raised;
}
