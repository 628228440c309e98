import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { readLine } from '../../python/node/read-line.ts';

/** `[errno, text]`: what the prelude raises as OSError. */
type Failure = readonly [errno: number, text: string];

type Make = {
  /** A guest tuple. */
  tuple(items: readonly unknown[]): unknown;
  /** A guest list. */
  list(items: readonly unknown[]): unknown;
};

export type GuestStreams = {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
};

/** The functions under the prelude's files and streams. Failures come back as values. */
export function fileFunctions(
  make: Make,
  streams: GuestStreams,
): Record<string, (...args: never[]) => unknown> {
  const attempt = (work: () => unknown): unknown => {
    try {
      return work();
    } catch (error) {
      return make.tuple(failureOf(error));
    }
  };
  return {
    put_out: (text: string) => streams.stdout(text),
    put_error: (text: string) => streams.stderr(text),
    read_line: readLine,
    read_text: (path: string) =>
      attempt(() => readFileSync(path, 'utf8').replaceAll('\r\n', '\n').replaceAll('\r', '\n')),
    read_bytes: (path: string) => attempt(() => make.list([...readFileSync(path)])),
    write_text: (path: string, text: string) => attempt(() => done(writeFileSync(path, text))),
    write_bytes: (path: string, bytes: readonly number[]) =>
      attempt(() => done(writeFileSync(path, Uint8Array.from(bytes)))),
    create: (path: string, exclusive: boolean) =>
      attempt(() => done(closeSync(openSync(path, exclusive ? 'wx' : 'w')))),
    touch: (path: string) => attempt(() => done(closeSync(openSync(path, 'a')))),
  };
}

/** A value for the guest where Node gives none. */
function done(_nothing: unknown): number {
  return 0;
}

/** Texts of C's strerror for what opening a file can meet. */
const texts: Readonly<Record<string, Failure>> = {
  EPERM: [1, 'Operation not permitted'],
  ENOENT: [2, 'No such file or directory'],
  EACCES: [13, 'Permission denied'],
  EEXIST: [17, 'File exists'],
  ENOTDIR: [20, 'Not a directory'],
  EISDIR: [21, 'Is a directory'],
  ENOSPC: [28, 'No space left on device'],
  EROFS: [30, 'Read-only file system'],
};

function failureOf(error: unknown): Failure {
  const { code, errno, message } = error as NodeJS.ErrnoException;
  return texts[code ?? ''] ?? [Math.abs(errno ?? 5), message ?? 'Input/output error'];
}
