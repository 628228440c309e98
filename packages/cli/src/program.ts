import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CliError, exitStatus } from './cli-error.ts';
import { reason } from './reason.ts';

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

/**
 * @throws CliError that names what was looked for: with status 1 when there is no such program, with
 * status 2 when none is named.
 */
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
      exitStatus.error,
      `No module named ${module}: neither ${candidates.join(' nor ')} exists`,
    );
  }
  const source = readProgram(filename, filename);
  return { filename, source, folder: cwd, argv: [filename, ...args] };
}

function readProgram(path: string, shown: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: !path.toLowerCase().endsWith('.lua') }).decode(
      readFileSync(path),
    );
  } catch (error) {
    throw new CliError(exitStatus.error, `can't open file '${shown}': ${reason(error)}`);
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
