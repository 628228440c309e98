import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { TableSnapshot } from '@tracemalloc/formats/parquet';
import glob from 'fast-glob';
import { CliError, exitStatus } from '../cli-error.ts';
import type { Io } from '../io.ts';
import { Progress } from '../progress.ts';
import { reason } from '../reason.ts';
import { shownText } from '../shown-text.ts';
import { readSnapshots } from '../snapshot-file.ts';
import type { Dataset } from './dataset.ts';
import { dayOf, partitionPath, textOf, timeOf } from './partition.ts';

/** Sites of a part, about: so many are encoded at once. */
const partSites = 50_000;
/** Sites and blocks of all parts that are not full yet. */
const maxPending = 2_000_000;

/** What takes the place of what snapshots do not say. */
export type CollectOptions = { readonly release?: string; readonly date?: string };

/** What became of the files of a folder. */
export type Collected = {
  readonly added: number;
  readonly known: number;
  readonly bad: number;
  readonly parts: number;
  readonly bytes: number;
};

type Pending = { readonly snapshots: TableSnapshot[]; sites: number; rows: number };

/**
 * Puts all snapshots of a folder into a dataset, file by file in the order of their names; those
 * that are there already are left out, and files that can't be read are said and left out. Memory is
 * that of the snapshots of {@link maxPending} rows. The same folder makes the same bytes.
 */
export async function collectFiles(
  folder: string,
  dataset: Dataset,
  options: CollectOptions,
  io: Io,
): Promise<Collected> {
  const files = await filesOf(folder, io.cwd);
  const known = await dataset.ids();
  const parts = new Parts(dataset);
  const counts = { added: 0, known: 0, bad: 0 };
  const progress = new Progress(io, `collecting ${folder}`);
  try {
    for (const [i, file] of files.entries()) {
      const path = join(folder, file);
      try {
        const hash = await hashOf(resolve(io.cwd, path), file);
        if (known.has(hash)) counts.known++;
        else {
          for (const [k, { snapshot }] of (await readSnapshots(path, io)).entries()) {
            const { metadata } = snapshot;
            const time = timeOf(metadata);
            const id = k === 0 ? hash : `${hash}-${k + 1}`;
            const date =
              options.date ?? dayOf(time ?? statSync(resolve(io.cwd, path)).mtime.getTime());
            const release = textOf(metadata, 'release') ?? options.release ?? null;
            const partition = partitionPath({ date, release, host: textOf(metadata, 'host') });
            parts.add(partition, { id, snapshot, path: file, time });
            counts.added++;
          }
          known.add(hash);
        }
      } catch (error) {
        const why =
          error instanceof CliError ? error.message : `can't read ${path}: ${reason(error)}`;
        io.stderr(await shownText(`tracemalloc: left out: ${why}\n`));
        counts.bad++;
      }
      progress.update(i + 1, files.length);
    }
    parts.finish();
  } finally {
    progress.stop();
  }
  return { ...counts, parts: parts.count, bytes: parts.bytes };
}

/** @throws CliError with status 1 when there is no such folder. */
async function filesOf(folder: string, cwd: string): Promise<string[]> {
  const full = resolve(cwd, folder);
  if (statSync(full, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new CliError(exitStatus.error, `there is no folder ${folder}`);
  }
  return (await glob('**/*', { cwd: full, followSymbolicLinks: false })).sort();
}

/** 128 bits of SHA-256 of a file's name in the folder and its bytes: equal pages are not one. */
async function hashOf(path: string, name: string): Promise<string> {
  const hash = createHash('sha256').update(`${name}\0`);
  for await (const piece of createReadStream(path)) hash.update(piece as Uint8Array);
  return hash.digest('hex').slice(0, 32);
}

/** Snapshots that wait for their part to be full. */
class Parts {
  count = 0;
  bytes = 0;
  readonly #dataset: Dataset;
  readonly #pending = new Map<string, Pending>();
  #rows = 0;

  constructor(dataset: Dataset) {
    this.#dataset = dataset;
  }

  add(partition: string, snapshot: TableSnapshot): void {
    const pending = this.#pending.get(partition) ?? { snapshots: [], sites: 0, rows: 0 };
    this.#pending.set(partition, pending);
    const { sites, traces } = snapshot.snapshot.data;
    pending.snapshots.push(snapshot);
    pending.sites += sites.length;
    pending.rows += sites.length + traces.length;
    this.#rows += sites.length + traces.length;
    if (pending.sites >= partSites) this.#write(partition, pending);
    while (this.#rows > maxPending) {
      const [largest] = [...this.#pending].sort(([, a], [, b]) => b.rows - a.rows);
      this.#write(...largest!);
    }
  }

  finish(): void {
    for (const [partition, pending] of this.#pending) this.#write(partition, pending);
  }

  #write(partition: string, pending: Pending): void {
    this.bytes += this.#dataset.add(partition, pending.snapshots);
    this.count++;
    this.#rows -= pending.rows;
    this.#pending.delete(partition);
  }
}
