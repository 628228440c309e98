import { constants, fstatSync } from 'node:fs';
import type { Codec } from '../../python/node/codec.ts';
import { codecOf, markOf } from '../../python/node/codecs.ts';
import { systemError, systemErrorOf } from '../../python/node/errno.ts';
import type { OpenFiles } from '../../python/node/open-files.ts';
import { decode, encode, handlers, TextError } from '../../python/node/text-errors.ts';
import { type Newline, TextReader } from '../../python/node/text-reader.ts';
import { isWellFormed } from '../../python/node/well-formed.ts';
import type { WorkingFolder } from '../../python/node/working-folder.ts';
import type { GuestValues } from './guest-values.ts';

/** Where the guest's standard output goes. */
export type GuestStreams = {
  readonly stdout: (text: string) => void;
  readonly stdoutBytes: (bytes: Uint8Array) => void;
  readonly stderr: (text: string) => void;
};

/** Where bytes of the program go when only text is asked for: {@link GuestStreams.stdoutBytes}. */
export function bytesTo(stdout: ((text: string) => void) | undefined): GuestStreams['stdoutBytes'] {
  if (stdout === undefined) return (bytes) => void process.stdout.write(bytes);
  const decoder = new TextDecoder();
  return (bytes) => stdout(decoder.decode(bytes, { stream: true }));
}

/** Functions that the guest calls, by name. */
export type NativeFunctions = Record<string, (...args: never[]) => unknown>;

/** The functions under the guest's files and streams; see guest/_io.py. */
export function fileFunctions(
  values: GuestValues,
  files: OpenFiles,
  folder: WorkingFolder,
  streams: GuestStreams,
): NativeFunctions {
  const attempt = attempts(values);
  return {
    flags: () =>
      values.tuple([
        constants.O_RDONLY,
        constants.O_WRONLY,
        constants.O_RDWR,
        constants.O_CREAT,
        constants.O_EXCL,
        constants.O_TRUNC,
        constants.O_APPEND,
        0,
      ]),
    open_file: (path: unknown, flags: number, mode: number, name: unknown) =>
      attempt(() => openRegular(files, folder.place(pathOf(values, path)), flags, mode), name),
    check: (fd: number) => attempt(() => fstatSync(fd).size),
    append: (fd: number) => attempt(() => done(files.append(fd))),
    read: (fd: number, size: number) => attempt(() => values.bytes(files.read(fd, size))),
    read_all: (fd: number) => attempt(() => values.bytes(readAll(files, fd))),
    write: (fd: number, data: unknown) =>
      attempt(() => files.write(fd, values.bytesOf(data) ?? new Uint8Array(0))),
    seek: (fd: number, offset: number, whence: number) =>
      attempt(() => files.seek(fd, Number(offset), whence)),
    truncate: (fd: number, size: number) => attempt(() => done(files.truncate(fd, size))),
    close: (fd: number) => attempt(() => done(files.close(fd))),
    isatty: (fd: number) => files.isTerminal(fd),
    seekable: (fd: number) => attempt(() => files.isSeekable(fd)),
    bytes_of(data: unknown) {
      const bytes = values.bytesOf(data);
      return bytes === null ? values.none : values.bytes(bytes);
    },
    put_text: (text: unknown) => putText(values.textOf(text), streams.stdout),
    put_bytes: (data: unknown) => put(values.bytesOf(data), streams.stdoutBytes),
    put_error: (text: unknown) => putText(values.textOf(text), streams.stderr),
    put_error_bytes: (data: unknown) =>
      put(values.bytesOf(data), (bytes) => streams.stderr(new TextDecoder().decode(bytes))),
    ...textFunctions(values),
  };
}

