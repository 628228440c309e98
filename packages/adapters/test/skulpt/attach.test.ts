import { attachSkulpt } from '@tracemalloc/adapters/skulpt';
import { Tracer } from '@tracemalloc/core';
import { afterEach, expect, test } from 'vitest';
import { configuredSkulpt, type Guest, liveByLine, type Sk, startGuest } from './start.ts';

let guest: Guest;
afterEach(() => (guest as Guest | undefined)?.adapter.detach());

const depth = (Sk: Sk): number =>
  (Sk as unknown as { $tracemalloc: { sp: number } }).$tracemalloc.sp;

/** All members of what the adapter touches. */
function descriptors(Sk: Sk): Map<string, PropertyDescriptor> {
  const found = new Map<string, PropertyDescriptor>();
  const add = (owner: object, path: string): void => {
    for (const name of Reflect.ownKeys(owner)) {
      found.set(`${path}.${String(name)}`, Object.getOwnPropertyDescriptor(owner, name)!);
    }
  };
  add(Sk, 'Sk');
  add(Sk.abstr, 'abstr');
  add(Sk.misceval, 'misceval');
  add(Object.getPrototypeOf(Sk.python3) as object, 'Object');
  const natives = [
    ...Object.entries(Sk.builtin),
    ...Object.entries(Sk.abstr.built$iterators ?? {}),
  ];
  for (const [name, native] of natives) {
    if (typeof native !== 'function' || !native.prototype) continue;
    add(native, name);
    add(native.prototype as object, `${name}.prototype`);
  }
  for (const name of ['append', 'extend', 'insert']) {
    const method = (Sk.builtin['list']!.prototype as Record<string, { d$def: object }>)[name]!;
    add(method, name);
    add(method.d$def, `${name}.def`);
  }
  return found;
}

/** Members that are not the same in both. Values are the same if they are one: nothing is gone into. */
function differences(
  before: ReadonlyMap<string, PropertyDescriptor>,
  after: ReadonlyMap<string, PropertyDescriptor>,
): string[] {
  const isSame = (one: PropertyDescriptor = {}, other: PropertyDescriptor = {}): boolean =>
    (['value', 'get', 'set', 'writable', 'enumerable', 'configurable'] as const).every((name) =>
      Object.is(one[name], other[name]),
    );
  const names = new Set([...before.keys(), ...after.keys()]);
  names.delete('Sk.gensymcount');
  return [...names].filter((name) => !isSame(before.get(name), after.get(name)));
}

test('detaching leaves Skulpt as it was found', () => {
  const Sk = configuredSkulpt();
  const before = descriptors(Sk);
  const compiled = Sk.compile('x = [1]\n', 'main.py', 'exec', true).code;
  Sk.gensymcount = 0;
  const tracer = new Tracer();
  const adapter = attachSkulpt(Sk, tracer);
  tracer.start(5);
  expect(differences(before, descriptors(Sk)).length).toBeGreaterThan(20);
  adapter.detach();
  expect(differences(before, descriptors(Sk))).toEqual([]);
  Sk.gensymcount = 0;
  const again = Sk.compile('x = [1]\n', 'main.py', 'exec', true).code;
  expect(again.replace(/\$\w+\d+/g, '')).toBe(compiled.replace(/\$\w+\d+/g, ''));
});

test('attaching leaves the number of the compiler’s next symbol as it was', () => {
  const Sk = configuredSkulpt();
  Sk.gensymcount = 41;
  attachSkulpt(Sk, new Tracer());
  expect(Sk.gensymcount).toBe(41);
});

test('who listened to the tracer before still listens when the adapter is detached', () => {
  const heard: boolean[] = [];
  const tracer = new Tracer();
  tracer.onSwitch(() => heard.push(tracer.isTracing()));
  attachSkulpt(configuredSkulpt(), tracer).detach();
  tracer.start();
  tracer.stop();
  expect(heard).toEqual([true, false]);
});

test('when tracing stops, the allocation hooks are gone', () => {
  guest = startGuest();
  const attached = descriptors(guest.Sk);
  guest.tracer.start();
  guest.tracer.stop();
  expect(differences(attached, descriptors(guest.Sk))).toEqual([]);
});

test('what is live is counted where it was made, and what is unreachable is not', () => {
  guest = startGuest();
  guest.tracer.start(2);
  guest.run(`
def make(n):
    return [i + 0.5 for i in range(n)]
kept = make(10)
gone = make(10)
gone = None
`);
  const live = liveByLine(guest.tracer);
  expect(live['3 float']).toBe('10 × 240');
  expect(live['3 list']).toBe('2 × 184');
});

test('items belong to the line that made a list or dict grow', () => {
  guest = startGuest();
  guest.tracer.start();
  guest.run(`
items, pairs = [], {}
for i in range(20):
    items.append(None)
    pairs[str(i) + 'key'] = None
`);
  const live = liveByLine(guest.tracer);
  expect(live['2 list']).toBe('1 × 56');
  expect(live['4 list']).toBe('1 × 192');
  // With the table of the module's names, which grows at the second of them.
  expect(live['2 dict']).toBe('2 × 464');
  expect(live['5 dict']).toBe('1 × 400');
});

