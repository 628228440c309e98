import type { ConformanceHost, Programs } from '@tracemalloc/adapters/conformance';
import { attachMicroPython, type MicroPythonAdapter } from '@tracemalloc/adapters/micropython';
import {
  hooksOf,
  type MicroPython,
  newMicroPython,
} from '../../../packages/adapters/test/micropython/new-micropython.ts';

// Objects are tuples: one block each, as long as its elements are many.
const programs: Programs = {
  blocks: `kept = []
one = (None,)
for i in range(10):
    kept.append(one * 3)  # @a
for i in range(5):
    kept.append(one * 4)  # @b
`,
  sizes: `one = (None,)
kept = []
kept.append(one * 10)  # @a
kept.append(one * 100)  # @b
`,
  frees: `one = (None,)
kept = []
for i in range(10):
    x = one * 3  # @a
    if i < 6:
        kept.append(x)
del x
`,
  calls: `one = (None,)
def inner():
    return one * 3  # @inner
def nothing(): pass
def outer():
    nothing()
    return inner()  # @outer
kept = outer()  # @main
`,
  recursion: `one = (None,)
def down(n):
    if n == 0:
        return one * 3  # @bottom
    return down(n - 1)  # @down
kept = down(20)  # @main
`,
  coroutine: `one = (None,)
def body():
    yield 1
    kept = one * 3  # @inside
    yield kept
generator = body()
def go():
    return next(generator)  # @resume
next(generator)
kept = go()  # @main
`,
  exceptions: `one = (None,)
def a(): b()
def b(): c()
def c(): raise ValueError
try:
    a()
except ValueError:
    pass
kept = one * 3  # @after
`,
};

/** Detached ones are as good as new: the suite says so. */
const detached: MicroPython[] = [];

/** The unit of its heap. */
const unit = 16;

export const host: ConformanceHost = {
  name: 'Python (MicroPython)',
  programs,
  type: 'tuple',
  extension: '.py',
  // A type, a length and an address for each element, of 32 bits.
  sizeOf: (elements) => Math.ceil((8 + 4 * elements) / unit) * unit,
  async open() {
    const micropython = detached.pop() ?? (await newMicroPython());
    let adapter: MicroPythonAdapter | null = null;
    return {
      attach(tracer) {
        adapter = attachMicroPython(micropython, tracer);
        adapter.excludeFile('<stdin>');
        return adapter.caps;
      },
      run(source, file) {
        const code = `exec(compile(${JSON.stringify(source)}, '${file}.py', 'exec'), globals())`;
        micropython.runPython(code);
      },
      settle: () => adapter?.settle(),
      detach: () => adapter?.detach(),
      fingerprint: () => hooksOf(micropython),
      close() {
        adapter?.detach();
        detached.push(micropython);
      },
    };
  },
};