/** What decodes, encodes and finds lines. */
function textFunctions(values: GuestValues): NativeFunctions {
  const onText = <Result>(work: () => Result): Result => {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof TextError)) throw error;
      return raiseTextError(values, error);
    }
  };
  const codec = (name: unknown): Codec => codecOf(values.textOf(name))!;
  return {
    knows: (encoding: unknown, errors: unknown) =>
      handlers.has(values.textOf(errors)) && codecOf(values.textOf(encoding)) !== null,
    encode: (text: unknown, encoding: unknown, errors: unknown, isAtStart: boolean) =>
      onText(() => {
        const bytes = encode(codec(encoding), values.textOf(text), values.textOf(errors));
        const mark = isAtStart ? markOf(values.textOf(encoding)) : null;
        return values.bytes(mark === null ? bytes : Buffer.concat([mark, bytes]));
      }),
    decode: (data: unknown, encoding: unknown, errors: unknown) =>
      onText(() => {
        const bytes = values.bytesOf(data) ?? new Uint8Array(0);
        return values.text(decode(codec(encoding), bytes, values.textOf(errors), true).text);
      }),
    reader: (read: unknown, encoding: unknown, errors: unknown, newline: unknown) =>
      new TextReader({
        encoding: values.textOf(encoding),
        codec: codec(encoding),
        errors: values.textOf(errors),
        newline: newline === values.none ? null : (values.textOf(newline) as Newline),
        read: (length) => values.bytesOf(values.call(read, length)) ?? new Uint8Array(0),
      }),
    reader_read: (reader: TextReader, size: number) => onText(() => values.text(reader.read(size))),
    reader_line: (reader: TextReader, size: number) =>
      onText(() => values.text(reader.readLine(size))),
    reader_ahead: (reader: TextReader) => reader.ahead,
    reader_reset: (reader: TextReader, isAtStart: boolean) => done(reader.reset(isAtStart)),
    reader_seen: (reader: TextReader) => reader.seen,
  };
}

/** Does work on files: errors of the system become the guest's. */
export function attempts(
  values: GuestValues,
): <Result>(work: () => Result, filename?: unknown, filename2?: unknown) => Result {
  return (work, filename, filename2) => {
    try {
      return work();
    } catch (error) {
      const known = systemErrorOf(error);
      if (known === null) throw error;
      const { exception, errno, strerror } = known;
      const names = filename === undefined ? [] : [filename];
      if (filename2 !== undefined) names.push(0, filename2);
      return values.raise(exception, [errno, values.text(strerror), ...names]);
    }
  };
}

/** A path for `node:fs`: bytes that are no UTF-8 come as lone surrogates. */
export function pathOf(values: GuestValues, path: unknown): string | Buffer {
  const text = values.bytesOf(path) === null ? values.textOf(path) : null;
  if (text === null) return Buffer.from(values.bytesOf(path)!);
  if (isWellFormed(text)) return text;
  return Buffer.from(encode(codecOf('utf-8')!, text, 'surrogateescape'));
}

/** Opening a directory for reading works in C, and reading it does not: Python refuses it at once. */
function openRegular(files: OpenFiles, path: string | Buffer, flags: number, mode: number): number {
  const fd = files.open(path, flags, mode);
  if (!fstatSync(fd).isDirectory()) return fd;
  files.close(fd);
  throw systemError('EISDIR');
}

function readAll(files: OpenFiles, fd: number): Uint8Array {
  const parts: Uint8Array[] = [];
  const size = Math.max(65_536, fstatSync(fd).size + 1);
  for (;;) {
    const part = files.read(fd, size);
    if (part.length === 0) break;
    parts.push(part);
  }
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
}

/** Raises the guest's UnicodeDecodeError or UnicodeEncodeError. */
export function raiseTextError(values: GuestValues, error: TextError): never {
  const { encoding, object, start, end, reason } = error;
  return typeof object === 'string'
    ? values.raise('UnicodeEncodeError', [encoding, values.text(object), start, end, reason])
    : values.raise('UnicodeDecodeError', [encoding, values.bytes(object), start, end, reason]);
}

/** False where the text cannot be told in UTF-8, which the guest's own way says with an error. */
function putText(text: string, write: (text: string) => void): boolean {
  if (!isWellFormed(text)) return false;
  write(text);
  return true;
}

function put(bytes: Uint8Array | null, write: (bytes: Uint8Array) => void): number {
  if (bytes !== null && bytes.length > 0) write(bytes);
  return bytes?.length ?? 0;
}

/** A value for the guest where Node gives none. */
function done(_nothing: unknown): number {
  return 0;
}
