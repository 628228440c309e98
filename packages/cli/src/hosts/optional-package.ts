import { createRequire } from 'node:module';
import { join } from 'node:path';
import { CliError, exitStatus } from '../cli-error.ts';
import { reason } from '../reason.ts';

/**
 * An interpreter that comes with the project that uses it and not with the command.
 * @param name The package, or a module in it.
 * @param versions What to install, in words.
 * @throws CliError that says how to get it where it is not found.
 */
export function loadOptional<T>(name: string, versions: string, cwd: string): T {
  for (const from of [join(cwd, 'package.json'), import.meta.url]) {
    const require = createRequire(from);
    try {
      require.resolve(name);
    } catch {
      continue;
    }
    try {
      return require(name) as T;
    } catch (error) {
      throw new CliError(exitStatus.error, `the package ${name} can't be loaded: ${reason(error)}`);
    }
  }
  throw new CliError(
    exitStatus.error,
    `the interpreter ${name} is a package of its own, which was not found here: npm install ${name} (${versions})`,
  );
}
