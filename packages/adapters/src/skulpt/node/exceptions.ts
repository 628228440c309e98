import { systemErrorOf } from '../../python/node/errno.ts';
import type { Skulpt, SkulptClass, SkulptDict, SkulptObject } from '../host.ts';
import { makeException } from '../native-exception.ts';

/** Exceptions that programs name and Skulpt 1.2.0 lacks, each after the one that it is a kind of. */
const lacking: readonly (readonly [name: string, base: string])[] = [
  ['ModuleNotFoundError', 'ImportError'],
  ['EOFError', 'Exception'],
  ['FileExistsError', 'OSError'],
  ['FileNotFoundError', 'OSError'],
  ['IsADirectoryError', 'OSError'],
  ['NotADirectoryError', 'OSError'],
  ['PermissionError', 'OSError'],
  ['TimeoutError', 'OSError'],
  ['KeyboardInterrupt', 'BaseException'],
  ['GeneratorExit', 'BaseException'],
  ['UnboundLocalError', 'NameError'],
  ['BufferError', 'Exception'],
  ['MemoryError', 'Exception'],
  ['ReferenceError', 'Exception'],
  ['FloatingPointError', 'Exception'],
  ['UnicodeError', 'ValueError'],
  ['Warning', 'Exception'],
  ['UserWarning', 'Warning'],
  ['DeprecationWarning', 'Warning'],
  ['PendingDeprecationWarning', 'Warning'],
  ['RuntimeWarning', 'Warning'],
  ['FutureWarning', 'Warning'],
  ['SyntaxWarning', 'Warning'],
  ['ImportWarning', 'Warning'],
  ['ResourceWarning', 'Warning'],
];

/** Gives programs the exceptions that the host lacks; `OSError` is its IOError. */
export function addExceptions(Sk: Skulpt): void {
  const names = Sk.builtins as Record<string, unknown>;
  names['OSError'] ??= names['IOError'];
  names['EnvironmentError'] ??= names['OSError'];
  for (const [name, base] of lacking) {
    names[name] ??= makeException(Sk, name, names[base] as SkulptClass);
  }
}

/** Raises an exception by its name in Python. */
export function raise(Sk: Skulpt, name: string, message: string): never {
  // Bun puts a lone `Sk.builtins?.[name]` behind `new`, where it is a syntax error.
  const kinds = Sk.builtins ?? {};
  const kind = kinds[name] as new (message: string) => object;
  throw new kind(message);
}

/** Calls what Node may fail in; an error of the system is Python's, as CPython has it for a file. */
export function asGuest<T>(Sk: Skulpt, filename: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const system = systemErrorOf(error);
    if (system === null) throw error;
    const { exception, errno, strerror } = system;
    const kind = (Sk.builtins?.[exception] ?? Sk.builtins?.['OSError']) as new (
      message: string,
    ) => SkulptObject & { args: unknown };
    const raised = new kind(`[Errno ${errno}] ${strerror}: '${filename}'`);
    const { str, int_ } = Sk.builtin;
    const attributes = raised.$d as SkulptDict | undefined;
    attributes?.mp$ass_subscript(new str('errno'), new int_(errno));
    attributes?.mp$ass_subscript(new str('strerror'), new str(strerror));
    attributes?.mp$ass_subscript(new str('filename'), new str(filename));
    throw raised;
  }
}
