import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { constants as osConstants } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { CliError, exitStatus } from './cli-error.ts';
import type { Io } from './io.ts';
import { reason } from './reason.ts';

/** As the name of an output: standard output. */
export const standardOutput = '-';

/**
 * Makes sure that `path` can be written before any work is done for it.
 * @throws CliError with status 1 when it exists and `force` is not set, or can't be written.
 */
export function checkOutput(path: string, cwd: string, force: boolean): void {
  if (path === standardOutput) return;
  const full = resolve(cwd, path);
  const existing = statusOf(path, full);
  if (existing?.isDirectory()) throw unwritable(path, 'it is a directory');
  if (isDevice(existing)) return;
  if (existing !== undefined && !force) {
    throw new CliError(
      exitStatus.error,
      `${path} exists and is not overwritten: name another file, or add --force`,
    );
  }
  if (!existsSync(dirname(full))) {
    throw unwritable(path, `there is no folder ${dirname(path)}; make it first`);
  }
  try {
    accessSync(dirname(existing === undefined ? full : realpathSync(full)), constants.W_OK);
  } catch (error) {
    throw unwritable(path, reason(error));
  }
}

function statusOf(path: string, full: string): Stats | undefined {
  try {
    return statSync(full, { throwIfNoEntry: false });
  } catch (error) {
    throw unwritable(path, reason(error));
  }
}

/**
 * Writes the pieces to `path`, which appears only when it is complete, or to standard output.
 * @returns bytes written. @throws CliError with status 1; nothing is left behind.
 */
export function writeOutput(path: string, io: Io, pieces: Iterable<Uint8Array>): number {
  let written = 0;
  if (path === standardOutput) {
    for (const piece of pieces) {
      io.stdoutBytes(piece);
      written += piece.length;
    }
    return written;
  }
  const full = resolve(io.cwd, path);
  try {
    const existing = statSync(full, { throwIfNoEntry: false });
    if (isDevice(existing)) return writeToDevice(full, pieces);
    // A link stays a link: what it points to is replaced.
    if (existing === undefined) return writeBeside(full, pieces, null);
    return writeBeside(realpathSync(full), pieces, existing.mode & 0o7777);
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw unwritable(path, reason(error));
  }
}

/** @param mode What the file that is replaced lets people do; null for a new one. */
function writeBeside(full: string, pieces: Iterable<Uint8Array>, mode: number | null): number {
  const temporary = temporaryName(full);
  let written = 0;
  removeAtSignals(temporary);
  try {
    const file = openSync(temporary, 'wx', mode === null ? 0o666 : 0o600);
    try {
      for (const piece of pieces) {
        for (let at = 0; at < piece.length; ) at += writeSync(file, piece, at);
        written += piece.length;
      }
      if (mode !== null) fchmodSync(file, mode);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, full);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  } finally {
    temporaries.delete(temporary);
  }
  return written;
}

/** A device or a pipe, such as /dev/null: it is written to, and never replaced. */
function isDevice(file: Stats | undefined): boolean {
  return file !== undefined && !file.isFile() && !file.isDirectory();
}

function writeToDevice(full: string, pieces: Iterable<Uint8Array>): number {
  const whole = Buffer.concat([...pieces]);
  writeFileSync(full, whole);
  return whole.length;
}

/**
 * Beside the file, so that renaming it is one step of one file system; of a length that does not
 * grow with the file's name.
 */
function temporaryName(full: string): string {
  return join(dirname(full), `.tracemalloc.${process.pid}.part`);
}

/** Files that are being written, which a signal that ends the process takes with it. */
const temporaries = new Set<string>();
let isListening = false;

function removeAtSignals(temporary: string): void {
  temporaries.add(temporary);
  if (isListening) return;
  isListening = true;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      for (const path of temporaries) rmSync(path, { force: true });
      process.exit(128 + osConstants.signals[signal]);
    });
  }
}

function unwritable(path: string, why: string): CliError {
  return new CliError(exitStatus.error, `can't write ${path}: ${why}`);
}
