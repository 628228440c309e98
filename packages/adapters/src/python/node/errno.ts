import { constants } from 'node:os';

/** What Python raises for an error of the system. */
export type SystemError = {
  /** Name of the exception class. */
  readonly exception: string;
  readonly errno: number;
  readonly strerror: string;
};

/** C's texts, by the name of the error, and the class that Python has for it where it has one. */
const known: Readonly<Record<string, readonly [strerror: string, exception?: string]>> = {
  EPERM: ['Operation not permitted', 'PermissionError'],
  ENOENT: ['No such file or directory', 'FileNotFoundError'],
  ESRCH: ['No such process', 'ProcessLookupError'],
  EINTR: ['Interrupted system call', 'InterruptedError'],
  EIO: ['Input/output error'],
  ENXIO: ['No such device or address'],
  E2BIG: ['Argument list too long'],
  EBADF: ['Bad file descriptor'],
  ECHILD: ['No child processes', 'ChildProcessError'],
  EAGAIN: ['Resource temporarily unavailable', 'BlockingIOError'],
  ENOMEM: ['Cannot allocate memory'],
  EACCES: ['Permission denied', 'PermissionError'],
  EFAULT: ['Bad address'],
  EBUSY: ['Device or resource busy'],
  EEXIST: ['File exists', 'FileExistsError'],
  EXDEV: ['Invalid cross-device link'],
  ENODEV: ['No such device'],
  ENOTDIR: ['Not a directory', 'NotADirectoryError'],
  EISDIR: ['Is a directory', 'IsADirectoryError'],
  EINVAL: ['Invalid argument'],
  ENFILE: ['Too many open files in system'],
  EMFILE: ['Too many open files'],
  ENOTTY: ['Inappropriate ioctl for device'],
  ETXTBSY: ['Text file busy'],
  EFBIG: ['File too large'],
  ENOSPC: ['No space left on device'],
  ESPIPE: ['Illegal seek'],
  EROFS: ['Read-only file system'],
  EMLINK: ['Too many links'],
  EPIPE: ['Broken pipe', 'BrokenPipeError'],
  ENAMETOOLONG: ['File name too long'],
  ENOTEMPTY: ['Directory not empty'],
  ELOOP: ['Too many levels of symbolic links'],
  ENOTSUP: ['Operation not supported'],
  ETIMEDOUT: ['Connection timed out', 'TimeoutError'],
  ECONNREFUSED: ['Connection refused', 'ConnectionRefusedError'],
  ECONNRESET: ['Connection reset by peer', 'ConnectionResetError'],
};

/** What Python raises for an error that `node:fs` threw; `null` when it is no error of the system. */
export function systemErrorOf(error: unknown): SystemError | null {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string')
    return null;
  const { code } = error;
  if (code === 'ERR_INVALID_ARG_VALUE') return null;
  const number = (error as NodeJS.ErrnoException).errno;
  const [strerror, exception = 'OSError'] = known[code] ?? [error.message];
  return { exception, errno: errnoOf(code) ?? Math.abs(number ?? constants.errno.EIO), strerror };
}

/** The text of C's strerror. Python: os.strerror. */
export function strerror(errno: number): string {
  for (const [name, [text]] of Object.entries(known)) if (errnoOf(name) === errno) return text;
  return `Unknown error ${errno}`;
}

/** The class that Python makes of `OSError(errno, …)`, by number. */
export function exceptionsByErrno(): readonly (readonly [errno: number, exception: string])[] {
  return Object.entries(known).flatMap(([name, [, exception]]) => {
    const errno = errnoOf(name);
    return exception === undefined || errno === undefined ? [] : [[errno, exception] as const];
  });
}

/** An error as `node:fs` throws it. */
export function systemError(code: keyof typeof constants.errno): Error {
  return Object.assign(new Error(known[code]?.[0] ?? code), {
    code,
    errno: -constants.errno[code],
  });
}

function errnoOf(code: string): number | undefined {
  return (constants.errno as Readonly<Record<string, number>>)[code];
}
