import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import process from 'node:process';
import {
  dumpSiteTable,
  dumpSnapshotTable,
  readSnapshotIds,
  schemaVersion,
  type TableSnapshot,
} from '@tracemalloc/formats/parquet';
import glob from 'fast-glob';
import { CliError, exitStatus } from '../cli-error.ts';
import type { Io } from '../io.ts';
import { writeOutput } from '../output-file.ts';
import { reason } from '../reason.ts';

/** Says that a folder is a dataset of ours; engines skip names that begin with `_`. */
const markerName = '_tracemalloc.json';
const lockName = '_lock';
const marker = `${JSON.stringify({ format: 'tracemalloc-dataset', version: schemaVersion })}\n`;
const tables = { sites: dumpSiteTable, snapshots: dumpSnapshotTable } as const;

/**
 * A folder of Parquet files: `sites/` and `snapshots/`, each divided into
 * `date=…/release=…/host=…/part-….parquet`. A part is there when both of its files are; that of the
 * snapshots comes last.
 */
export class Dataset {
  readonly #path: string;
  readonly #io: Io;
  readonly #folder: string;

  private constructor(path: string, io: Io) {
    this.#path = path;
    this.#io = io;
    this.#folder = resolve(io.cwd, path);
  }

  /**
   * Opens the dataset, or makes it, for this process alone, and removes what a process that was
   * killed has left. @throws CliError with status 1.
   */
  static async open(path: string, io: Io): Promise<Dataset> {
    const dataset = new Dataset(path, io);
    try {
      dataset.#check();
      dataset.#lock();
      await dataset.#removeHalves();
      return dataset;
    } catch (error) {
      if (error instanceof CliError) throw error;
      throw dataset.#error(reason(error));
    }
  }

  /** Lets others write. */
  close(): void {
    rmSync(join(this.#folder, lockName), { force: true });
  }

  /** Ids of all snapshots that are in it. */
  async ids(): Promise<Set<string>> {
    const ids = new Set<string>();
    for (const name of await this.#parts('snapshots')) {
      const bytes = readFileSync(join(this.#folder, 'snapshots', name));
      for (const id of await readSnapshotIds(bytes)) ids.add(id);
    }
    return ids;
  }

  /**
   * Adds a part, whole or not at all. @param partition its folder below a table.
   * @returns bytes written. @throws CliError with status 1.
   */
  add(partition: string, snapshots: readonly TableSnapshot[]): number {
    const ids = snapshots.map(({ id }) => id).join('\n');
    const hash = createHash('sha256').update(ids).digest('hex').slice(0, 16);
    let bytes = 0;
    for (const [table, dump] of Object.entries(tables)) {
      const file = join(this.#path, table, partition, `part-${hash}.parquet`);
      mkdirSync(dirname(resolve(this.#io.cwd, file)), { recursive: true });
      bytes += writeOutput(file, this.#io, [dump(snapshots)]);
    }
    return bytes;
  }

  /** A folder that has other things in it is not written into. */
  #check(): void {
    const file = join(this.#folder, markerName);
    if (existsSync(file)) {
      if (readFileSync(file, 'utf8') === marker) return;
      throw this.#error(`it is a dataset of another version; this writes ${marker.trim()}`);
    }
    const isFolder = statSync(this.#folder, { throwIfNoEntry: false })?.isDirectory() ?? true;
    if (!isFolder) throw this.#error('it is no folder');
    mkdirSync(this.#folder, { recursive: true });
    if (readdirSync(this.#folder).length > 0) {
      throw this.#error('it is neither empty nor a dataset; name a new folder');
    }
    writeFileSync(file, marker);
  }

  #lock(): void {
    const file = join(this.#folder, lockName);
    try {
      writeFileSync(file, `${process.pid}\n`, { flag: 'wx' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const owner = Number(readFileSync(file, 'utf8'));
      if (isRunning(owner)) {
        throw this.#error(`process ${owner} writes it; wait, or remove ${lockName} if it does not`);
      }
      writeFileSync(file, `${process.pid}\n`);
    }
  }

  async #removeHalves(): Promise<void> {
    const whole = new Set(await this.#parts('snapshots'));
    for (const name of await this.#parts('sites')) {
      if (whole.has(name)) continue;
      rmSync(join(this.#folder, 'sites', name));
      this.#io.stderr(`tracemalloc: removed sites/${name}, which was written in part\n`);
    }
  }

  async #parts(table: keyof typeof tables): Promise<string[]> {
    return (await glob('**/*.parquet', { cwd: join(this.#folder, table) })).sort();
  }

  #error(why: string): CliError {
    return new CliError(exitStatus.error, `can't write the dataset ${this.#path}: ${why}`);
  }
}

function isRunning(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
