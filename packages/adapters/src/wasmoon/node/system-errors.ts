import { constants } from 'node:os';
import type { LuaModule } from '../host.ts';

type SystemError = readonly [code: string, wasi: number, text: string];

/**
 * What files fail with: its name, its number in Lua's C library, and what C on this system says of it.
 * Numbers of this system are Node's to know.
 */
const systemErrors: readonly SystemError[] = [
  ['E2BIG', 1, 'Argument list too long'],
  ['EACCES', 2, 'Permission denied'],
  ['EAGAIN', 6, 'Resource temporarily unavailable'],
  ['EBADF', 8, 'Bad file descriptor'],
  ['EBUSY', 10, 'Device or resource busy'],
  ['EDQUOT', 19, 'Disk quota exceeded'],
  ['EEXIST', 20, 'File exists'],
  ['EFBIG', 22, 'File too large'],
  ['EINTR', 27, 'Interrupted system call'],
  ['EINVAL', 28, 'Invalid argument'],
  ['EIO', 29, 'Input/output error'],
  ['EISDIR', 31, 'Is a directory'],
  ['ELOOP', 32, 'Too many levels of symbolic links'],
  ['EMFILE', 33, 'Too many open files'],
  ['EMLINK', 34, 'Too many links'],
  ['ENAMETOOLONG', 37, 'File name too long'],
  ['ENFILE', 41, 'Too many open files in system'],
  ['ENODEV', 43, 'No such device'],
  ['ENOENT', 44, 'No such file or directory'],
  ['ENOLCK', 46, 'No locks available'],
  ['ENOMEM', 48, 'Cannot allocate memory'],
  ['ENOSPC', 51, 'No space left on device'],
  ['ENOSYS', 52, 'Function not implemented'],
  ['ENOTDIR', 54, 'Not a directory'],
  ['ENOTEMPTY', 55, 'Directory not empty'],
  ['ENOTSUP', 58, 'Operation not supported'],
  ['ENOTTY', 59, 'Inappropriate ioctl for device'],
  ['ENXIO', 60, 'No such device or address'],
  ['EOVERFLOW', 61, 'Value too large for defined data type'],
  ['EPERM', 63, 'Operation not permitted'],
  ['EPIPE', 64, 'Broken pipe'],
  ['EROFS', 69, 'Read-only file system'],
  ['ESPIPE', 70, 'Illegal seek'],
  ['ESTALE', 72, 'Stale file handle'],
  ['ETIMEDOUT', 73, 'Connection timed out'],
  ['ETXTBSY', 74, 'Text file busy'],
  ['EXDEV', 75, 'Invalid cross-device link'],
];

const byCode = new Map(systemErrors.map((error) => [error[0], error]));
const byWasi = new Map(systemErrors.map((error) => [error[1], error]));

/** Where C's `strerror` has its texts, and for each number the offset of its text. */
type Texts = { readonly texts: number; readonly offsets: number };

/** Texts that a C library is known by: number and text. */
const landmarks: readonly (readonly [number, string])[] = [
  [2, 'Permission denied'],
  [20, 'File exists'],
  [31, 'Is a directory'],
  [44, 'No such file or directory'],
];
/** Bytes that are searched for them, from the start of the memory, where constants lie. */
const searched = 1 << 18;
/** Numbers that the table has at least, and bytes of its texts. */
const knownNumbers = 76;
const textBytes = 1500;

/**
 * Makes Lua give the numbers and texts of this system for what fails, in place of those of its own C
 * library, which has others: `nil, "…: No such file or directory", 2`.
 */
export class SystemErrors {
  readonly #module: LuaModule;
  readonly #found: Texts | null;
  readonly #saved: Uint8Array[] = [];

  constructor(module: LuaModule) {
    this.#module = module;
    this.#found = findTexts(module.HEAPU8);
  }

  /** A number for what Node's error says; that of an I/O error for what is no system's error. */
  numberOf(error: unknown): number {
    const { code } = error as { code?: string };
    return this.#number(byCode.get(code ?? '') ?? byCode.get('EIO')!);
  }

  /** This system's number for one of Lua's C library. */
  fromWasi(wasi: number): number {
    const error = byWasi.get(wasi);
    return error === undefined ? wasi : this.#number(error);
  }

  /** Puts the texts of this system where Lua looks for them. */
  install(): void {
    if (this.#found === null) return;
    const { texts, offsets } = this.#found;
    const bytes = this.#module.HEAPU8;
    this.#saved.push(bytes.slice(texts, texts + textBytes));
    this.#saved.push(bytes.slice(offsets, offsets + 2 * knownNumbers));
    // The first text, of unknown numbers, stays.
    let at = bytes.indexOf(0, texts) + 1 - texts;
    for (const [code, , text] of systemErrors) {
      const number = constants.errno[code as keyof typeof constants.errno] as number | undefined;
      if (number === undefined || number >= knownNumbers) continue;
      bytes.set(new TextEncoder().encode(`${text}\0`), texts + at);
      new DataView(bytes.buffer).setUint16(offsets + 2 * number, at, true);
      at += text.length + 1;
    }
  }

  uninstall(): void {
    if (this.#found === null) return;
    this.#module.HEAPU8.set(this.#saved[0]!, this.#found.texts);
    this.#module.HEAPU8.set(this.#saved[1]!, this.#found.offsets);
  }

  #number([code, wasi]: SystemError): number {
    if (this.#found === null) return wasi;
    return constants.errno[code as keyof typeof constants.errno] ?? wasi;
  }
}

function findTexts(memory: Uint8Array): Texts | null {
  const bytes = Buffer.from(memory.buffer, memory.byteOffset, searched);
  const texts = bytes.indexOf('No error information\0');
  if (texts < 0) return null;
  const wanted: [number, number][] = [];
  for (const [number, text] of landmarks) {
    const at = bytes.indexOf(`\0${text}\0`, texts);
    if (at < 0) return null;
    wanted.push([number, at + 1 - texts]);
  }
  for (let offsets = 0; offsets + 2 * knownNumbers <= searched; offsets += 2) {
    const fits = wanted.every(([number, at]) => bytes.readUInt16LE(offsets + 2 * number) === at);
    if (fits) return { texts, offsets };
  }
  return null;
}
