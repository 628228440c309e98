import { attachSkulpt } from '@tracemalloc/adapters/skulpt';
import { Tracer } from '@tracemalloc/core';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { newSkulpt } from './new-skulpt.ts';

type Runner = {
  readonly builtin: Record<string, new (...args: unknown[]) => object>;
  readonly builtins: Record<string, unknown>;
  readonly misceval: {
    asyncToPromise(
      start: () => unknown,
      handlers?: Record<string, () => Promise<never>>,
    ): Promise<unknown>;
    callsimOrSuspendArray(callable: unknown, args: readonly unknown[]): unknown;
    promiseToSuspension(promise: Promise<unknown>): unknown;
  };
  readonly $tracemalloc: { readonly sp: number; readonly parked: ReadonlySet<object> };
};

const guest = newSkulpt();
const { Sk, run } = guest;
const runner = Sk as unknown as Runner;
const tracer = new Tracer();
const adapter = attachSkulpt(Sk, tracer);
afterAll(() => adapter.detach());

/** A wait that nothing ends. */
const { builtin, builtins, misceval } = runner;
builtins['wait'] = new builtin['func']!(() =>
  misceval.promiseToSuspension(new Promise(() => undefined)),
);

/** From here on, the guest gives way to the page wherever it can. */
builtins['hurry'] = new builtin['func']!(() => void Object.assign(Sk, { yieldLimit: -1 }));

const used = (): number => tracer.getTracedMemory().current;

/** What a program that does nothing leaves. */
let nothing = 0;
beforeEach(() => {
  tracer.stop();
  tracer.start(5);
  run('x = 1\n');
  nothing = used();
});

/** The next program is counted at its own lines, and nothing of another one is left. */
function expectClean(): void {
  expect([runner.$tracemalloc.sp, runner.$tracemalloc.parked.size]).toEqual([0, 0]);
  expect(run('x = 1\n').error).toBeNull();
  expect(used()).toBe(nothing);
  run('\n\ndef f():\n    return [1.5 + 1]\nx = f()\n');
  const made = tracer
    .takeSnapshot()
    .statistics('traceback')
    .map(({ traceback }) => String(traceback.at(-1)));
  expect(made).toContain('main.py:4');
}

/** Starts a program, cancels it where it waits, and tells how much was in use before and after. */
async function cancel(
  source: string,
  type: string,
  configure: object = {},
): Promise<{ before: number; after: number }> {
  run('x = 1\n', { configure: { ...configure } });
  let before = 0;
  const running = misceval.asyncToPromise(
    () => Sk.importMainWithBody('main', false, source, true),
    {
      [type]: () => {
        before = used();
        return Promise.reject(new Error('cancelled'));
      },
    },
  );
  await expect(running).rejects.toThrow('cancelled');
  return { before, after: used() };
}

test.each([
  ['a wait', 'wait()', 'Sk.promise', {}],
  ['a turn that yieldLimit gave', 'hurry()\n    while True: pass', 'Sk.yield', { yieldLimit: 1e9 }],
])(
  'a run that is cancelled in %s holds nothing any more',
  async (_what, waiting, type, configure) => {
    const source = `
def inner():
    kept = [bytes(1000) for _ in range(50)]
    ${waiting}
    return kept
def outer():
    kept = [bytes(1000) for _ in range(50)]
    return inner()
outer()
`;
    const { before, after } = await cancel(source, type, configure);
    expect(before).toBeGreaterThan(100_000);
    expect(after).toBeLessThan(5000);
    run('x = 1\n', { configure: { yieldLimit: null } });
    expectClean();
  },
);

test('of two runs that wait, the one that goes on keeps what its frames hold', async () => {
  const waking: (() => void)[] = [];
  builtins['pause'] = new builtin['func']!(() =>
    misceval.promiseToSuspension(new Promise<void>((resolve) => waking.push(resolve))),
  );
  await guest.runAsync(`
def hold():
    kept = [bytes(1000) for _ in range(50)]
    pause()
    wait()
`);
  const { hold } = Sk.globals as Record<string, unknown>;
  const call = (): unknown => misceval.callsimOrSuspendArray(hold, []);
  void misceval.asyncToPromise(call);
  const other = misceval.asyncToPromise(call, {
    'Sk.promise': () => Promise.reject(new Error('cancelled')),
  });
  expect(used()).toBeGreaterThan(100_000);
  await expect(other).rejects.toThrow('cancelled');
  expect(used()).toBeLessThan(60_000);
  waking[0]!();
  await new Promise(setImmediate);
  expect(runner.$tracemalloc.parked.size).toBe(1);
  expect(used()).toBeGreaterThan(50_000);
});

test('code that may not wait, and does, holds nothing afterwards', () => {
  const { error } = run(`
def slow():
    kept = [bytes(1000) for _ in range(50)]
    wait()
class C(object):
    def __str__(self):
        slow()
        return ''
str(C())
`);
  expect(error).toContain('SuspensionError');
  expect(used()).toBeLessThan(5000);
  expectClean();
});

test.each([
  ['an error in the middle of an import', 'import half\n', 'ValueError'],
  ['a syntax error in a module', 'kept = [0.5] * 999\nimport broken\n', 'SyntaxError'],
  ['an error in a module of a package', 'import pack.half\n', 'ValueError'],
])('after %s nothing is left', (_what, source, kind) => {
  const half = 'kept = [[0.5] for _ in range(99)]\nraise ValueError(kept)\n';
  const files = {
    './half.py': half,
    './broken.py': 'x = = 1\n',
    './pack/__init__.py': 'kept = bytes(999)\n',
    './pack/half.py': half,
  };
  const { error } = run(source, { files });
  expect(error).toContain(kind);
  expectClean();
});

const hostile = `
log = []
real = (list, dict, str, int, tuple, type, object)
def shadow(base):
    class Shadow(base):
        def __new__(cls, *args, **kwargs):
            log.append(cls.__name__) if len(log) < 5 else None
            return base.__new__(cls, *args, **kwargs)
        def __init__(self, *args, **kwargs):
            self.extra = [1.5]
        def __getattribute__(self, name):
            if name.startswith('$') or name in ('v', 'ob$type', 'tm'):
                raise RuntimeError('looked at ' + name)
            return base.__getattribute__(self, name)
        def __eq__(self, other):
            raise RuntimeError('compared')
        def __hash__(self):
            raise RuntimeError('hashed')
        def __len__(self):
            raise RuntimeError('measured')
        def __iter__(self):
            raise RuntimeError('walked')
        def __del__(self):
            raise RuntimeError('deleted')
        def __str__(self):
            raise RuntimeError('printed')
        __repr__ = __str__
    return Shadow
bases = [list, dict, set, frozenset, tuple, int, float, str, bytes, complex, Exception, object]
made = []
for base in bases:
    made.append(shadow(base)())
list = dict = str = int = tuple = type = object = set = frozenset = bytes = 3
print(len(made), [x.extra for x in made[:1]], log)
`;

test('a program that replaces and subclasses everything runs as without tracing, and leaves nothing', () => {
  const traced = run(hostile);
  const lines = tracer.takeSnapshot().statistics('lineno');
  // The line of base.__new__, where the objects are made.
  const line = hostile.split('\n').findIndex((text) => text.includes('return base.__new__')) + 1;
  const own = lines.find(({ traceback }) => traceback.at(0)!.lineno === line);
  expect(own?.count).toBeGreaterThanOrEqual(12);
  expectClean();
  tracer.stop();
  expect(traced).toEqual(newSkulpt().run(hostile));
  expect(traced.error).toBeNull();
});
