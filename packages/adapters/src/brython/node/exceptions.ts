import { exceptionsByErrno } from '../../python/node/errno.ts';
import { textErrorMessage } from '../../python/node/text-errors.ts';
import type { BrythonInternals, GuestClass, GuestObject } from '../host.ts';
import type { GuestValues } from './guest-values.ts';

type ExceptionClass = GuestClass & {
  tp_new: (cls: ExceptionClass, args: readonly unknown[], keywords: unknown) => GuestObject;
  tp_init: (self: GuestObject, ...args: readonly unknown[]) => void;
  tp_str: (self: GuestObject) => unknown;
};

type Internals = BrythonInternals & {
  set_to_dict(object: unknown, name: string, value: unknown): void;
  get_from_dict(object: unknown, name: string, fallback: unknown): unknown;
  fast_tuple(items: readonly unknown[]): unknown;
};

/**
 * What Brython leaves out of errors that files raise and programs look into: `errno`, `strerror` and
 * `filename` of OSError and the class that the number stands for, the parts of a UnicodeError, and
 * the text of either.
 */
export function correctExceptions($B: BrythonInternals, values: GuestValues): void {
  const internals = $B as Internals;
  const classes = $B.builtins as unknown as Readonly<Record<string, ExceptionClass>>;
  const base = classes['BaseException']!;
  correctSystemErrors(internals, classes, base);
  for (const name of ['UnicodeDecodeError', 'UnicodeEncodeError']) {
    correctUnicodeError(internals, classes[name]!, base, values);
  }
}

function correctSystemErrors(
  $B: Internals,
  classes: Readonly<Record<string, ExceptionClass>>,
  base: ExceptionClass,
): void {
  const { None: none, repr } = $B.builtins as unknown as {
    None: unknown;
    repr(value: unknown): string;
  };
  const systemError = classes['OSError']!;
  const byErrno = new Map(exceptionsByErrno());
  const makeNew: ExceptionClass['tp_new'] = (cls, args, keywords) => {
    const name = args.length > 1 && args.length < 6 ? byErrno.get(Number(args[0])) : undefined;
    const found = cls === systemError && name !== undefined ? classes[name]! : cls;
    return base.tp_new(found, args, keywords);
  };
  const initialise: ExceptionClass['tp_init'] = (self, ...args) => {
    const isSystem = args.length > 1 && args.length < 6;
    const [errno = none, strerror = none, filename = none, , filename2 = none] = isSystem
      ? args
      : [];
    Object.assign(self, { args: $B.fast_tuple(isSystem ? args.slice(0, 2) : args) });
    for (const [name, value] of Object.entries({ errno, strerror, filename, filename2 })) {
      $B.set_to_dict(self, name, value);
    }
  };
  const textOf: ExceptionClass['tp_str'] = (self) => {
    const part = (name: string): unknown => $B.get_from_dict(self, name, none);
    if (part('errno') === none || part('strerror') === none) return base.tp_str(self);
    const head = `[Errno ${String(part('errno'))}] ${String(part('strerror'))}`;
    if (part('filename') === none) return head;
    const second = part('filename2') === none ? '' : ` -> ${repr(part('filename2'))}`;
    return `${head}: ${repr(part('filename'))}${second}`;
  };
  // A class has the slots of its bases for its own.
  for (const cls of Object.values(classes)) {
    if (!Array.isArray(cls?.tp_mro) || !cls.tp_mro.includes(systemError)) continue;
    Object.assign(cls, {
      tp_new: Object.assign(makeNew, { $is_slot: true }),
      tp_init: initialise,
      tp_str: textOf,
    });
  }
}

function correctUnicodeError(
  $B: Internals,
  cls: ExceptionClass,
  base: ExceptionClass,
  values: GuestValues,
): void {
  cls.tp_init = (self, ...args) => {
    Object.assign(self, { args: $B.fast_tuple([...args]) });
    if (args.length !== 5) return;
    const names = ['encoding', 'object', 'start', 'end', 'reason'];
    names.forEach((name, i) => {
      $B.set_to_dict(self, name, args[i]);
    });
  };
  cls.tp_str = (self) => {
    const part = (name: string): unknown => $B.get_from_dict(self, name, none);
    const none = values.none;
    const object = part('object');
    // Brython itself raises them with a text alone.
    if (object === none) return base.tp_str(self);
    return textErrorMessage(
      values.textOf(part('encoding')),
      values.bytesOf(object) ?? values.textOf(object),
      Number(part('start')),
      Number(part('end')),
      values.textOf(part('reason')),
    );
  };
}
