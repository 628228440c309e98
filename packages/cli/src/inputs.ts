import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Snapshot } from '@tracemalloc/core';
import { mergeSnapshots } from '@tracemalloc/core/merge';
import glob from 'fast-glob';
import { CliError, exitStatus } from './cli-error.ts';
import type { Context } from './context.ts';
import { filterSnapshot } from './filters.ts';
import type { Io } from './io.ts';
import type { FilterOptions, RangeOptions } from './options.ts';
import { mapFiles, relativeFiles } from './rename-files.ts';
import { shownText } from './shown-text.ts';
import { type NamedSnapshot, readSnapshots, standardInput } from './snapshot-file.ts';
import { asksForRange, atEnds, inRange } from './time-range.ts';

/** What of an input becomes the label of what it had without one. */
export type LabelBy = 'file' | null;

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
  const whole = await openUnfiltered(patterns, options, io, null);
  const part = asksForRange(options) ? inRange(whole, options, io) : whole;
  return relativeFiles(filtered(part, options, io), io.cwd);
}

/** What lived at the beginning and at the end of the time range, of one snapshot. @throws As openSnapshot. */
export async function openEnds(
  path: string,
  options: FilterOptions & RangeOptions,
  { io }: Context,
): Promise<[Snapshot, Snapshot]> {
  const ends = atEnds(await openUnfiltered([path], options, io, null), options);
  const [from, to] = ends.map((end) => relativeFiles(filtered(end, options, io), io.cwd));
  return [from!, to!];
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
  labelBy: LabelBy = null,
): Promise<Snapshot> {
  return filtered(await openUnfiltered(patterns, filters, io, labelBy), filters, io);
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

/** The same without filters, but with renamed files. */
async function openUnfiltered(
  patterns: readonly string[],
  filters: FilterOptions,
  io: Io,
  labelBy: LabelBy,
): Promise<Snapshot> {
  const paths = await findInputs(patterns, io.cwd);
  const found: NamedSnapshot[] = [];
  for (const path of paths) {
    for (const { name, snapshot } of await readSnapshots(path, io)) {
      found.push({ name, snapshot: mapFiles(snapshot, filters.map) });
    }
  }
  const [first] = found;
  if (first !== undefined && found.length === 1 && labelBy === null) return first.snapshot;
  const names = found.map(({ name }) => name);
  const snapshots = found.map(({ snapshot }) => snapshot);
  const merged = mergeSnapshots(snapshots, labelBy === null ? {} : { labels: names });
  io.stderr(await shownText(`Merged ${snapshots.length} snapshots: ${names.join(', ')}\n`));
  return merged;
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
