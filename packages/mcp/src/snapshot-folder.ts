import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, join, relative, sep } from 'node:path';
import type { Snapshot } from '@tracemalloc/core';
import { isSnapshotFile, load } from '@tracemalloc/core/codec';
import { loadPickle } from '@tracemalloc/formats/pickle';

/** A longer file is not read. */
const maxFileBytes = 256 * 2 ** 20;
/** A longer file is no source that somebody reads. */
const maxSourceBytes = 2 ** 20;
/** Files of a folder that are listed. */
const maxFiles = 10_000;
/** Snapshots that are kept: the two that are compared, and the next two. */
const kept = 4;

/** A file of the folder. */
export type FolderFile = { readonly name: string; readonly bytes: number; readonly modified: Date };

/** The files of one folder, to read, and nothing outside of it: no name and no link leads there. */
export class SnapshotFolder {
  readonly #root: string;
  readonly #snapshots = new Map<string, Snapshot>();

  /** @throws Error when there is no such folder. */
  constructor(path: string) {
    this.#root = realpathSync(path);
    if (!statSync(this.#root).isDirectory()) throw new Error(`${path} is no folder`);
  }

  /** Files that may be snapshots by their names, the newest first. */
  files(): FolderFile[] {
    const names = readdirSync(this.#root, { recursive: true, encoding: 'utf8' });
    return names
      .filter((name) => /\.(tm|tm\.gz|pickle|pkl|parquet)$/i.test(name))
      .slice(0, maxFiles)
      .flatMap((name) => {
        const status = statSync(join(this.#root, name), { throwIfNoEntry: false });
        if (status?.isFile() !== true) return [];
        return [{ name, bytes: status.size, modified: status.mtime }];
      })
      .sort((a, b) => b.modified.getTime() - a.modified.getTime() || (a.name < b.name ? -1 : 1));
  }

  /** The snapshot in a file of ours, of CPython, or of Parquet. @throws Error that says what is wrong. */
  async snapshot(name: string): Promise<Snapshot> {
    const path = this.#pathOf(name, maxFileBytes);
    const { mtimeMs, size } = statSync(path);
    const key = `${path} ${mtimeMs} ${size}`;
    const known = this.#snapshots.get(key);
    if (known !== undefined) return known;
    const snapshot = await read(readFileSync(path));
    this.#snapshots.set(key, snapshot);
    const [oldest] = this.#snapshots.keys();
    if (this.#snapshots.size > kept) this.#snapshots.delete(oldest!);
    return snapshot;
  }

  /** The lines of a source file of the folder. @throws Error when it is not one. */
  source(name: string): string[] {
    return readFileSync(this.#pathOf(name, maxSourceBytes), 'utf8').split(/\r\n|\r|\n/);
  }

  /** Where a file really is. */
  #pathOf(name: string, maxBytes: number): string {
    const path = realpathOf(isAbsolute(name) ? name : join(this.#root, name));
    const inside = path === null ? '..' : relative(this.#root, path);
    // What is outside is as good as not there: nothing is said of it.
    if (path === null || inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)) {
      throw new Error('the folder has no such file; `snapshots` lists those that it has');
    }
    const status = statSync(path);
    if (!status.isFile()) throw new Error('it is no file');
    if (status.size > maxBytes) {
      throw new Error(`it has ${status.size} bytes, more than the ${maxBytes} that are read`);
    }
    return path;
  }
}

function realpathOf(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}

async function read(bytes: Uint8Array): Promise<Snapshot> {
  if (isSnapshotFile(bytes)) return load(bytes);
  const { isParquet, loadParquet } = await import('@tracemalloc/formats/parquet');
  if (!isParquet(bytes)) return loadPickle(bytes);
  const all = await loadParquet(bytes);
  const [first] = all;
  if (first !== undefined && all.length === 1) return first.snapshot;
  const { mergeSnapshots } = await import('@tracemalloc/core/merge');
  return mergeSnapshots(all.map(({ snapshot }) => snapshot));
}
