import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CliError, exitStatus } from '../cli-error.ts';
import { reason } from '../reason.ts';

/**
 * An interpreter that comes with the project that uses it and not with the command.
 * @param name The package, or a module in it.
 * @param versions What to install, in words.
 * @throws CliError that says how to get it where it is not found.
 */
export function loadOptional<T>(name: string, versions: string, cwd: string): T {
  const { file, require } = findOptional(name, versions, cwd);
  try {
    return require(file) as T;
  } catch (error) {
    throw notLoaded(name, error);
  }
}

/** The same for a package of modules of ECMAScript. */
export async function importOptional<T>(name: string, versions: string, cwd: string): Promise<T> {
  const { file } = findOptional(name, versions, cwd);
  try {
    return (await import(pathToFileURL(file).href)) as T;
  } catch (error) {
    throw notLoaded(name, error);
  }
}

function findOptional(
  name: string,
  versions: string,
  cwd: string,
): { readonly file: string; readonly require: NodeJS.Require } {
  for (const from of [join(cwd, 'package.json'), import.meta.url]) {
    const require = createRequire(from);
    try {
      return { file: require.resolve(name), require };
    } catch {
      // Perhaps from the other place.
    }
  }
  throw new CliError(
    exitStatus.error,
    `the interpreter ${name} is a package of its own, which was not found here: npm install ${name} (${versions})`,
  );
}

function notLoaded(name: string, error: unknown): CliError {
  return new CliError(exitStatus.error, `the package ${name} can't be loaded: ${reason(error)}`);
}
