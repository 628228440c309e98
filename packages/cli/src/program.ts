import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { decodeSource } from '@tracemalloc/adapters/python/node';
import { CliError, exitStatus } from './cli-error.ts';
import { reason } from './reason.ts';

/** A Python program as `run` starts it. */
export type Program = {
  /** As it was named on the command line. */
  readonly filename: string;
  /** What Python's tracebacks and `__file__` show: the whole path, `<string>` for code. */
  readonly file: string;
  /** The package of a module that was run by its name, `''` for one in none. */
  readonly package?: string;
  /** Its text; empty for a {@link libraryModule}. */
  readonly source: string;
  /** The name of a module that `-m` names and the disk has not: the interpreter's library may. */
  readonly libraryModule?: string;
  /** Where its imports are looked for first. */
  readonly folder: string;
  /** Its arguments, its own name first. */
  readonly argv: readonly string[];
};

export type ProgramChoice = {
  /** The script, unless module or code is given, and then the program's arguments. */
  readonly args: readonly string[];
  readonly module: string | undefined;
  readonly code: string | undefined;
};

/**
 * @throws CliError that names what was looked for: with status 1 when there is no such program, with
 * status 2 when none is named.
 */
export function findProgram(choice: ProgramChoice, cwd: string): Program {
  const { args, module, code } = choice;
  if (code !== undefined) {
    const [filename, file] = ['<string>', '<string>'];
    return { filename, file, source: code, folder: cwd, argv: ['-c', ...args] };
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
  const place = statSync(path, { throwIfNoEntry: false })?.isDirectory()
    ? { file: join(path, '__main__.py'), folder: path, package: '' }
    : { file: path, folder: resolve(path, '..') };
  const source = readProgram(place.file, script);
  return { filename: script, ...place, source, argv: [script, ...rest] };
}

function findModule(module: string, args: readonly string[], cwd: string): Program {
  const parts = module.split('.');
  if (parts.some((part) => part === '' || /[/\\\0]/.test(part))) {
    throw new CliError(exitStatus.usage, `-m takes a module's dotted name, got '${module}'`);
  }
  // A package comes before a module of its name.
  const candidates = [
    { file: join(cwd, ...parts, '__main__.py'), package: module },
    { file: `${join(cwd, ...parts)}.py`, package: parts.slice(0, -1).join('.') },
  ];
  const found = candidates.find(({ file }) => isFile(file));
  if (found === undefined) {
    // As `python -m` names it, whose library has files.
    const file = join(...parts, '__main__.py');
    const argv = [file, ...args];
    return { filename: file, file, source: '', libraryModule: module, folder: cwd, argv };
  }
  const { file } = found;
  const source = readProgram(file, file);
  return { filename: file, ...found, source, folder: cwd, argv: [file, ...args] };
}

/** The error for a module that is nowhere: what was looked for. */
export function noModule(module: string, cwd: string): CliError {
  const path = join(cwd, ...module.split('.'));
  return new CliError(
    exitStatus.error,
    `No module named ${module}: neither ${path}.py nor ${join(path, '__main__.py')} exists, nor has the interpreter's library a program of that name`,
  );
}

function readProgram(path: string, shown: string): string {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new CliError(exitStatus.error, `can't open file '${shown}': ${reason(error)}`);
  }
  // Lua's sources are bytes, whatever they mean.
  if (path.toLowerCase().endsWith('.lua')) return new TextDecoder().decode(bytes);
  const source = decodeSource(bytes);
  if (typeof source === 'string') return source;
  throw new CliError(exitStatus.error, `can't read file '${shown}': ${source.problem}`);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
