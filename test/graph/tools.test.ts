import { readFileSync } from 'node:fs';
import { installNodeGuestModule } from '@tracemalloc/adapters/brython/node';
import { memoryTools } from '@tracemalloc/adapters/python-tools';
import { attachSkulpt, installSkulptModule } from '@tracemalloc/adapters/skulpt';
import { createSkulpt, readSkulptBuild, runSkulptProgram } from '@tracemalloc/adapters/skulpt/node';
import { Tracer } from '@tracemalloc/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Guest, startGuest } from '../../packages/adapters/test/brython/start.ts';

const program = readFileSync(new URL('tools.py', import.meta.url), 'utf8');

/** What the tools that people know say of the program, in both hosts. */
const said = `count 7 1
Order        8        +1
common [('Order', 8), ('Line', 1)]
holders ['Line', 'list']
held True
all True
chain ['module', 'list', 'Order']
dot True 1
svg True 1 1 1
asizeof True
summary [8]
Partition of a set of 8 objects
path  0: module __main__.orders[3]
domisize True 7
usage True
new 1 [['Order', '9', '10', '+1', '+1']]
rel 2 [1, 0] False
tracked [1]
`;

let guest: Guest;
beforeAll(async () => {
  guest = await startGuest();
  installNodeGuestModule(guest.runtime.$B, guest.adapter, { tools: memoryTools });
  guest.tracer.start(25);
});
afterAll(() => guest.adapter.detach());

test('objgraph, guppy, pympler, memory_profiler and gc answer in Brython', () => {
  guest.run(program);
  expect(guest.output.out).toBe(said);
});

test('memory_profiler shows in Brython what each line holds and adds', () => {
  guest.output.out = '';
  guest.run(`from memory_profiler import profile
def work():
    a = [1] * 10 ** 5
    b = [2] * (2 * 10 ** 5)
    del b
    return a
profile(work)()
`);
  const rows = [...guest.output.out.matchAll(/^ +(\d+) +[\d.]+ MiB +(-?[\d.]+) MiB +(\d+) {3}/gm)];
  expect(rows.map(([, line, increment, times]) => [line, increment, times])).toEqual([
    ['2', rows[0]?.[2], '1'],
    ['3', '0.8', '1'],
    ['4', '1.5', '1'],
    ['5', '-1.5', '1'],
    ['6', '0.0', '1'],
  ]);
});

const limited = `
from memory_limits import MemoryLimits, limit_leaks, limit_memory
kept = []
@limit_leaks('10 KB')
def leaks():
    kept.append([0] * 5000)
@limit_leaks('10 KB', warmups=True)
def once():
    if len(kept) < 2: kept.append([0] * 5000)
@limit_memory('1 MB')
def big(): return len([0] * 200000)
@limit_memory('10 MB')
def small(): return len([0] * 200000)
def said(test):
    try: print(test.__name__, test())
    except AssertionError as error: print(test.__name__, str(error).split(' allocated here')[0])
said(leaks)
said(once)
for bad in ('many', True, '3 XB', -1):
    try: limit_memory(bad)
    except ValueError as error: print(error)
`;

const leaksSaid = `leaks Test was allowed to leak 10.0KiB per location but at least one location leaked more
    - 39.1KiB
once None
${["'many'", 'True', "'3 XB'", '-1'].map((bad) => `memory_limit must be a number of bytes or a text such as '24 MB', got ${bad}\n`).join('')}`;

test('tests have limits of memory and of leaks in Brython, each of its own or of its class', () => {
  guest.output.out = '';
  guest.run(`${limited}
said(big)
said(small)
class Case: # as unittest's, whose import takes ten seconds here
    def __init__(self, name): self._testMethodName = name
    def run(self, result=None): getattr(self, self._testMethodName)()
class Tests(MemoryLimits, Case):
    memory_limit = '1 MB'
    def test_big(self): self.rows = [0] * 200000
    @limit_memory('10 MB')
    def test_own(self): self.rows = [0] * 200000
for name in ('test_big', 'test_own'):
    try: print(name, Tests(name).run())
    except AssertionError as error: print(name, error)
`);
  expect(guest.output.out).toBe(`${leaksSaid}big Test was limited to 1.0MiB but allocated 1.5MiB
small 200000
test_big Test was limited to 1.0MiB but allocated 1.5MiB
test_own None
`);
});

test('a look at the heap calls nothing of the guest: not the names that a metaclass prepares', () => {
  guest.output.out = '';
  guest.run(`import gc
asked = []
class Names(dict):
    def __getitem__(self, name):
        asked.append(name)
        return dict.__getitem__(self, name)
class Meta(type):
    @classmethod
    def __prepare__(cls, name, bases): return Names()
    def __new__(cls, name, bases, names): return type.__new__(cls, name, bases, dict(names))
gc.collect()
class A(metaclass=Meta):
    x = 1
    def f(self): return self
before = len(asked)
gc.collect()
gc.get_objects()
print(len(asked) - before, [name for name in asked if not isinstance(name, str)])
`);
  expect(guest.output.out).toBe('0 []\n');
});

test('objgraph, guppy, pympler, memory_profiler and gc answer in Skulpt', async () => {
  const Sk = createSkulpt(readSkulptBuild());
  const tracer = new Tracer();
  const adapter = attachSkulpt(Sk, tracer);
  installSkulptModule(Sk, adapter, { tools: memoryTools });
  tracer.start(25);
  let out = '';
  const print = (text: string) => {
    out += text;
  };
  const main = { source: program, filename: 'main.py', folder: '.', argv: ['main.py'] };
  await runSkulptProgram(Sk, { ...main, stdout: print, stderr: print });
  expect(out).toBe(said);
  out = '';
  const source = `from memory_limits import limit_leaks
try: limit_leaks('1 KB')
except NotImplementedError as error: print(error)
`;
  await runSkulptProgram(Sk, { ...main, source, stdout: print, stderr: print });
  adapter.detach();
  expect(out).toBe(
    'limit_leaks is not possible in this host: what a tool calls is not recorded here\n',
  );
});
