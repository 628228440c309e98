import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { attachBrython } from '@tracemalloc/adapters/brython';
import { instrumentBrython } from '@tracemalloc/adapters/brython/instrument';
import { createBrython } from '@tracemalloc/adapters/brython/node';
import { Tracer } from '@tracemalloc/core';
import { beforeAll, expect, test } from 'vitest';
import { startGuest } from './start.ts';

const folder = dirname(createRequire(import.meta.url).resolve('brython/package.json'));
const source = readFileSync(join(folder, 'brython.js'), 'utf8');
let instrumented: ReturnType<typeof instrumentBrython>;
beforeAll(() => {
  instrumented = instrumentBrython(source);
}, 60_000);

test('brython.js and brython.min.js are instrumented at the same places', () => {
  const sites = {
    literal: 128,
    stamp: 51,
    dict: 2,
    raw: 28,
    cell: 2,
    growth: 26,
    split: 4,
    birth: 104,
  };
  expect(instrumented).toMatchObject({ sites, version: '3.14.3' });
  const min = instrumentBrython(readFileSync(join(folder, 'brython.min.js'), 'utf8'));
  expect(min).toMatchObject({ sites, version: '3.14.2' });
});

test('an unknown version, another file and instrumented code are refused', () => {
  const unknown = "var __BRYTHON__={};__BRYTHON__.implementation=[3,15,0,'dev',0]";
  expect(() => instrumentBrython(unknown)).toThrow(/cannot instrument Brython 3\.15\.0: known are/);
  expect(() => instrumentBrython('var x = 1')).toThrow(/no brython\.js: it states no version/);
  expect(() => instrumentBrython('var = 1')).toThrow(/no brython\.js: Unexpected token/);
  expect(() => instrumentBrython(instrumented.code)).toThrow(/instrumented already/);
});

test('the self-test passes on a known Brython, and warns of nothing', async () => {
  const warnings: string[] = [];
  const onWarning = (message: string) => warnings.push(message);
  const { adapter } = await startGuest({ selfTest: true, onWarning });
  expect(warnings).toEqual([]);
  expect(adapter.caps).toEqual({
    hooks: 'instrumented',
    lines: 'exact',
    frees: 'gc-sync',
    sizes: 'modelled',
    missing: [],
  });
});

test('on a Brython of another version it says what it turned off', async () => {
  const runtime = await createBrython();
  const { $B } = runtime;
  const warnings: string[] = [];
  Object.assign($B, { implementation: [3, 15, 0, 'dev', 0] });
  // A later Brython might write methods and lines in another way.
  const original = $B.js_from_root;
  $B.js_from_root = function (argument) {
    const generated = original.call(this, argument);
    generated.js = String(generated.js)
      .replaceAll('.ob_type = $B.function', '["ob_type"] = $B.function')
      .replaceAll('frame.$lineno = ', 'frame.$line = ');
    return generated;
  };
  const adapter = runtime.attach(new Tracer(), { onWarning: (message) => warnings.push(message) });
  expect(adapter.caps).toMatchObject({ lines: 'statement', missing: ['function (lambda: n)'] });
  expect(warnings.join('\n')).toMatch(
    /3\.15\.0 is not known[\s\S]*function \(lambda: n\)[\s\S]*lines are those/,
  );
});

test('detaching leaves the interpreter as it was found', async () => {
  const { $B } = await createBrython();
  const members = () =>
    new Map<string, unknown>([
      ...Object.entries($B).filter(([, value]) => typeof value === 'function'),
      ...Object.entries($B.ast).map(
        ([name, node]) => [`ast.${name}`, node.prototype?.to_js] as const,
      ),
    ]);
  const changed = () => [...members()].filter(([name, value]) => before.get(name) !== value);
  const before = members();
  const tracer = new Tracer();
  const adapter = attachBrython({ $B }, tracer);
  expect(() => attachBrython({ $B }, new Tracer())).toThrow(/attached to this Brython already/);
  expect(changed().length).toBeGreaterThan(20);
  adapter.detach();
  expect(changed()).toEqual([]);
  attachBrython({ $B }, tracer).detach();
});

test('a page keeps what was compiled for the adapter under a build time of its own', async () => {
  const { $B } = await createBrython();
  // Brython's library brings its own, in a page.
  $B['VFS_timestamp'] = 1_700_000_000_000;
  const buildTimes = () => [$B['timestamp'], $B['VFS_timestamp']];
  const before = buildTimes();
  const adapter = attachBrython({ $B }, new Tracer(), { selfTest: false });
  const attached = buildTimes();
  adapter.detach();
  expect({
    kept: attached.filter((time, i) => time === before[i]),
    after: buildTimes(),
  }).toEqual({ kept: [], after: before });
});

test('detached from, objects carry nothing of ours', async () => {
  const guest = await startGuest();
  guest.tracer.start(1);
  guest.run('x = [1]\n', 'kept');
  const kept = guest.runtime.$B.module_getattr(guest.runtime.$B.imported['kept'], 'x') as object;
  expect(Object.getOwnPropertySymbols(kept)).toHaveLength(1);
  guest.adapter.detach();
  expect(Object.getOwnPropertySymbols(kept)).toHaveLength(0);
  guest.run('y = x = [2]\n');
});

