import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { snapshotCodec } from '@tracemalloc/adapters/python-module';
import { memoryTools } from '@tracemalloc/adapters/python-tools';
import { attachSkulpt, installSkulptModule } from '@tracemalloc/adapters/skulpt';
import { createSkulpt, readSkulptBuild, runSkulptProgram } from '@tracemalloc/adapters/skulpt/node';
import { realFiles } from '../guest-files.ts';
import type { Host } from './host.ts';

/** Python, in Skulpt. */
export const host: Host = {
  recordsNativeFrames: true,
  attach({ program, io, tracer, isTracingHidden, nativeFrames, onWarning }) {
    const { file: filename, source, folder, argv, package: parent } = program;
    const Sk = createSkulpt(readSkulptBuild());
    const adapter = attachSkulpt(Sk, tracer, { nativeFrames, onWarning });
    const { stdout, stderr } = io;
    return {
      heap: adapter.heap,
      tellsOfLimit: true,
      whenReadable: (work) => adapter.atNextBirth(work),
      install: () =>
        void installSkulptModule(Sk, adapter, {
          codec: snapshotCodec,
          files: realFiles(io.cwd),
          tools: memoryTools,
          isTracingHidden,
          readSource: (name) => readSource(resolve(io.cwd, name)),
        }),
      run: () =>
        runSkulptProgram(Sk, {
          source,
          filename,
          folder,
          argv,
          stdout,
          stderr,
          ...(parent ? { package: parent } : {}),
        }),
    };
  },
};

function readSource(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
