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
asizeof True
summary [8]
Partition of a set of 8 objects
path  0: module __main__.orders[3]
domisize True 7
usage True
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
  adapter.detach();
  expect(out).toBe(said);
});
