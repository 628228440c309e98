import { randomBytes } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  statSync,
  unlinkSync,
} from 'node:fs';
import { cpus } from 'node:os';
import { resolve } from 'node:path';
import { withNewlines } from '../../python/node/source-text.ts';
import type { Skulpt, SkulptDict, SkulptObject } from '../host.ts';
import { asGuest } from './exceptions.ts';
import { formatGuestError } from './guest-errors.ts';

/** The module that the stand-ins of guest/ are on. */
export const nativeModule = '_tracemalloc_node';

/** Larger files are no source files. */
const largestSource = 16 * 1024 * 1024;

export type NativeOptions = {
  /** What the program is called, and its text. */
  readonly filename: string;
  readonly source: string;
  /** The text of a file that was compiled. */
  readonly textOf: (filename: string) => string | undefined;
};

type Call = (...args: SkulptObject[]) => unknown;
type Names = Record<string, SkulptObject>;

/** The functions of the module, as its dict. */
export function nativeFunctions(Sk: Skulpt, options: NativeOptions): Record<string, unknown> {
  const { sk_method } = Sk.builtin;
  const functions = { ...systemFunctions(Sk), ...fileFunctions(Sk), ...codeFunctions(Sk, options) };
  return Object.fromEntries(
    Object.entries(functions).map(([$name, call]) => {
      const $meth = (args: SkulptObject[]): unknown => call(...args);
      return [
        $name,
        new sk_method({ $name, $flags: { FastCall: true }, $meth }, null, nativeModule),
      ];
    }),
  );
}

function systemFunctions({ builtin }: Skulpt): Record<string, Call> {
  const { str, int_, dict, list } = builtin;
  return {
    environ: () => {
      const pairs = Object.entries(process.env);
      return new dict(pairs.flatMap(([name, value = '']) => [new str(name), new str(value)]));
    },
    cwd: () => new str(process.cwd()),
    pid: () => new int_(process.pid),
    cpu_count: () => new int_(cpus().length),
    random_bytes: (size) =>
      new list(Array.from(randomBytes(Number(size?.v)), (byte) => new int_(byte))),
  };
}

function fileFunctions(Sk: Skulpt): Record<string, Call> {
  const { str, int_, float_, bool, list, none } = Sk.builtin;
  /** Of the file of that name, with what the system says of it as an exception of Python's. */
  const of =
    (work: (path: string) => unknown): Call =>
    (name) =>
      asGuest(Sk, textIn(name), () => work(resolve(textIn(name)))) ?? none.none$;
  return {
    listdir: of((path) => new list(readdirSync(path).map((name) => new str(name)))),
    mkdir: of((path) => mkdirSync(path)),
    rmdir: of((path) => rmdirSync(path)),
    remove: of((path) => unlinkSync(path)),
    rename: (from, to) => of((path) => renameSync(path, resolve(textIn(to))))(from!),
    kind: of((path) => new str(kindOf(path))),
    is_link: of((path) => (isLink(path) ? bool.true$ : bool.false$)),
    size: of((path) => new int_(statSync(path).size)),
    mtime: of((path) => new float_(statSync(path).mtimeMs / 1000)),
    realpath: of((path) => new str(existsSync(path) ? realpathSync(path) : path)),
  };
}

function codeFunctions(Sk: Skulpt, options: NativeOptions): Record<string, Call> {
  const { str, int_, dict, list, tuple, none } = Sk.builtin;
  return {
    source: (name) => {
      const found = options.textOf(textIn(name)) ?? sourceText(resolve(textIn(name)));
      return found === undefined ? none.none$ : new str(found);
    },
    format_exception: (error) =>
      new list(partsOf(formatGuestError(Sk, error, options.textOf)).map((part) => new str(part))),
    run: (source, filename, names) => {
      run(Sk, textIn(source), textIn(filename), names as SkulptDict);
      return none.none$;
    },
    captured: (source, filename, names) => {
      const [output, error] = captured(Sk, textIn(source), textIn(filename), names as SkulptDict);
      return new tuple([new str(output), error]);
    },
    names_of: (given) => {
      const main = Sk.sysmodules?.quick$lookup(new str('__main__'));
      const names = ((given === none.none$ ? main : given) as { $d: Names }).$d;
      const pairs = Object.entries(names);
      return new dict(pairs.flatMap(([name, value]) => [new str(nameOf(name)), value]));
    },
    main_file: () => new str(options.filename),
    line_of: (doc, line) => {
      const at = withNewlines(options.source).indexOf(textIn(doc));
      const before = at < 0 ? '' : options.source.slice(0, at);
      return new int_(before.split('\n').length + Number(line?.v));
    },
  };
}

