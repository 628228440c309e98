import {
  attachMicroPython,
  installMicroPythonModule,
  type MicroPythonHost,
  traceableMicroPython,
} from '@tracemalloc/adapters/micropython';
import { runMicroPythonProgram } from '@tracemalloc/adapters/micropython/node';
import type { Host } from './host.ts';
import { importOptional } from './optional-package.ts';

const packageName = '@micropython/micropython-webassembly-pyscript';

type Loader = {
  loadMicroPython(options: {
    heapsize: number;
    pystack: number;
    linebuffer: boolean;
    stdout: (bytes: Uint8Array) => void;
    stderr: (bytes: Uint8Array) => void;
  }): Promise<MicroPythonHost>;
};

/** Bytes of its heap at first, which grows; and words of the stack of its calls. */
const sizes = { heapsize: 1 << 20, pystack: 8192 };

/** Python, in MicroPython. */
export const host: Host = {
  recordsNativeFrames: true,
  async attach({ program, io, tracer, isTracingHidden, nativeFrames, onWarning }) {
    const { argv, file: filename, source, folder } = program;
    const { cwd, stdout, stderr } = io;
    const { loadMicroPython } = await importOptional<Loader>(packageName, '1.25 to 1.27', cwd);
    const write = { stdout: byLines(stdout), stderr: byLines(stderr) };
    const micropython = await traceableMicroPython(
      () =>
        loadMicroPython({
          ...sizes,
          linebuffer: false,
          stdout: write.stdout.add,
          stderr: write.stderr.add,
        }),
      { onWarning },
    );
    const adapter = attachMicroPython(micropython, tracer, { nativeFrames, onWarning });
    const { snapshotCodec } = await import('@tracemalloc/adapters/python-module');
    return {
      install: () =>
        void installMicroPythonModule(micropython, adapter, {
          isTracingHidden,
          codec: snapshotCodec,
        }),
      async run() {
        try {
          return await runMicroPythonProgram(micropython, adapter, {
            source,
            filename,
            folder,
            argv,
            cwd,
            stderr,
          });
        } finally {
          for (const { end } of Object.values(write)) end();
        }
      },
      settle: () => adapter.settle(),
    };
  },
};

/** Its bytes come one by one. */
function byLines(write: (bytes: Uint8Array) => void): {
  add: (bytes: Uint8Array) => void;
  end: () => void;
} {
  let waiting: number[] = [];
  const end = (): void => {
    if (waiting.length > 0) write(Uint8Array.from(waiting));
    waiting = [];
  };
  return {
    add(bytes) {
      for (const byte of bytes) {
        waiting.push(byte);
        if (byte === 10 || waiting.length >= 4096) end();
      }
    },
    end,
  };
}
