import { createRequire } from 'node:module';
import { join } from 'node:path';
import {
  attachPyodide,
  installPyodideModule,
  type PyodideHost,
} from '@tracemalloc/adapters/pyodide';
import { runPyodideProgram } from '@tracemalloc/adapters/pyodide/node';
import { CliError, exitStatus } from '../cli-error.ts';
import { reason } from '../reason.ts';
import type { Host } from './host.ts';

type Loader = {
  loadPyodide(options: { env: Record<string, string>; indexURL?: string }): Promise<PyodideHost>;
};

/** Python, in Pyodide: CPython itself. */
export const host: Host = {
  async attach({ program, io, tracer, isTracingHidden, onWarning }) {
    const { argv, file: filename, source, folder, package: parent } = program;
    const { cwd, env, stdout, stderr } = io;
    const { loadPyodide } = findPyodide(cwd);
    const pyodide = await loadPyodide({ env: guestEnvironment(env) });
    const adapter = attachPyodide(pyodide, tracer, { onWarning });
    return {
      install: () => void installPyodideModule(pyodide, adapter, { isTracingHidden }),
      run: () =>
        runPyodideProgram(pyodide, adapter, {
          source,
          filename,
          folder,
          argv,
          cwd,
          env,
          stdout,
          stderr,
          ...(parent ? { package: parent } : {}),
        }),
    };
  },
};

/** It is some 14 MB, so it comes with the project that uses it and not with the command. */
function findPyodide(cwd: string): Loader {
  for (const from of [join(cwd, 'package.json'), import.meta.url]) {
    const require = createRequire(from);
    try {
      require.resolve('pyodide');
    } catch {
      continue;
    }
    try {
      return require('pyodide') as Loader;
    } catch (error) {
      throw new CliError(exitStatus.error, `the package pyodide can't be loaded: ${reason(error)}`);
    }
  }
  throw new CliError(
    exitStatus.error,
    'the interpreter pyodide is a package of its own, which was not found here: npm install pyodide (0.28, 0.29 or 314)',
  );
}

/** Python's own switches are for the command: they would trace a second time, or look in folders that are not there yet. */
function guestEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const kept = Object.entries(env).filter(
    ([name, value]) => value !== undefined && name !== 'PYTHONTRACEMALLOC' && name !== 'PYTHONPATH',
  );
  return Object.fromEntries(kept) as Record<string, string>;
}
