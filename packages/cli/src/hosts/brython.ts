import { createBrython, installNodeGuestModule } from '@tracemalloc/adapters/brython/node';
import { memoryTools } from '@tracemalloc/adapters/python-tools';
import { realFiles } from '../guest-files.ts';
import type { Host } from './host.ts';

/** Python, in Brython. */
export const host: Host = {
  async attach({ program, io, tracer, isTracingHidden, onWarning }) {
    const { argv, file: filename, source, folder, package: parent } = program;
    const { stdout, stdoutBytes, stderr, cwd, env } = io;
    const runtime = await createBrython({ argv, stdout, stdoutBytes, stderr, cwd, env });
    const adapter = runtime.attach(tracer, { onWarning });
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