test.each([
  ['an uncaught exception', 'def f():\n    raise ValueError(1)\ndef g():\n    f()\ng()\n'],
  ['a syntax error', 'x = (\n'],
  ['endless recursion', 'def f():\n    f()\nf()\n'],
  ['an error in a class body', 'class C:\n    class D:\n        x = [][1]\n'],
  ['an error in a generator', 'def g():\n    yield 1\n    [][1]\nlist(g())\n'],
])('after %s the stack is empty and the next program is right', (_name, source) => {
  guest = startGuest();
  guest.tracer.start(3);
  expect(() => guest.run(source)).toThrow();
  expect(depth(guest.Sk)).toBe(0);
  guest.run('\n\nx = [1.5 + 1]\n');
  expect(liveByLine(guest.tracer)).toMatchObject({ '3 float': '1 × 24', '3 list': '2 × 64' });
});

test('a program that is cut by execLimit leaves nothing behind', () => {
  guest = startGuest();
  guest.tracer.start(3);
  Object.assign(guest.Sk, { execLimit: 20, execStart: Date.now() });
  expect(() => guest.run('x = []\nwhile True:\n    x.append(0.5)\n')).toThrow();
  expect(depth(guest.Sk)).toBe(0);
  Object.assign(guest.Sk, { execLimit: null });
  guest.run('y = 1.5\n');
  expect(liveByLine(guest.tracer)).not.toHaveProperty('3 list');
});

test('what a cancelled suspension held is gone when the next program begins', async () => {
  guest = startGuest();
  const { Sk, tracer } = guest;
  Sk.builtins['wait'] = new Sk.builtin['func']!(() =>
    Sk.misceval.promiseToSuspension(Promise.reject(new Error('cancelled'))),
  );
  const source = 'def f():\n    held = [0.5 + 1]\n    wait()\n    return held\nf()\n';
  tracer.start(3);
  const running = guest.runAsync(source);
  expect(liveByLine(tracer)).toMatchObject({ '2 list': '2 × 64' });
  await expect(running).rejects.toThrow();
  expect(depth(Sk)).toBe(0);
  guest.run('y = 1.5\n');
  expect(liveByLine(tracer)).not.toHaveProperty('2 list');
});

test('a program may replace list and subclass everything', () => {
  guest = startGuest();
  guest.tracer.start(3);
  guest.run(`
real = list
class list(real): pass
class I(int): pass
class S(str): pass
class D(dict): pass
class E(Exception): pass
a = list([1.5])
b = [2.5]
c = I(7000)
d = S('seven')
e = D()
f = E('x')
print(type(a) is list, type(b) is real, isinstance(a, real))
`);
  expect(guest.output.join('')).toBe('True True True\n');
  const live = liveByLine(guest.tracer);
  expect(Object.keys(live)).toEqual(
    expect.arrayContaining(['8 list', '9 list', '10 I', '11 S', '12 D', '13 E']),
  );
});

test('several programs one after another, each attributed to its own lines', () => {
  guest = startGuest();
  guest.tracer.start();
  guest.run('a = [1.5 + 1]\n');
  expect(liveByLine(guest.tracer)).toHaveProperty('1 float');
  guest.run('\n\nb = [1.5 + 2]\n');
  const live = liveByLine(guest.tracer);
  expect(live).toMatchObject({ '3 float': '1 × 24' });
  expect(live).not.toHaveProperty('1 float');
});

test('excluded work and files are not recorded', () => {
  guest = startGuest();
  const { Sk, adapter, tracer } = guest;
  tracer.start();
  const own = adapter.exclude(() => new Sk.builtin['list']!([]));
  expect(adapter.tracebackOf(own)).toBeNull();
  expect(adapter.tracebackOf(new Sk.builtin['list']!([]))).not.toBeNull();
  adapter.excludeFile('main.py');
  guest.run('def f():\n    return [1.5 + 1]\nx = f()\n');
  expect(liveByLine(tracer)).not.toHaveProperty('2 list');
});

test('with finalizers, frees are seen between turns', async () => {
  guest = startGuest({ liveness: 'finalizers' });
  guest.tracer.start();
  guest.run('x = [1.5 + 1]\n');
  expect(guest.adapter.caps.frees).toMatch(/gc-async|lower-bound/);
  await guest.adapter.settleLater();
  expect(liveByLine(guest.tracer)).toMatchObject({ '1 list': '1 × 64', '1 float': '1 × 24' });
});

test('under the v8 model containers are as large as measured', () => {
  guest = startGuest({ sizeModel: 'v8' });
  const { Sk, adapter } = guest;
  const none = Sk.builtin['none'];
  const items = new Sk.builtin['list']!(new Array(100).fill(none));
  expect(adapter.sizeOf(items)).toBe(888);
  expect(adapter.sizeOf(new Sk.builtin['dict']!([]))).toBe(304);
  expect(adapter.sizeOf(new Sk.builtin['int_']!(5))).toBe(32);
});

