import { attachSkulpt } from '@tracemalloc/adapters/skulpt';
import type { Tracer } from '@tracemalloc/core';
import { newSkulpt, type TestSkulpt } from '../../skulpt/guest.ts';
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

type Loaded = {
  readonly skulpt: TestSkulpt;
  /** Members that every run makes anew, adapter or not. */
  readonly ofTheRun: ReadonlySet<string>;
};

/** Loading a Skulpt takes a while, and detached ones are as good as new: the suite says so. */
const detached: Loaded[] = [];

function load(): Loaded {
  const skulpt = newSkulpt();
  skulpt.run('');
  const before = new Map(membersOf(skulpt.Sk));
  skulpt.run('');
  const after = membersOf(skulpt.Sk).filter(([name, number]) => before.get(name) !== number);
  return { skulpt, ofTheRun: new Set(after.map(([name]) => name)) };
}

/** Down to the members of prototypes: `Sk.builtin.list.prototype.append`. */
function membersOf(Sk: object): [string, number][] {
  // Not Skulpt's own: its realm, and what the last program defined.
  const {
    global: _,
    globals: __,
    ...members
  } = Object.getOwnPropertyDescriptors(Sk as Record<string, unknown>);
  return functionsOf(Object.defineProperties({}, members), 4);
}

export const skulptHost: ConformanceHost = {
  name: 'Skulpt',
  programs,
  type: 'bytes',
  extension: '.py',
  // CPython's, on 64 bits.
  sizeOf: (elements) => 33 + elements,
  async open() {
    const loaded = detached.pop() ?? load();
    const { skulpt, ofTheRun } = loaded;
    let detach = (): void => undefined;
    return {
      attach(tracer: Tracer) {
        const adapter = attachSkulpt(skulpt.Sk, tracer);
        detach = () => adapter.detach();
        return adapter.caps;
      },
      run(source, file) {
        const { error } = skulpt.run(source, { filename: `${file}.py` });
        if (error !== null) throw new Error(error);
      },
      settle: () => undefined,
      detach: () => detach(),
      fingerprint: () => membersOf(skulpt.Sk).filter(([name]) => !ofTheRun.has(name)),
      close() {
        detach();
        detached.push(loaded);
      },
    };
  },
};
