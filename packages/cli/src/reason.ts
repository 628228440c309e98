/** Why a file can't be used, in words and not in a stack trace. */
export function reason(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const known: Record<string, string> = {
    ENOENT: 'no such file or directory',
    EISDIR: 'it is a directory',
    ENOTDIR: 'a part of its path is no directory',
    EACCES: 'permission denied',
    EPERM: 'operation not permitted',
    EROFS: 'the file system is read-only',
    ENOSPC: 'no space is left on the device: make some, or name a file elsewhere',
    EDQUOT: 'the disk quota is used up: remove something, or name a file elsewhere',
    EFBIG: 'the file would be larger than is allowed',
    ELOOP: 'its symbolic links go round in a circle',
    EMFILE: 'too many files are open: allow more with ulimit -n',
    ENFILE: 'too many files are open on this system',
    ENAMETOOLONG: 'the name is too long: take a shorter one',
    EBUSY: 'somebody else is using it',
    EIO: 'the device failed',
    ETXTBSY: 'it is a program that runs',
    ERR_ENCODING_INVALID_ENCODED_DATA: 'it is not UTF-8',
  };
  return known[code] ?? (error instanceof Error ? error.message : String(error));
}
