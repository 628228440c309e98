import { createBrython, installNodeGuestModule } from '@tracemalloc/adapters/brython/node';
import { Tracer } from '@tracemalloc/core';
import { realFiles } from '../guest-files.ts';
import type { Io } from '../io.ts';
import type { Program } from '../program.ts';
import type { Traced } from './host.ts';

/** Python, in Brython. */
export async function runBrython(program: Program, nframe: number, io: Io): Promise<Traced> {
  const { filename, source, folder, argv } = program;
  const runtime = await createBrython({ argv, stdout: io.stdout, stderr: io.stderr });
  const tracer = new Tracer();
  const adapter = runtime.attach(tracer, {
    onWarning: (message) => io.stderr(`tracemalloc: ${message}\n`),
  });
  installNodeGuestModule(runtime.$B, adapter, { files: realFiles(io.cwd) });
  if (nframe > 0) tracer.start(nframe);
  const { exitCode } = runtime.run({ source, filename, folder });
  adapter.collect();
  return { exitCode, snapshot: tracer.isTracing() ? tracer.takeSnapshot() : null };
}
