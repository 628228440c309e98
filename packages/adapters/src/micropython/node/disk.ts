import {
  closeSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  renameSync,
  rmdirSync,
  type Stats,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

/** Emscripten's file system, as far as it is needed. */
export type Files = {
  createNode(parent: Node | null, name: string, mode: number, device: number): Node;
  mkdirTree(path: string): void;
  mount(kind: object, options: { readonly root: string }, path: string): void;
  chdir(path: string): void;
  isDir(mode: number): boolean;
  readonly ErrnoError: new (number: number) => Error;
};

type Node = {
  readonly parent: Node;
  name: string;
  readonly mode: number;
  readonly mount: { readonly mountpoint: string; readonly opts: { readonly root: string } };
  node_ops: object;
  stream_ops: object;
};

type Stream = { readonly node: Node; readonly flags: number; position: number; nfd?: number };

/** Folders of the guest's own. */
const ownFolders = ['dev', 'lib', 'proc'];

/** WASI's numbers of errors, by their names. */
const errors: Readonly<Record<string, number>> = {
  EACCES: 2,
  EBADF: 8,
  EBUSY: 10,
  EEXIST: 20,
  EINVAL: 28,
  EIO: 29,
  EISDIR: 31,
  ELOOP: 32,
  EMFILE: 33,
  ENAMETOOLONG: 37,
  ENFILE: 41,
  ENOENT: 44,
  ENOSPC: 51,
  ENOTDIR: 54,
  ENOTEMPTY: 55,
  EPERM: 63,
  EROFS: 69,
  EXDEV: 75,
};
const inputOutput = errors['EIO']!;

/** Emscripten's flags of `open` are Linux's; of them the last ones say nothing to Node. */
const knownFlags = 0o7777;

/** Puts the disk into the guest's file system, but for the folders that it has of its own, and goes to a folder. */
export function mountDisk(files: Files, cwd: string): void {
  const kind = new Disk(files);
  files.chdir('/');
  for (const name of readdirSync('/')) {
    const path = `/${name}`;
    if (ownFolders.includes(name) || !statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
      continue;
    }
    files.mkdirTree(path);
    files.mount(kind, { root: path }, path);
  }
  files.chdir(cwd);
}

/** A kind of file system in Emscripten's words: its nodes are the disk's. */
class Disk {
  readonly #files: Files;
  readonly #nodeOperations: object;
  readonly #streamOperations: object;

  constructor(files: Files) {
    this.#files = files;
    this.#nodeOperations = this.#wrapped({
      getattr: (node: Node) => attributes(lstatSync(pathOf(node))),
      setattr: (node: Node, to: { size?: number; timestamp?: number; mtime?: number }) => {
        if (to.size !== undefined && to.size !== null) truncateSync(pathOf(node), to.size);
        const time = to.timestamp ?? to.mtime;
        if (time !== undefined) utimesSync(pathOf(node), new Date(time), new Date(time));
      },
      lookup: (parent: Node, name: string) => this.#node(parent, name),
      mknod: (parent: Node, name: string, mode: number) => {
        const path = join(pathOf(parent), name);
        if (files.isDir(mode)) mkdirSync(path, mode & 0o7777);
        else closeSync(openSync(path, 'wx', mode & 0o7777));
        return this.#node(parent, name);
      },
      rename: (node: Node, parent: Node, name: string) => {
        renameSync(pathOf(node), join(pathOf(parent), name));
        node.name = name;
      },
      unlink: (parent: Node, name: string) => unlinkSync(join(pathOf(parent), name)),
      rmdir: (parent: Node, name: string) => rmdirSync(join(pathOf(parent), name)),
      readdir: (node: Node) => ['.', '..', ...readdirSync(pathOf(node))],
      symlink: (parent: Node, name: string, target: string) =>
        symlinkSync(target, join(pathOf(parent), name)),
      readlink: (node: Node) => readlinkSync(pathOf(node)),
    });
    this.#streamOperations = this.#wrapped({
      open: (stream: Stream) => {
        if (!files.isDir(stream.node.mode)) {
          stream.nfd = openSync(pathOf(stream.node), stream.flags & knownFlags);
        }
      },
      close: (stream: Stream) => {
        if (stream.nfd !== undefined) closeSync(stream.nfd);
      },
      read: (stream: Stream, to: Int8Array, offset: number, length: number, position: number) =>
        length === 0 ? 0 : readSync(stream.nfd!, viewOf(to), offset, length, position),
      write: (stream: Stream, from: Int8Array, offset: number, length: number, position: number) =>
        writeSync(stream.nfd!, viewOf(from), offset, length, position),
      llseek: (stream: Stream, offset: number, whence: number) => {
        const size = whence === 2 ? fstatSync(stream.nfd!).size : 0;
        const position = offset + (whence === 1 ? stream.position : size);
        if (position < 0) throw new files.ErrnoError(errors['EINVAL']!);
        return position;
      },
    });
  }

  /** Emscripten asks for the node of the folder itself. */
  mount({ opts }: Node['mount']): Node {
    const { mode } = statSync(opts.root);
    return this.#withOperations(this.#files.createNode(null, '/', mode, 0));
  }

  #node(parent: Node, name: string): Node {
    const { mode } = lstatSync(join(pathOf(parent), name));
    return this.#withOperations(this.#files.createNode(parent, name, mode, 0));
  }

  #withOperations(node: Node): Node {
    node.node_ops = this.#nodeOperations;
    node.stream_ops = this.#streamOperations;
    return node;
  }

  /** What fails is thrown as Emscripten's C library expects it. */
  #wrapped(operations: Readonly<Record<string, (...args: never[]) => unknown>>): object {
    const { ErrnoError } = this.#files;
    const wrapped: Record<string, unknown> = {};
    for (const [name, operation] of Object.entries(operations)) {
      wrapped[name] = (...args: never[]) => {
        try {
          return operation(...args);
        } catch (error) {
          if (error instanceof ErrnoError) throw error;
          const { code = '' } = error as NodeJS.ErrnoException;
          throw new ErrnoError(errors[code] ?? inputOutput);
        }
      };
    }
    return wrapped;
  }
}

function viewOf(array: Int8Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

function pathOf(node: Node): string {
  const parts: string[] = [];
  let at = node;
  for (; at.parent !== at; at = at.parent) parts.push(at.name);
  return join(at.mount.opts.root, ...parts.reverse());
}

function attributes(status: Stats): object {
  return {
    dev: status.dev,
    ino: status.ino,
    mode: status.mode,
    nlink: status.nlink,
    uid: status.uid,
    gid: status.gid,
    rdev: status.rdev,
    size: status.size,
    atime: status.atime,
    mtime: status.mtime,
    ctime: status.ctime,
    blksize: status.blksize ?? 4096,
    blocks: status.blocks ?? 0,
  };
}
