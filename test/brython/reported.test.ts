// What people reported of real programs, where no other test of the project has it.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Filter } from '@tracemalloc/core';
import { dump, load } from '@tracemalloc/core/codec';
import { growthReport, summaryReport } from '@tracemalloc/report';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createGuest, type Guest } from './guest.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'tracemalloc-reported-')));
let guest: Guest;
beforeAll(async () => {
  guest = await createGuest();
});
afterEach(() => guest.tracer.stop());
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a program of some files; it is called main.py. @returns where it is, and what is alive. */
function traced(files: Readonly<Record<string, string>>) {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  guest.tracer.start(25);
  const printed = guest.run(files['main.py']!, join(folder, 'main.py'));
  guest.adapter.settle();
  return { printed, snapshot: guest.tracer.takeSnapshot() };
}

test('classes of one name in two modules are two types', () => {
  const module = 'class Rec:\n    def __init__(self, n): self.n = n\n';
  const { snapshot } = traced({
    'pa/__init__.py': '',
    'pa/m.py': module,
    'pb/__init__.py': '',
    'pb/m.py': module,
    'main.py':
      'import pa.m, pb.m\nkept = [pa.m.Rec(i) for i in range(40)] + [pb.m.Rec(i) for i in range(7)]\n',
  });
  const rows = growthReport([snapshot]).rows.filter(({ type }) => /\bRec$/.test(type));
  expect(rows.map(({ type, counts }) => [type, counts])).toEqual([
    ['pa.m.Rec', [40]],
    ['pb.m.Rec', [7]],
  ]);
});

test('methods of one name in two classes are two functions', () => {
  const { snapshot } = traced({
    'main.py': `kept = []
class Reader:
    def run(self): kept.append([1] * 1000)
class Writer:
    def run(self): kept.append([2] * 3000)
def make():
    class Local:
        def run(self): kept.append([3] * 500)
    return Local()
for _ in range(5):
    Reader().run(); Writer().run(); make().run()
`,
  });
  const rows = summaryReport(snapshot, { sortBy: 'own' }).rows.filter(({ functionName }) =>
    functionName.endsWith('.run'),
  );
  expect(
    rows.map(({ functionName, ownSize }) => [functionName, Math.round(ownSize / 1000)]),
  ).toEqual([
    ['Writer.run', 120],
    ['Reader.run', 40],
    ['make.<locals>.Local.run', 20],
  ]);
});

test('constants that a compiler would fold are made anew by each call', () => {
  const { printed } = traced({
    'main.py': `def f(): return b'+' * 5000
def g(n): return b'+' * n
def h(): return bytes(5000)
def k(): return b'+' * 5000 + b'-'
print(f() is f(), g(5000) is g(5000), h() is h(), k() is k())
a = f(); b = f()
print(a is b)
`,
  });
  expect(printed).toBe('False False False False\nFalse\n');
});

test('the main file is found by its own name, and by the folder that it is in', () => {
  const { printed } = traced({
    'main.py': `import os, tracemalloc
kept = [object() for _ in range(50)]
folder = os.path.basename(os.path.dirname(__file__))
for pattern in (__file__, f'*/{folder}/*', 'main.py'):
    s = tracemalloc.take_snapshot().filter_traces((tracemalloc.Filter(True, pattern),))
    print(len(s.traces) > 10)
`,
  });
  expect(printed).toBe('True\nTrue\nFalse\n');
});

test('a file name beyond the basic plane is one like any other, also when it is saved', () => {
  const { snapshot } = traced({
    'main.py': `d = {}
for name in ('😀.py', '😀' + '.py', ''.join(['\\U0001f600', '.py'])):
    exec(compile('def g():\\n  return [1] * 100\\nk = k + [g()] if "k" in vars() else [g()]', name, 'exec'), d)
`,
  });
  const again = load(dump(snapshot)).filterTraces([new Filter(true, '😀.py')]);
  const [top] = again.statistics('lineno');
  expect(String(top)).toMatch(/^😀\.py:2: size=\d+ B, count=\d+/);
});

test.each([
  ['a set', 'j5QoSwFLApA=', '{1, 2}', false],
  ['bytes', 'QwJ4eZQ=', "b'xy'", false],
  ['a datetime', 'jAhkYXRldGltZZSMCGRhdGV0aW1llJOUQwoH6AUBAwAAAAAAlIWUUpQ=', 'absent', true],
  ['a path', 'jA5wYXRobGliLl9sb2NhbJSMDVB1cmVQb3NpeFBhdGiUk5SMAi94lIWUUpQ=', 'absent', true],
])('of CPython’s snapshots %s arrives as such, or is named', (_, value, shown, isNamed) => {
  // Snapshot([(0, 10, (('a.py', 1),), 1)], 5) with .extra, protocol 4, without its frame.
  const head =
    'gASMC3RyYWNlbWFsbG9jlIwIU25hcHNob3SUk5QpgZR9lCiMBnRyYWNlc5RoAIwHX1RyYWNlc5STlCmBlH2UjAdfdHJhY2VzlF2UKEsASwqMBGEucHmUSwGGlIWUSwF0lGFzYowPdHJhY2ViYWNrX2xpbWl0lEsFjAVleHRyYZQ=';
  const file = join(folder, 'extra.pickle');
  writeFileSync(
    file,
    Buffer.concat([
      ...[head, value].map((text) => Buffer.from(text, 'base64')),
      Buffer.from('ub.'),
    ]),
  );
  const printed = guest.run(`import tracemalloc, warnings
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter('always')
    s = tracemalloc.Snapshot.load(${JSON.stringify(file)})
print(len(s.traces), getattr(s, 'extra', 'absent'), any('extra' in str(w.message) for w in told))
`);
  expect(printed).toBe(`1 ${shown} ${isNamed ? 'True' : 'False'}\n`);
});
