import { closeSync, existsSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import process from 'node:process';
import { CliError, exitStatus } from './cli-error.ts';
import { reason } from './program.ts';

/**
 * Makes sure that `path` can be written before any work is done for it.
 * @throws CliError with status 2 when it exists and `force` is not set, or can't be written.
 */
export function checkOutput(path: string, cwd: string, force: boolean): void {
  const full = resolve(cwd, path);
  const existing = statSync(full, { throwIfNoEntry: false });
  if (existing?.isDirectory()) throw unwritable(path, 'it is a directory');
  if (existing !== undefined && !force) {
    throw new CliError(
      exitStatus.usage,
      `${path} exists and is not overwritten: name another file, or add --force`,
    );
  }
  if (!existsSync(dirname(full))) {
    throw unwritable(path, `there is no folder ${dirname(path)}; make it first`);
  }
  const trial = temporaryName(full);
  try {
    closeSync(openSync(trial, 'wx'));
    rmSync(trial);
  } catch (error) {
    throw unwritable(path, reason(error));
  }
}

/**
 * Writes the pieces to `path`, which appears only when it is complete.
 * @throws CliError with status 3; nothing is left behind.
 */
export function writeOutput(path: string, cwd: string, pieces: Iterable<Uint8Array>): number {
  const full = resolve(cwd, path);
  const temporary = temporaryName(full);
  let written = 0;
  try {
    const file = openSync(temporary, 'wx');
    try {
      for (const piece of pieces) {
        for (let at = 0; at < piece.length; ) at += writeSync(file, piece, at);
        written += piece.length;
      }
    } finally {
      closeSync(file);
    }
    renameSync(temporary, full);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new CliError(exitStatus.notWritten, `can't write ${path}: ${reason(error)}`);
  }
  return written;
}

/** Beside the file, so that renaming it is one step of one file system. */
function temporaryName(full: string): string {
  return `${full}.${process.pid}.part`;
}

function unwritable(path: string, why: string): CliError {
  return new CliError(exitStatus.usage, `can't write ${path}: ${why}`);
}
