import {
  attachPyodide,
  installPyodideModule,
  type PyodideHost,
} from '@tracemalloc/adapters/pyodide';
import { runPyodideProgram } from '@tracemalloc/adapters/pyodide/node';
import type { Host } from './host.ts';
import { loadOptional } from './optional-package.ts';

type Loader = {
  loadPyodide(options: { env: Record<string, string>; indexURL?: string }): Promise<PyodideHost>;
};

/** Python, in Pyodide: CPython itself. */
export const host: Host = {
  recordsNativeFrames: true,
  async attach(launch) {
    const { program, io, tracer, isTracingHidden, nativeFrames, onWarning } = launch;
    const { argv, file: filename, source, folder, package: parent } = program;
    const { cwd, env, stdout, stderr } = io;
    // It is some 14 MB.
    const { loadPyodide } = loadOptional<Loader>('pyodide', '0.28, 0.29 or 314', cwd);
    const pyodide = await loadPyodide({ env: guestEnvironment(env) });
    const adapter = attachPyodide(pyodide, tracer, { onWarning, nativeFrames });
    return {
      ...(adapter.heap !== undefined && { heap: adapter.heap }),
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

/** Python's own switches are for the command: they would trace a second time, or look in folders that are not there yet. */
function guestEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const kept = Object.entries(env).filter(
    ([name, value]) => value !== undefined && name !== 'PYTHONTRACEMALLOC' && name !== 'PYTHONPATH',
  );
  return Object.fromEntries(kept) as Record<string, string>;
}
