import { createBrython, installNodeGuestModule } from '@tracemalloc/adapters/brython/node';
import { memoryTools } from '@tracemalloc/adapters/python-tools';
import { realFiles } from '../guest-files.ts';
import { noModule } from '../program.ts';
import type { Host } from './host.ts';

/** Python, in Brython. */
export const host: Host = {
  runsLibrary: true,
  recordsNativeFrames: true,
  async attach({ program, io, tracer, isTracingHidden, nativeFrames, onWarning }) {
    const { argv, folder, libraryModule } = program;
    const { stdout, stdoutBytes, stderr, cwd, env } = io;
    const runtime = await createBrython({ argv, stdout, stdoutBytes, stderr, cwd, env });
    const found =
      libraryModule === undefined
        ? { source: program.source, filename: program.file, package: program.package }
        : runtime.findLibraryProgram(libraryModule);
    if (found === null) throw noModule(libraryModule!, cwd);
    const { source, filename, package: parent } = found;
    const adapter = runtime.attach(tracer, { nativeFrames, onWarning });
    return {
      heap: adapter.heap,
      tellsOfLimit: true,
      install: () =>
        void installNodeGuestModule(runtime.$B, adapter, {
          files: realFiles(io.cwd),
          tools: memoryTools,
          isTracingHidden,
        }),
      run: () =>
        runtime.runToEnd({
          source,
          filename,
          folder,
          ...(parent !== undefined && { package: parent }),
        }),
      settle: () => adapter.settle(),
    };
  },
};