test('a second adapter is refused, and so is what is no Skulpt', () => {
  guest = startGuest();
  expect(() => attachSkulpt(guest.Sk, new Tracer())).toThrow(/attached to this Skulpt already/);
  expect(() => attachSkulpt({} as never, new Tracer())).toThrow(/must be a loaded Skulpt/);
});

/** What a Skulpt of another version may have otherwise. Each one's `Sk` is changed before it is attached to. */
const others: readonly (readonly [what: string, change: (Sk: Sk) => void, reason: RegExp])[] = [
  [
    'as before 1.2.0',
    (Sk) => Object.assign(Sk, { abstr: { ...Sk.abstr, buildNativeClass: undefined } }),
    /^Skulpt must be 1\.2\.0 or later, got 1\.2\.0, which/,
  ],
  [
    'another compiler',
    (Sk) => Object.assign(Sk, { compile: () => ({ code: '' }) }),
    /compiler is not known \(it lacks annotateSource, /,
  ],
  [
    'no lines in its code',
    (Sk) => recompile(Sk, (code) => code.replaceAll(/\$tl\[\$tsp\]=\d+;/g, '')),
    /stack is not found where it should be \(C:11 <module>:10\)/,
  ],
  [
    'frames that stay when an exception leaves them',
    (Sk) => recompile(Sk, (code) => code.replaceAll('$TM.sp=$tsp-1;', '')),
    /stack is not found/,
  ],
  [
    'code that fails',
    (Sk) => recompile(Sk, () => '$compiledmod = () => null.x;'),
    /^Skulpt 1\.2\.0 can't be traced: TypeError: .* of null/,
  ],
];

/** Changes what a Skulpt compiles to. */
function recompile(Sk: Sk, change: (code: string) => string): void {
  const { compile } = Sk;
  const changed = (...args: Parameters<typeof compile>): ReturnType<typeof compile> => {
    const compiled = compile.apply(Sk, args);
    return { ...compiled, code: change(compiled.code) };
  };
  Object.assign(Sk, { compile: changed });
}

test.each(others)('a Skulpt with %s is refused, and left as it was', (_what, change, reason) => {
  const output: string[] = [];
  const Sk = configuredSkulpt(true, output);
  change(Sk);
  const before = descriptors(Sk);
  expect(() => attachSkulpt(Sk, new Tracer())).toThrow(
    expect.objectContaining({
      code: 'unsupported-host',
      message: expect.stringMatching(reason) as unknown,
    }),
  );
  expect(differences(before, descriptors(Sk))).toEqual([]);
});

test('a kind of object that is not seen is named, and the rest is traced', () => {
  const Sk = configuredSkulpt();
  // A constructor that does without the field by which its objects are known.
  const Silent = function Silent(): void {};
  Silent.prototype = Object.create(Sk.builtin['complex']!.prototype as object);
  Object.assign(Sk.builtin, { complex: Silent });
  const warnings: string[] = [];
  const tracer = new Tracer();
  const adapter = attachSkulpt(Sk, tracer, { onWarning: (text) => void warnings.push(text) });
  expect(warnings).toEqual([expect.stringMatching(/snapshots will lack: complex$/)]);
  expect(adapter.caps).toMatchObject({ lines: 'exact', missing: ['complex'] });
  tracer.start();
  Sk.importMainWithBody('main', false, 'x = [1.5]\n', false);
  const snapshot = tracer.takeSnapshot();
  expect(snapshot.metadata?.['capabilities']).toMatchObject({ missing: ['complex'] });
  expect(snapshot.statistics('lineno').length).toBeGreaterThan(0);
  adapter.detach();
});

test.each<[options: object, error: string]>([
  [
    { sizeModel: 'V8' },
    'RangeError: option sizeModel of attachSkulpt must be "cpython64" or "v8", got "V8"',
  ],
  [
    { livenes: 'finalizers' },
    'TypeError: unknown option "livenes" of attachSkulpt; it takes sizeModel, liveness, collector, nativeFrames, onWarning',
  ],
])('options %j are refused before anything is touched', (options, error) => {
  const Sk = configuredSkulpt();
  const before = descriptors(Sk);
  let message = '';
  try {
    attachSkulpt(Sk, new Tracer(), options);
  } catch (thrown) {
    message = String(thrown);
  }
  expect(message).toBe(error);
  expect(differences(before, descriptors(Sk))).toEqual([]);
});

test('a walk that fails is counted, and the program goes on', () => {
  guest = startGuest();
  const { adapter, tracer, Sk } = guest;
  tracer.start();
  guest.run('x = [1.5]\n');
  expect(adapter.failures).toBe(0);
  Object.defineProperty(Sk.globals, 'broken', {
    configurable: true,
    enumerable: true,
    get() {
      throw new Error('no value');
    },
  });
  tracer.takeSnapshot();
  expect([adapter.failures, tracer.rejected.failedWalk]).toEqual([1, 1]);
});
