import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { withNewlines } from '../../python/node/source-text.ts';
import type { Skulpt, SkulptObject } from '../host.ts';
import { asGuest, raise } from './exceptions.ts';

/** Python's modes for text, and what Node calls them. */
const modes: Readonly<Record<string, string>> = { r: 'r', w: 'w', a: 'a', x: 'wx', 'r+': 'r+' };

/** A text file of the system. It is read when it is opened, and written to at once. */
class TextFile {
  readonly name: string;
  readonly mode: string;
  readonly #fd: number;
  readonly #text: string;
  #at = 0;
  closed = false;

  constructor(name: string, mode: string) {
    const path = resolve(name);
    this.name = name;
    this.mode = mode;
    this.#fd = openSync(path, modes[mode] ?? 'r');
    try {
      const text = mode.startsWith('r') ? readFileSync(this.#fd, 'utf8') : '';
      this.#text = withNewlines(text);
    } catch (error) {
      closeSync(this.#fd);
      throw error;
    }
  }

  read(size: number): string {
    const text = this.#text.slice(this.#at, size < 0 ? undefined : this.#at + size);
    this.#at += text.length;
    return text;
  }

  /** With its newline; '' at the end. */
  readline(size: number): string {
    const newline = this.#text.indexOf('\n', this.#at);
    const length = newline < 0 ? this.#text.length - this.#at : newline + 1 - this.#at;
    return this.read(size < 0 ? length : Math.min(size, length));
  }

  write(text: string): void {
    writeSync(this.#fd, text);
  }

  seek(position: number): void {
    this.#at = position;
  }

  tell(): number {
    return this.#at;
  }

  close(): void {
    if (!this.closed) closeSync(this.#fd);
    this.closed = true;
  }
}

type Guest = SkulptObject & { file: TextFile };

/** Python's `open`, for text files in UTF-8. Skulpt's own writes no files. */
export function openFunction(Sk: Skulpt): unknown {
  const TextIO = textClass(Sk);
  const open = {
    $name: 'open',
    $flags: { FastCall: true },
    $meth(args: readonly SkulptObject[]): object {
      const name = args[0];
      if (!(name instanceof Sk.builtin.str)) {
        const kind = Sk.abstr.typeName(name);
        raise(Sk, 'TypeError', `expected str, bytes or os.PathLike object, not ${kind}`);
      }
      const given = args[1] === undefined ? 'r' : String(args[1].v);
      const mode = given.replace('t', '');
      if (mode.includes('b')) {
        raise(Sk, 'NotImplementedError', 'open() in Skulpt is for text files only');
      }
      if (modes[mode] === undefined) raise(Sk, 'ValueError', `invalid mode: '${given}'`);
      const path = String(name.v);
      const made = new TextIO();
      (made as Guest).file = asGuest(Sk, path, () => new TextFile(path, mode));
      return made;
    },
  };
  return new Sk.builtin.sk_method(open, null, 'builtins');
}

function textClass(Sk: Skulpt): new () => SkulptObject {
  const { bool, str } = Sk.builtin;
  const next = lineReader(Sk);
  const made = Sk.abstr.buildNativeClass('TextIOWrapper', {
    constructor: function TextIOWrapper(): void {},
    slots: {
      tp$iter(this: Guest) {
        return this;
      },
      tp$iternext: next,
    },
    getsets: {
      closed: getter(({ closed }) => (closed ? bool.true$ : bool.false$)),
      name: getter(({ name }) => new str(name)),
      mode: getter(({ mode }) => new str(mode)),
      encoding: getter(() => new str('utf-8')),
    },
    methods: { ...readingMethods(Sk, next), ...writingMethods(Sk), ...otherMethods(Sk) },
  });
  return made as new () => SkulptObject;
}

type Method = {
  readonly $meth: (...args: never[]) => unknown;
  readonly $flags: { readonly MinArgs: number; readonly MaxArgs: number };
};

type Methods = Readonly<Record<string, Method>>;

/** A method that takes so many arguments. */
function method(
  MinArgs: number,
  MaxArgs: number,
  call: (file: TextFile, ...args: SkulptObject[]) => unknown,
): Method {
  const $meth = function (this: Guest, ...args: SkulptObject[]): unknown {
    return call(this.file, ...args);
  };
  return { $meth, $flags: { MinArgs, MaxArgs } };
}

function getter(of: (file: TextFile) => SkulptObject): { readonly $get: (this: Guest) => unknown } {
  return {
    $get() {
      return of(this.file);
    },
  };
}

function checkOpen(Sk: Skulpt, file: TextFile): void {
  if (file.closed) raise(Sk, 'ValueError', 'I/O operation on closed file.');
}

function checkReadable(Sk: Skulpt, file: TextFile): void {
  checkOpen(Sk, file);
  if (!file.mode.startsWith('r')) raise(Sk, 'OSError', 'not readable');
}

/** The next line with its newline; undefined at the end. */
function lineReader(Sk: Skulpt): (this: Guest) => SkulptObject | undefined {
  return function () {
    checkReadable(Sk, this.file);
    const line = this.file.readline(-1);
    return line === '' ? undefined : new Sk.builtin.str(line);
  };
}

function readingMethods(Sk: Skulpt, next: (this: Guest) => SkulptObject | undefined): Methods {
  const { str, list } = Sk.builtin;
  const size = (value: SkulptObject | undefined): number =>
    typeof value?.v === 'number' ? value.v : -1;
  return {
    read: method(0, 1, (file, count) => {
      checkReadable(Sk, file);
      return new str(file.read(size(count)));
    }),
    readline: method(0, 1, (file, count) => {
      checkReadable(Sk, file);
      return new str(file.readline(size(count)));
    }),
    readlines: {
      $meth(this: Guest) {
        const lines: SkulptObject[] = [];
        for (let line = next.call(this); line !== undefined; line = next.call(this)) {
          lines.push(line);
        }
        return new list(lines);
      },
      $flags: { MinArgs: 0, MaxArgs: 1 },
    },
  };
}

function writingMethods(Sk: Skulpt): Methods {
  const { str, int_, none } = Sk.builtin;
  const write = (file: TextFile, value: SkulptObject | undefined): SkulptObject => {
    checkOpen(Sk, file);
    if (file.mode === 'r') raise(Sk, 'OSError', 'not writable');
    if (!(value instanceof str)) {
      const kind = Sk.abstr.typeName(value);
      raise(Sk, 'TypeError', `write() argument must be str, not ${kind}`);
    }
    const text = String(value.v);
    file.write(text);
    return new int_([...text].length);
  };
  return {
    write: method(1, 1, write),
    writelines: method(1, 1, (file, lines) => {
      for (const line of Sk.misceval.arrayFromIterable(lines)) write(file, line);
      return none.none$;
    }),
  };
}

function otherMethods(Sk: Skulpt): Methods {
  const { int_, bool, none } = Sk.builtin;
  const close = (file: TextFile): SkulptObject => {
    file.close();
    return none.none$;
  };
  return {
    seek: method(1, 2, (file, position) => {
      checkOpen(Sk, file);
      file.seek(Number(position?.v));
      return position;
    }),
    tell: method(0, 0, (file) => new int_(file.tell())),
    flush: method(0, 0, () => none.none$),
    isatty: method(0, 0, () => bool.false$),
    readable: method(0, 0, ({ mode }) => (mode.startsWith('r') ? bool.true$ : bool.false$)),
    writable: method(0, 0, ({ mode }) => (mode === 'r' ? bool.false$ : bool.true$)),
    close: method(0, 0, close),
    __enter__: {
      $meth(this: Guest) {
        checkOpen(Sk, this.file);
        return this;
      },
      $flags: { MinArgs: 0, MaxArgs: 0 },
    },
    __exit__: method(0, 3, close),
  };
}
