import type { Programs } from '@tracemalloc/adapters/conformance';

/** The suite's programs in Python, for every host of it. */
export const pythonPrograms: Programs = {
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
