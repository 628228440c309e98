import { type BrythonRuntime, createBrython } from '@tracemalloc/adapters/brython/node';
import { type ConformanceHost, functionsOf } from '@tracemalloc/adapters/conformance';
import type { Tracer } from '@tracemalloc/core';
import { pythonPrograms } from '../python-programs.ts';

/**
 * What the runtime on Node does, and no adapter: the hooks are part of the source that it loads,
 * every run says where imports look, and compiled library modules are kept between runs.
 */
const ofTheRuntime = /^\.(\$tracemalloc\.|make_import_paths$|precompiled\.)/;

/** Loading a Brython takes a while, and detached ones are as good as new: the suite says so. */
const detached: Loaded[] = [];

type Loaded = { readonly runtime: BrythonRuntime; errors: string };

async function load(): Promise<Loaded> {
  const stderr = (text: string): void => {
    loaded.errors += text;
  };
  const loaded: Loaded = { runtime: await createBrython({ stderr }), errors: '' };
  return loaded;
}

export const host: ConformanceHost = {
  name: 'Brython',
  programs: pythonPrograms,
  type: 'bytes',
  // CPython's, on 64 bits.
  sizeOf: (elements) => 33 + elements,
  async open() {
    const loaded = detached.pop() ?? (await load());
    const { runtime } = loaded;
    const { $B } = runtime;
    let detach = (): void => undefined;
    return {
      attach(tracer: Tracer) {
        // Every test of the adapter runs its self-test; here it would only take time.
        const adapter = runtime.attach(tracer, { selfTest: false });
        detach = adapter.detach;
        return adapter.caps;
      },
      run(source, file) {
        const { exitCode } = runtime.run({ source, filename: file, name: file });
        if (exitCode !== 0) throw new Error(loaded.errors);
      },
      settle: () => undefined,
      detach: () => detach(),
      fingerprint: () => functionsOf($B).filter(([name]) => !ofTheRuntime.test(name)),
      close() {
        detach();
        detached.push(loaded);
      },
    };
  },
};
