import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readlinkSync,
  readSync,
  renameSync,
  rmdirSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { resolve } from 'node:path';
import { isatty } from 'node:tty';
import { TracemallocError } from '@tracemalloc/core';
import type { LuaApi, LuaModule } from '../host.ts';
import { SystemErrors } from './system-errors.ts';

/** Standard streams of a program, in bytes. */
export type Streams = {
  /** Fills the buffer as far as there is input, waiting for some. @returns 0 at the end. */
  readonly stdin: (buffer: Uint8Array) => number;
  /** Told what the program prints. */
  readonly stdout: (bytes: Uint8Array) => void;
  /** Told what goes to `io.stderr`. */
  readonly stderr: (bytes: Uint8Array) => void;
};

/** An open file, as Emscripten's C library keeps it. */
type Stream = {
  readonly fd: number;
  readonly path: string;
  readonly flags: number;
  position: number;
};

/** A file of the disk that is open. `other`: a pipe, a terminal, a device. */
type OpenFile = { readonly number: number; readonly kind: 'seekable' | 'zero' | 'other' };

/** C's `dup` makes a copy with the same file. */
type DiskStream = Stream & { readonly file: OpenFile };

type Files = {
  streams: (Stream | null | undefined)[];
  cwd(): string;
  open(path: string, flags: number, mode: number): Stream;
  close(stream: Stream): void;
  read(stream: Stream, buffer: Int8Array, offset: number, length: number): number;
  write(stream: Stream, buffer: Int8Array, offset: number, length: number): number;
  rename(from: string, to: string): void;
  rmdir(path: string): void;
  unlink(path: string): void;
  readlink(path: string): string;
  stat(path: string): unknown;
};

/** `lseek`: Emscripten's compiler has shortened its name. */
const seekName = 'D';

/** Emscripten's flags of `open`, which are Linux's, and Node's for this system. */
const openFlags: readonly (readonly [number, number])[] = [
  [1, constants.O_WRONLY],
  [2, constants.O_RDWR],
  [0o100, constants.O_CREAT],
  [0o200, constants.O_EXCL],
  [0o1000, constants.O_TRUNC],
  [0o2000, constants.O_APPEND],
];
const accessMode = 3;
const writeOnly = 1;
const append = 0o2000;

/** WASI's numbers of errors that are ours to raise. */
const wasi = { invalid: 28, illegalSeek: 70 };

/**
 * Puts the disk and the process's standard streams in the place of the file system in memory that
 * Lua's C library comes with. All else stays the library's own: buffers, modes, `io.lines`.
 */
export class Disk {
  readonly #files: Files;
  readonly #errors: SystemErrors;
  readonly #streams: Streams;
  readonly #cwd: string;
  readonly #errorName: string;
  readonly #numberName: string;
  #originals: Record<string, unknown> = {};

