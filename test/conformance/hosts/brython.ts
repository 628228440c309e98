import { type BrythonRuntime, createBrython } from '@tracemalloc/adapters/brython/node';
import type { Tracer } from '@tracemalloc/core';
import type { ConformanceHost, Programs } from '../host.ts';
import { functionsOf } from '../identity.ts';

const programs: Programs = {
  blocks: `kept = []
for i in range(10):
    kept.append(bytes(3))  # @a
for i in range(5):
    kept.append(bytes(4))  # @b
`,
  sizes: `kept = [
    bytes(10),  # @a
    bytes(100),  # @b
]
`,
  frees: `kept = []
for i in range(10):
    x = bytes(3)  # @a
    if i < 6:
        kept.append(x)
del x
`,
  calls: `def inner():
    return bytes(3)  # @inner
def nothing(): pass
def outer():
    nothing()
    return inner()  # @outer
kept = outer()  # @main
`,
  recursion: `def down(n):
    if n == 0:
        return bytes(3)  # @bottom
    return down(n - 1)  # @down
kept = down(20)  # @main
`,
  coroutine: `def body():
    yield 1
    kept = bytes(3)  # @inside
    yield kept
generator = body()
def go():
    return next(generator)  # @resume
next(generator)
kept = go()  # @main
`,
  exceptions: `def a(): b()
def b(): c()
def c(): raise ValueError('no')
try:
    a()
except ValueError:
    pass
kept = bytes(3)  # @after
`,
};

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

export const brythonHost: ConformanceHost = {
  name: 'Brython',
  programs,
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