test('class bodies of an excluded file are charged to nobody', async () => {
  const guest = await startGuest();
  const body = 'class A:\n    x = [1]\n    def f(self): return [1]\n';
  guest.runtime.addModule('ours', body);
  guest.runtime.addModule('theirs', body);
  guest.adapter.excludeFile('VFS.ours.py');
  guest.tracer.start(5);
  guest.run('import ours\nimport theirs\n');
  const traces = [...guest.tracer.takeSnapshot().traces];
  const bytesOf = (line: number) =>
    traces
      .filter(({ traceback }) => traceback.frames.some((f) => String(f) === `main.py:${line}`))
      .reduce((sum, { size }) => sum + size, 0);
  // Importing itself allocates a little, whatever the module is.
  expect(bytesOf(1)).toBeLessThan(1000);
  expect(bytesOf(2)).toBeGreaterThan(2500);
});

test('two interpreters do not meet', async () => {
  const [one, other] = await Promise.all([startGuest(), startGuest()]);
  one.tracer.start(1);
  one.run('x = [i for i in range(10)]\n');
  other.run('x = [i for i in range(1000)]\n');
  expect(other.tracer.isTracing()).toBe(false);
  other.tracer.start(1);
  other.run('y = [[1]]\n');
  const files = (guest: typeof one) => guest.tracer.takeSnapshot().statistics('lineno').map(String);
  expect(files(one)).toEqual(['main.py:1: size=184 B, count=2, average=92 B']);
  expect(files(other)).toEqual(['main.py:1: size=128 B, count=4, average=32 B']);
  expect('$B' in globalThis || '__BRYTHON__' in globalThis).toBe(false);
});

test('a Brython that was loaded as it is gets wrapped, and says so', async () => {
  const warnings: string[] = [];
  const guest = await startGuest(
    { selfTest: true, onWarning: (message) => warnings.push(message) },
    { instrumented: false },
  );
  expect(warnings[0]).toMatch(/was not instrumented when it was loaded/);
  expect(guest.adapter.caps).toMatchObject({ hooks: 'wrapped', lines: 'exact' });
  guest.tracer.start(1);
  guest.run('class P: pass\nkeep = [[1], (1, keep) if 0 else (1, [2]), {"a": 1}, P(), 1.5 * 2]\n');
  expect(guest.tracer.takeSnapshot().traces.length).toBeGreaterThanOrEqual(7);
  guest.run('def make(): return [lambda: x for x in (1.5, 2)]\n', 'compiled');
  guest.adapter.detach();
  guest.run('import compiled\nx = compiled.make()\n');
  const again = guest.runtime.attach(guest.tracer);
  expect(again.caps.missing).toEqual(guest.adapter.caps.missing);
});

test('traced code prints what it prints in CPython', async () => {
  const program = `
def f(*args, **kwargs): return args, kwargs
a, *b = range(4)
(c, d), e = (1, 2), 3
print(f(1, x=2), a, b, c, d, e, sorted({'k': 1.5, 'j': -0.0}.items()))
class A:
    """\\n  f1.ob_type = $B.function\\n"""
    def __init__(self): self.x = [lambda n=n: n for n in range(3)]
print(A.__doc__.strip(), [g() for g in A().x], sum(x * 0.5 for x in range(5)))
for i, (j, k) in enumerate([(1, 2), (3, 4)]): print(i, j, k)
else: print('else', b'bytes' + b'!', (1, 'a', 2.5), b is not None)
def gen():
    got = yield 1
    print('got', got)
g = gen(); next(g)
def typed(a: list[
    int], *, b: dict[str,
    int] = {}) -> tuple[
    int]: return (a,
    b)
print(typed([1],
    b={'x':
       [2]}))
class Generic[T]:
    def get[U](self, x: U) -> dict[
        T, U]:
        return {x: [
            y := x,
            *[y,
              y]]}
print(Generic().get(3), [
    z
    for z in [[1],
              [2]]
    if z[
        0] > 1], (1 if [
    ] else 2), not [
    0], -
    (3.5 +
     1), {**{'a': 1},
     'b': [2]}, max(*[1,
     5], key=lambda v:
     -v))
async def later(x):
    return [x,
            [i async for i in numbers()]]
async def numbers():
    yield 1
    yield [2,
           3][0]
with open('/dev/null') as null, \\
     open('/dev/null') as other:
    print(null.read() ==
          other.read())
assert [1,
        2], [
    3]
try:
    [][
        0]
except (IndexError,
        KeyError) as e:
    print(type(e).__name__, f'{[
        1]!r}')
match {'k': [1, 2]}:
    case {'k': [a,
                2]}:
        print('matched', a)
x = y = [
    1]
x += [
    2]
x[0], y[
    1] = 5, \\
    6
del x[
    0]
print(x, y)
try: g.send('x')
except StopIteration: print('stop')
`;
  const guest = await startGuest();
  guest.tracer.start(10);
  guest.run(program);
  expect(guest.output.out).toBe(`((1,), {'x': 2}) 0 [1, 2, 3] 1 2 3 [('j', -0.0), ('k', 1.5)]
f1.ob_type = $B.function [0, 1, 2] 5.0
0 1 2
1 3 4
else b'bytes!' (1, 'a', 2.5) True
([1], {'x': [2]})
{3: [3, 3, 3]} [[2]] 2 False -4.5 {'a': 1, 'b': [2]} 1
True
IndexError [1]
matched 1
[6] [6]
got x
stop
`);
});