  /** @throws TracemallocError `unsupported-host` when it is not wasmoon 1.16. */
  constructor(api: LuaApi, cwd: string, streams: Streams) {
    const module = api.module as LuaModule & { FS: Files };
    this.#files = module.FS;
    this.#errors = new SystemErrors(module);
    this.#cwd = cwd;
    this.#streams = streams;
    [this.#errorName, this.#numberName] = errorNames(module.FS);
  }

  install(): void {
    const files = this.#files as unknown as Record<string, unknown>;
    const original = files[this.#errorName] as new (number: number, node: unknown) => object;
    const errors = this.#errors;
    const replaced: Record<string, unknown> = {
      [this.#errorName]: function SystemError(number: number, node: unknown) {
        return new original(errors.fromWasi(number), node);
      },
      [seekName]: (stream: Stream, offset: number, whence: number) =>
        this.#seek(stream, offset, whence),
      cwd: () => this.#cwd,
      open: (path: string, flags: number, mode: number) => this.#openFile(path, flags, mode),
      close: (stream: Stream) => this.#close(stream),
      read: (stream: Stream, buffer: Int8Array, offset: number, length: number) =>
        this.#read(stream, bytesOf(buffer, offset, length)),
      write: (stream: Stream, buffer: Int8Array, offset: number, length: number) =>
        this.#write(stream, bytesOf(buffer, offset, length)),
      rename: (from: string, to: string) => this.#try(() => renameSync(from, to)),
      rmdir: (path: string) => this.#try(() => rmdirSync(path)),
      unlink: (path: string) => this.#try(() => remove(path)),
      readlink: (path: string) => this.#try(() => readlinkSync(path)),
    };
    for (const name of Object.keys(replaced)) this.#originals[name] = files[name];
    Object.assign(files, replaced);
    errors.install();
  }

  /** Closes what the program left open; what it had not flushed is lost, as flushing is C's. */
  uninstall(): void {
    for (const stream of [...this.#files.streams]) if (isOnDisk(stream)) this.#close(stream);
    Object.assign(this.#files, this.#originals);
    this.#originals = {};
    this.#errors.uninstall();
  }

  #openFile(path: string, flags: number, mode: number): Stream {
    const full = resolve(this.#cwd, path);
    return this.#try(() => {
      // What ends in a slash is a folder, or nothing.
      const number = openSync(path.endsWith('/') ? `${full}/` : full, nodeFlags(flags), mode);
      const status = fstatSync(number);
      const kind =
        status.isFile() || status.isDirectory() || status.isBlockDevice()
          ? 'seekable'
          : status.isCharacterDevice() && !isatty(number)
            ? 'zero'
            : 'other';
      const isAtEnd = (flags & append) !== 0 && (flags & accessMode) === writeOnly;
      const position = isAtEnd && kind === 'seekable' ? status.size : 0;
      const { streams } = this.#files;
      let fd = 0;
      while (streams[fd] !== null && streams[fd] !== undefined) fd++;
      const stream: DiskStream = { fd, path: full, flags, position, file: { number, kind } };
      streams[fd] = stream;
      return stream;
    });
  }

  #close(stream: Stream): void {
    if (!isOnDisk(stream)) {
      (this.#originals['close'] as Files['close']).call(this.#files, stream);
      return;
    }
    const { streams } = this.#files;
    const { file } = stream;
    streams[stream.fd] = null;
    const isUsed = streams.some((other) => isOnDisk(other) && other.file === file);
    if (!isUsed) this.#try(() => closeSync(file.number));
  }

  #read(stream: Stream, buffer: Uint8Array): number {
    if (stream.fd === 0) return this.#try(() => this.#streams.stdin(buffer));
    const { number, kind } = (stream as DiskStream).file;
    const isSeekable = kind === 'seekable';
    const count = this.#try(() =>
      readSync(number, buffer, 0, buffer.length, isSeekable ? stream.position : null),
    );
    stream.position += count;
    return count;
  }

  #write(stream: Stream, bytes: Uint8Array): number {
    // Copied: the memory may move while somebody still holds them.
    if (stream.fd === 1 || stream.fd === 2) {
      const { stdout, stderr } = this.#streams;
      (stream.fd === 1 ? stdout : stderr)(bytes.slice());
      return bytes.length;
    }
    const { flags, file } = stream as DiskStream;
    const { number, kind } = file;
    const isPlaced = kind === 'seekable' && (flags & append) === 0;
    const count = this.#try(() =>
      writeSync(number, bytes, 0, bytes.length, isPlaced ? stream.position : null),
    );
    stream.position = isPlaced || kind !== 'seekable' ? stream.position + count : sizeOf(number);
    return count;
  }

  #seek(stream: Stream, offset: number, whence: number): number {
    if (!isOnDisk(stream) || stream.file.kind === 'other') throw this.#error(wasi.illegalSeek);
    if (stream.file.kind === 'zero') return 0;
    const from = whence === 0 ? 0 : whence === 1 ? stream.position : sizeOf(stream.file.number);
    if (from + offset < 0) throw this.#error(wasi.invalid);
    stream.position = from + offset;
    return stream.position;
  }

  /** Does it, and throws what fails as Emscripten's C library expects it. */
  #try<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw Object.assign(new Error('a file failed', { cause: error }), {
        name: 'ErrnoError',
        [this.#numberName]: this.#errors.numberOf(error),
      });
    }
  }

  #error(number: number): object {
    const files = this.#files as unknown as Record<string, new (number: number) => object>;
    return new files[this.#errorName]!(number);
  }
}

/** The names of the class of its errors, and of their number, both of which are shortened. */
function errorNames(files: Files): [string, string] {
  const fields = files as unknown as Record<string, unknown> | undefined;
  let error: Record<string, unknown> = {};
  try {
    files?.stat('/there is none');
  } catch (thrown) {
    error = thrown as Record<string, unknown>;
  }
  const number = Object.keys(error).find((name) => error[name] === 44);
  const name = Object.keys(fields ?? {}).find((key) => fields![key] === error['constructor']);
  const needed = [
    'open',
    'close',
    'read',
    'write',
    'rename',
    'unlink',
    'readlink',
    'cwd',
    seekName,
  ];
  const missing = needed.filter((key) => typeof fields?.[key] !== 'function');
  if (number !== undefined && name !== undefined && missing.length === 0) return [name, number];
  throw new TracemallocError(
    'unsupported-host',
    `programs run in wasmoon 1.16 only: this one has another file system (without ${missing.join(', ') || 'its errors'})`,
  );
}

function isOnDisk(stream: Stream | null | undefined): stream is DiskStream {
  return (stream as Partial<DiskStream> | null | undefined)?.file !== undefined;
}

function nodeFlags(flags: number): number {
  let result: number = constants.O_RDONLY;
  for (const [theirs, ours] of openFlags) if ((flags & theirs) !== 0) result |= ours;
  return result;
}

function bytesOf(buffer: Int8Array, offset: number, length: number): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset + offset, length);
}

function sizeOf(file: number): number {
  return fstatSync(file).size;
}

/** C's `remove`: a file, a link or an empty folder. */
function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EISDIR' && code !== 'EPERM') throw error;
    rmdirSync(path);
  }
}
