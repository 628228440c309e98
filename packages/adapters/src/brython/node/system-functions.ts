import { randomBytes } from 'node:crypto';
import {
  accessSync,
  type BigIntStats,
  chmodSync,
  constants,
  fstatSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
} from 'node:fs';
import { availableParallelism, hostname, machine, release, type, version } from 'node:os';
import { strerror } from '../../python/node/errno.ts';
import { sleep } from '../../python/node/sleep.ts';
import type { WorkingFolder } from '../../python/node/working-folder.ts';
import { attempts, type NativeFunctions, pathOf } from './file-functions.ts';
import type { GuestValues } from './guest-values.ts';

/** The functions under the guest's `posix`; see guest/posix.py. */
export function systemFunctions(
  values: GuestValues,
  folder: WorkingFolder,
  environment: Readonly<Record<string, string | undefined>>,
): NativeFunctions {
  const attempt = attempts(values);
  /** Does work on a path, which the guest's error names. */
  const onPath =
    <Result>(work: (path: string | Buffer, ...rest: never[]) => Result) =>
    (path: unknown, ...rest: never[]): Result | number => {
      const result = attempt(() => work(folder.place(pathOf(values, path)), ...rest), path);
      return result ?? 0;
    };
  const onTwo =
    (work: (from: string | Buffer, to: string | Buffer) => void) =>
    (from: unknown, to: unknown): number => {
      const placed = (path: unknown): string | Buffer => folder.place(pathOf(values, path));
      attempt(() => work(placed(from), placed(to)), from, to);
      return 0;
    };
  return {
    environ: () =>
      values.list(
        Object.entries(environment).flatMap(([name, value]) =>
          value === undefined ? [] : [values.tuple([values.text(name), values.text(value)])],
        ),
      ),
    constants: () =>
      values.list(
        Object.entries(constants)
          .filter(([name]) => name.startsWith('O_'))
          .map((entry) => values.tuple(entry)),
      ),
    stat: onPath((path, follows: boolean) =>
      statTuples(values, (follows ? statSync : lstatSync)(path, { bigint: true })),
    ),
    fstat: (fd: number) => attempt(() => statTuples(values, fstatSync(fd, { bigint: true }))),
    kind_of: onPath((path) => kindOf(statSync(path))),
    access: onPath((path, mode: number) => {
      try {
        accessSync(path, mode);
        return true;
      } catch {
        return false;
      }
    }),
    scandir: onPath((path) =>
      values.list(
        readdirSync(path, { withFileTypes: true, encoding: 'utf8' }).map((entry) =>
          values.tuple([values.text(entry.name), kindOf(entry)]),
        ),
      ),
    ),
    mkdir: onPath((path, mode: number) => void mkdirSync(path, { mode })),
    rmdir: onPath((path) => rmdirSync(path)),
    unlink: onPath((path) => unlinkSync(path)),
    chmod: onPath((path, mode: number) => chmodSync(path, mode)),
    utime: onPath((path, accessed: unknown, modified: unknown) =>
      utimesSync(path, numberOf(accessed), numberOf(modified)),
    ),
    readlink: onPath((path) => values.text(readlinkSync(path))),
    rename: onTwo(renameSync),
    link: onTwo(linkSync),
    // The target stays as it is: it counts from where the link is.
    symlink: (target: unknown, path: unknown) => {
      attempt(
        () => symlinkSync(pathOf(values, target), folder.place(pathOf(values, path))),
        target,
        path,
      );
      return 0;
    },
    getcwd: () => values.text(folder.path),
    chdir: (path: unknown) => {
      attempt(() => folder.enter(pathOf(values, path).toString()), path);
      return 0;
    },
    ...processFunctions(values),
  };
}

function processFunctions(values: GuestValues): NativeFunctions {
  return {
    getpid: () => process.pid,
    getppid: () => process.ppid,
    getuid: () => process.getuid?.() ?? 0,
    getgid: () => process.getgid?.() ?? 0,
    cpu_count: () => availableParallelism(),
    umask: (mask: number) => process.umask(mask),
    strerror: (code: number) => strerror(code),
    urandom: (size: number) => values.bytes(randomBytes(size)),
    uname: () => values.tuple([type(), hostname(), release(), version(), machine()]),
    times: () => {
      const { user, system } = process.cpuUsage();
      const elapsed = performance.now() / 1000;
      return values.tuple([user / 1e6, system / 1e6, 0, 0, elapsed].map((n) => values.float(n)));
    },
    terminal_size: () => values.tuple([process.stdout.columns ?? 80, process.stdout.rows ?? 24]),
    sleep: (seconds: unknown) => {
      sleep(numberOf(seconds) * 1000);
      return 0;
    },
    leave: (status: number) => {
      throw values.systemExit(status);
    },
  };
}

function kindOf(entry: {
  isDirectory(): boolean;
  isFile(): boolean;
  isSymbolicLink(): boolean;
}): string {
  if (entry.isSymbolicLink()) return 'link';
  return entry.isDirectory() ? 'dir' : entry.isFile() ? 'file' : 'other';
}

function statTuples(values: GuestValues, stats: BigIntStats): unknown {
  const integer = (value: bigint): unknown => values.integer(value);
  const { mode, ino, dev, nlink, uid, gid, size, atimeNs, mtimeNs, ctimeNs } = stats;
  const times = [atimeNs, mtimeNs, ctimeNs];
  const first = [mode, ino, dev, nlink, uid, gid, size, ...times.map((ns) => ns / 1_000_000_000n)];
  const more = [
    ...times.map((ns) => values.float(Number(ns) / 1e9)),
    ...times.map(integer),
    ...[stats.blksize, stats.blocks, stats.rdev].map(integer),
  ];
  return values.tuple([values.tuple(first.map(integer)), values.tuple(more)]);
}

/** The number in a guest's int or float. */
function numberOf(value: unknown): number {
  return typeof value === 'object' && value !== null && 'value' in value
    ? Number(value.value)
    : Number(value);
}
