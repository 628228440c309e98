import { createBrython, installNodeGuestModule } from '@tracemalloc/adapters/brython/node';
import { realFiles } from '../guest-files.ts';
import type { Host } from './host.ts';

/** Python, in Brython. */
export const host: Host = {
  async attach({ program, io, tracer, onWarning }) {
    const { filename, source, folder, argv } = program;
    const runtime = await createBrython({ argv, stdout: io.stdout, stderr: io.stderr });
    const adapter = runtime.attach(tracer, { onWarning });
    return {
      install: () => void installNodeGuestModule(runtime.$B, adapter, { files: realFiles(io.cwd) }),
      run: () => runtime.run({ source, filename, folder }),
      settle: () => adapter.collect(),
    };
  },
};
