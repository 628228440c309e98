import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Snapshot, SnapshotMetadata } from '@tracemalloc/core';
import { foldedOf, SnapshotMerger } from '@tracemalloc/core/merge';
import glob from 'fast-glob';
import { CliError, exitStatus } from './cli-error.ts';
import type { Context } from './context.ts';
import { filterSnapshot } from './filters.ts';
import type { Io } from './io.ts';
import type { MergeHow } from './merge-how.ts';
import { nameFunctions } from './name-functions.ts';
import { guestFrames } from './native-frames.ts';
import type { FilterOptions, RangeOptions } from './options.ts';
import { Progress } from './progress.ts';
import { mapFiles, relativeFiles } from './rename-files.ts';
import { shownText } from './shown-text.ts';
import { type NamedSnapshot, readSnapshots, standardInput } from './snapshot-file.ts';
import { asksForRange, atEnds, inRange } from './time-range.ts';

/** Distinct sites of a merged snapshot; of more, some are folded. */
const usualSites = 150_000;
/** Names of inputs that are listed. */
const maxNames = 10;

/**
 * The one snapshot that a report is about: as {@link openWhole} gives it, with files below the
 * current folder by their names from there.
 *
 * @throws CliError with status 1 for what can't be read.
 */
export async function openSnapshot(
  patterns: readonly string[],
  options: FilterOptions & RangeOptions,
  { io }: Context,
): Promise<Snapshot> {
  const whole = await openUnfiltered(patterns, options, io, {});
  const part = asksForRange(options) ? inRange(whole, options, io) : whole;
  const shown = options.native === true ? part : guestFrames(part);
  return named(filtered(shown, options, io), io);
}

/** What lived at the beginning and at the end of the time range, of one snapshot. @throws As openSnapshot. */
export async function openEnds(
  path: string,
  options: FilterOptions & RangeOptions,
  { io }: Context,
): Promise<[Snapshot, Snapshot]> {
  const ends = atEnds(await openUnfiltered([path], options, io, {}), options);
  const [from, to] = ends.map((end) => named(filtered(end, options, io), io));
  return [from!, to!];
}

/** With names for people: of functions where there is none, and of files from the current folder. */
function named(snapshot: Snapshot, { cwd }: Io): Snapshot {
  return relativeFiles(nameFunctions(snapshot, cwd), cwd);
}

/**
 * One snapshot of the files read, merged when there are several (which is said on stderr), and
 * filtered; what it says of files is as it was written.
 *
 * @throws CliError with status 1 for what can't be read.
 */
export async function openWhole(
  patterns: readonly string[],
  filters: FilterOptions,
  { io }: Context,
  how: MergeHow = {},
): Promise<Snapshot> {
  return filtered(await openUnfiltered(patterns, filters, io, how), filters, io);
}

function filtered(whole: Snapshot, filters: FilterOptions, io: Io): Snapshot {
  const snapshot = filterSnapshot(whole, filters, io.cwd);
  if (snapshot.data.sites.length === 0 && whole.data.sites.length > 0) {
    io.stderr('tracemalloc: the filters leave no trace of the snapshot\n');
  }
  return snapshot;
}

/** Snapshots that are compared, one an argument; a glob's are merged. @throws As openSnapshot. */
export async function openSnapshots(
  paths: readonly string[],
  filters: FilterOptions & RangeOptions,
  context: Context,
): Promise<[Snapshot, ...Snapshot[]]> {
  await findInputs(paths, context.io.cwd);
  const [first, ...rest] = paths;
  const snapshots: [Snapshot, ...Snapshot[]] = [await openSnapshot([first!], filters, context)];
  for (const path of rest) snapshots.push(await openSnapshot([path], filters, context));
  return snapshots;
}

/** Each snapshot of the files for itself. @throws As openSnapshot. */
export async function openEach(patterns: readonly string[], io: Io): Promise<NamedSnapshot[]> {
  const found: NamedSnapshot[] = [];
  for (const path of await findInputs(patterns, io.cwd)) {
    found.push(...(await readSnapshots(path, io)));
  }
  return found;
}

/** The same without filters, but with renamed files. Of several snapshots only the sum is kept. */
async function openUnfiltered(
  patterns: readonly string[],
  filters: FilterOptions,
  io: Io,
  how: MergeHow,
): Promise<Snapshot> {
  const paths = await findInputs(patterns, io.cwd);
  const progress = paths.length > 1 ? new Progress(io, 'merging') : null;
  const merging = new Merging(how);
  try {
    for (const [i, path] of paths.entries()) {
      for (const { name, snapshot } of await readInput(path, io, how)) {
        merging.add({ name, snapshot: mapFiles(snapshot, filters.map) }, path);
      }
      progress?.update(i + 1, paths.length);
    }
  } finally {
    progress?.stop();
  }
  const { snapshot, text } = merging.finish();
  if (text !== '') io.stderr(await shownText(text));
  return snapshot;
}