function textIn(value: SkulptObject | undefined): string {
  return String(value?.v);
}

/** A traceback's head, its places, and what it says at last. */
function partsOf(text: string): string[] {
  const lines = text.split(/(?<=\n)/);
  const parts: string[] = [];
  for (const line of lines) {
    if (line.startsWith('    ') && parts.at(-1)?.startsWith('  File '))
      parts.push(parts.pop() + line);
    else if (/^ {2}|^Traceback \(/.test(line) && !isMessage(parts)) parts.push(line);
    else if (isMessage(parts)) parts.push(parts.pop() + line);
    else parts.push(line);
  }
  return parts;
}

/** Whether the last part is the exception itself, whose text may have any lines. */
function isMessage(parts: readonly string[]): boolean {
  const last = parts.at(-1);
  return last !== undefined && !/^ {2}|^Traceback \(/.test(last);
}

function sourceText(path: string): string | undefined {
  try {
    const { size } = statSync(path);
    return size <= largestSource ? readFileSync(path, 'utf8') : undefined;
  } catch {
    return undefined;
  }
}

function kindOf(path: string): 'file' | 'dir' | 'other' | '' {
  try {
    const found = statSync(path);
    if (found.isFile()) return 'file';
    return found.isDirectory() ? 'dir' : 'other';
  } catch {
    return '';
  }
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}

/** Skulpt's names of variables that JavaScript reserves have a mark. */
const nameOf = (name: string): string => name.replace(/_\$rw\$$/, '');

/** As at Python's prompt: the value of an expression is printed. */
function captured(
  Sk: Skulpt,
  source: string,
  filename: string,
  names: SkulptDict,
): [output: string, error: SkulptObject] {
  const { none } = Sk.builtin;
  const { output } = Sk;
  let printed = '';
  Sk.output = (text) => {
    printed += text;
  };
  try {
    const value = isExpression(Sk, source, filename)
      ? run(Sk, `__tracemalloc_value__ = (\n${source}\n)\n`, filename, names)
      : run(Sk, source, filename, names);
    if (value !== undefined && value !== none.none$) {
      printed += `${Sk.misceval.objectRepr(value)}\n`;
    }
    return [printed, none.none$];
  } catch (error) {
    if (error instanceof Sk.builtin.BaseException) return [printed, error];
    throw error;
  } finally {
    Sk.output = output;
  }
}

function isExpression(Sk: Skulpt, source: string, filename: string): boolean {
  try {
    Sk.compile(`(\n${source}\n)\n`, filename, 'exec', false);
    return true;
  } catch {
    return false;
  }
}

/**
 * Runs a text with names of its own, which it may add to. Python: `exec`.
 * @returns the value of an expression that was run as an assignment to a name of ours.
 */
function run(
  Sk: Skulpt,
  source: string,
  filename: string,
  names: SkulptDict,
): SkulptObject | undefined {
  const { str } = Sk.builtin;
  const scope: Names = { __name__: new str('__main__') };
  for (const [name, value] of names.$items()) scope[Sk.fixReserved(String(name.v))] = value;
  const { code, funcname } = Sk.compile(source, filename, 'exec', false);
  const load = new Function('Sk', `var $compiledmod;\n${code}\nreturn ${funcname};`);
  const main = load(Sk) as (globals: Names) => unknown;
  let value: SkulptObject | undefined;
  try {
    Sk.misceval.retryOptionalSuspensionOrThrow(main(scope));
  } finally {
    for (const [name, item] of Object.entries(scope)) {
      if (name === '__tracemalloc_value__') value = item;
      else names.mp$ass_subscript(new str(nameOf(name)), item);
    }
  }
  return value;
}
