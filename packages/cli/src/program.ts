import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CliError, exitStatus } from './cli-error.ts';

/** A Python program as `run` starts it. */
export type Program = {
  /** What tracebacks show, and `__file__`. */
  readonly filename: string;
  readonly source: string;
  /** Where its imports are looked for first. */
  readonly folder: string;
  readonly argv: readonly string[];
};

export type ProgramChoice = {
  /** The script, unless module or code is given, and then the program's arguments. */
  readonly args: readonly string[];
  readonly module: string | undefined;
  readonly code: string | undefined;
};

/** @throws CliError with status 2 when there is no such program, naming what was looked for. */
export function findProgram(choice: ProgramChoice, cwd: string): Program {
  const { args, module, code } = choice;
  if (code !== undefined) {
    return { filename: '<string>', source: code, folder: cwd, argv: ['-c', ...args] };
  }
  if (module !== undefined) return findModule(module, args, cwd);
  const [script, ...rest] = args;
  if (script === undefined) {
    throw new CliError(
      exitStatus.usage,
      'nothing to run: name a script, or use -m module or -c code',
    );
  }
  const path = resolve(cwd, script);
  const folder = resolve(path, '..');
  return { filename: script, source: readProgram(path, script), folder, argv: [script, ...rest] };
}

function findModule(module: string, args: readonly string[], cwd: string): Program {
  if (!/^[^\W\d]\w*(\.[^\W\d]\w*)*$/u.test(module)) {
    throw new CliError(exitStatus.usage, `-m takes a module's dotted name, got '${module}'`);
  }
  const path = module.split('.');
  const candidates = [`${join(cwd, ...path)}.py`, join(cwd, ...path, '__main__.py')];
  const filename = candidates.find((candidate) => isFile(candidate));
  if (filename === undefined) {
    throw new CliError(
      exitStatus.usage,
      `No module named ${module}: neither ${candidates.join(' nor ')} exists`,
    );
  }
  const source = readProgram(filename, filename);
  return { filename, source, folder: cwd, argv: [filename, ...args] };
}

function readProgram(path: string, shown: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
  } catch (error) {
    throw new CliError(exitStatus.usage, `can't open file '${shown}': ${reason(error)}`);
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

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
    ENOSPC: 'no space is left on the device',
    ERR_ENCODING_INVALID_ENCODED_DATA: 'it is not UTF-8',
  };
  return known[code] ?? (error instanceof Error ? error.message : String(error));
}