/** Adds up snapshots as they come; a single one stays as it is. */
class Merging {
  readonly #how: MergeHow;
  #first: NamedSnapshot | null = null;
  #merger: SnapshotMerger | null = null;
  readonly #names: string[] = [];

  constructor(how: MergeHow) {
    this.#how = how;
  }

  add(found: NamedSnapshot, path: string): void {
    if (this.#names.length < maxNames) this.#names.push(found.name);
    const { labelBy, maxTraces, maxSites } = this.#how;
    if (this.#first === null && labelBy === undefined && maxSites === undefined) {
      this.#first = found;
      return;
    }
    if (this.#merger === null) {
      this.#merger = new SnapshotMerger({
        maxSites: maxSites ?? usualSites,
        ...(maxTraces !== undefined && { maxTraces }),
      });
      if (this.#first !== null) this.#merger.add(this.#first.snapshot);
    }
    this.#merger.add(found.snapshot, labelOf(found, path, labelBy));
  }

  /** @throws CliError when there was nothing. */
  finish(): { readonly snapshot: Snapshot; readonly text: string } {
    if (this.#merger !== null) {
      const { count } = this.#merger;
      const more = count > maxNames ? ` and ${count - maxNames} more` : '';
      const text = `Merged ${count} snapshots: ${this.#names.join(', ')}${more}\n`;
      const snapshot = this.#merger.finish();
      return { snapshot, text: text + foldedText(snapshot.metadata, this.#how.maxSites) };
    }
    if (this.#first !== null) return { snapshot: this.#first.snapshot, text: '' };
    throw new CliError(exitStatus.error, 'none of the files could be read');
  }
}

/** What was folded of a sum that had too many sites, and what to do; `''` = nothing. */
function foldedText(metadata: SnapshotMetadata, maxSites: number = usualSites): string {
  const folded = foldedOf(metadata);
  if (folded === null) return '';
  const { namesPerPattern, stacksPerLine, linesPerFile, filesPerFolder, folders } = folded;
  const what = [
    `more than ${namesPerPattern} that differ in numbers alone`,
    stacksPerLine !== undefined && `lines with more than ${stacksPerLine} stacks`,
    linesPerFile !== undefined && `files with more than ${linesPerFile} lines`,
    filesPerFolder !== undefined && `folders with more than ${filesPerFolder} files`,
    folders !== undefined && 'all else',
  ].filter((part) => part !== false);
  return `tracemalloc: there are more than ${maxSites} distinct sites; what became one site each: ${what.join(', ')}; --map and filters make them fewer, merge --max-sites keeps more\n`;
}

async function readInput(path: string, io: Io, { onBadFile }: MergeHow): Promise<NamedSnapshot[]> {
  try {
    return await readSnapshots(path, io);
  } catch (error) {
    if (onBadFile === undefined || !(error instanceof CliError)) throw error;
    await onBadFile(error);
    return [];
  }
}

function labelOf(
  { name, snapshot }: NamedSnapshot,
  path: string,
  labelBy: MergeHow['labelBy'],
): string {
  if (labelBy === undefined) return '';
  if (labelBy === 'file') return name;
  if (labelBy === 'folder') return dirname(path);
  const { host } = snapshot.metadata;
  return typeof host === 'string' ? host : '';
}

/**
 * The files that arguments name, in their order; those of a glob by name.
 * @throws CliError with status 1 for a glob that fits no file, with 2 for `-` twice.
 */
async function findInputs(patterns: readonly string[], cwd: string): Promise<string[]> {
  const found: string[] = [];
  for (const pattern of patterns) found.push(...(await filesOf(pattern, cwd)));
  if (found.filter((path) => path === standardInput).length > 1) {
    throw new CliError(exitStatus.usage, 'standard input (-) can be read once, and is named twice');
  }
  return found;
}

async function filesOf(pattern: string, cwd: string): Promise<string[]> {
  // A file whose name looks like a glob is that file.
  const isName = pattern === standardInput || existsSync(resolve(cwd, pattern));
  if (isName || !glob.isDynamicPattern(pattern)) return [pattern];
  const files = await glob(pattern, { cwd });
  if (files.length === 0) throw new CliError(exitStatus.error, `no file fits '${pattern}'`);
  return files.sort();
}
