import type { GuestFileError, PythonHost } from './python-host.ts';

/** Where `Snapshot.dump` and `Snapshot.load` keep bytes. Errors carry Node's `code` (`ENOENT`, …). */
export interface GuestFiles {
  /** Bytes of a file. @throws what the guest is to see, as a file error. */
  read(path: string): Uint8Array;
  /** Writes a file, over what was there. */
  write(path: string, bytes: Uint8Array): void;
}

/** Files of a page: in memory, gone with it. `entries` lets the page offer them for download. */
export class MemoryFiles implements GuestFiles {
  /** Files by name. */
  readonly entries: Map<string, Uint8Array> = new Map();

  /** Bytes of a file; one that was never written is not found. */
  read(path: string): Uint8Array {
    const bytes = this.entries.get(path);
    if (bytes === undefined) {
      throw Object.assign(new Error(`no file ${path} in memory`), { code: 'ENOENT' });
    }
    return bytes;
  }

  /** Keeps the bytes under the name. */
  write(path: string, bytes: Uint8Array): void {
    this.entries.set(path, bytes);
  }
}

type Known = Pick<GuestFileError, 'exception' | 'errno' | 'strerror'>;

const KNOWN: Readonly<Record<string, Known>> = {
  ENOENT: { exception: 'FileNotFoundError', errno: 2, strerror: 'No such file or directory' },
  EACCES: { exception: 'PermissionError', errno: 13, strerror: 'Permission denied' },
  EPERM: { exception: 'PermissionError', errno: 1, strerror: 'Operation not permitted' },
  EISDIR: { exception: 'IsADirectoryError', errno: 21, strerror: 'Is a directory' },
  ENOTDIR: { exception: 'OSError', errno: 20, strerror: 'Not a directory' },
  ENOSPC: { exception: 'OSError', errno: 28, strerror: 'No space left on device' },
  EROFS: { exception: 'OSError', errno: 30, strerror: 'Read-only file system' },
};

/** Does `work` on a file; an error of the file system becomes Python's. */
export function onFile<Result>(host: PythonHost, filename: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
    const known = typeof code === 'string' ? KNOWN[code] : undefined;
    const strerror = error instanceof Error ? error.message : String(error);
    return host.raiseFileError({
      ...(known ?? { exception: 'OSError', errno: 5, strerror }),
      filename,
    });
  }
}
