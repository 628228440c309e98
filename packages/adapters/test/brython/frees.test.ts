import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attachBrython } from '@tracemalloc/adapters/brython';
import { createBrython, nodeCollector } from '@tracemalloc/adapters/brython/node';
import { Tracer } from '@tracemalloc/core';
import { beforeAll, expect, test } from 'vitest';
import { PeakGuard } from '../../src/brython/objects/peak-guard.ts';
import { type Guest, startGuest } from './start.ts';

let guest: Guest;
const currents: number[] = [];

/** Traced bytes each time the guest calls now(). */
function traced(source: string): number[] {
  currents.length = 0;
  guest.tracer.start(5);
  guest.run(`from probe import now\n${source}`);
  guest.tracer.stop();
  return [...currents];
}

beforeAll(async () => {
  guest = await startGuest();
  guest.runtime.addNativeModule('probe', {
    now: () => void currents.push(guest.tracer.getTracedMemory().current),
  });
});

test('a free is seen in the same synchronous run', () => {
  const [before, live, after] = traced(
    'x = None\nnow()\nx = [[i] for i in range(1000)]\nnow()\ndel x\nnow()\n',
  );
  expect(live! - before!).toBeGreaterThan(70_000);
  expect(after! - before!).toBeLessThan(200);
});

test('a look for garbage that a large text brings about does not take the text for dead', () => {
  const [global, attribute, both] = traced(`
class Holder: pass
def pair(a, b): return a, b
text = 'a' * 5000000
now()
holder = Holder()
holder.text = 'b' * 6000000
now()
kept = pair('c' * 5000000, [None] * 1000000)
now()
`);
  expect(global).toBeGreaterThan(5_000_000);
  expect(attribute! - global!).toBeGreaterThan(6_000_000);
  expect(both! - attribute!).toBeGreaterThan(13_000_000);
});

test('unpacking keeps nothing alive', () => {
  const [live, freed] = traced(`
def pair():
    return bytes(1000000), 1
def run():
    a, b = pair()
    now()
    a = None
    now()
run()
`);
  expect(live).toBeGreaterThan(1_000_000);
  expect(freed).toBeLessThan(10_000);
});

test('what the compiler makes of a module is in no peak', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tracemalloc-modules-'));
  writeFileSync(join(folder, 'large.py'), 'x = [1, 2]\n'.repeat(200));
  guest.tracer.start(1);
  guest.runtime.run({ source: 'import large', filename: 'main.py', folder });
  const { peak } = guest.tracer.getTracedMemory();
  guest.tracer.stop();
  rmSync(folder, { recursive: true });
  expect(peak).toBeLessThan(30_000);
});

test('slots of the dead are used again, and the living stay exact', () => {
  const [live] = traced(`
keep = []
for i in range(100000):
    x = [i]
    if i % 100 == 0: keep.append(x)
del x
now()
`);
  expect(guest.tracer.rejected).toMatchObject({ unknownBlock: 0, replacedBlock: 0, badSize: 0 });
  const expected = 1000 * (64 + 32) + 56 + 8 * 1100;
  expect(Math.abs(live! / expected - 1)).toBeLessThan(0.1);
});

test('garbage does not raise the peak by more than the slack', () => {
  guest.tracer.start(1);
  guest.run('for i in range(200000):\n    x = [i]\n');
  const { peak } = guest.tracer.getTracedMemory();
  guest.tracer.stop();
  expect(peak).toBeLessThan(2.5 * 1024 * 1024);
});

test('a large temporary raises the peak', () => {
  guest.tracer.start(1);
  guest.run('total = sum(list(range(100000)))\n');
  const { current, peak } = guest.tracer.getTracedMemory();
  guest.tracer.stop();
  expect(peak).toBeGreaterThan(800_000);
  expect(current).toBeLessThan(20_000);
});

test('objects from before start, and from before clear_traces, are not traced', () => {
  const { adapter, tracer, runtime } = guest;
  guest.run('old = [1]\n', 'earlier');
  tracer.start(1);
  guest.run('middle = [1]\n', 'between');
  tracer.clearTraces();
  guest.run('new = [1]\n', 'later');
  const of = (module: string, name: string) =>
    adapter.tracebackOf(runtime.$B.module_getattr(runtime.$B.imported[module], name));
  expect(of('earlier', 'old')).toBeNull();
  expect(of('between', 'middle')).toBeNull();
  expect(String(of('later', 'new'))).toBe('later.py:1');
  expect(tracer.takeSnapshot().traces.length).toBeGreaterThan(0);
  tracer.stop();
});

test('without a way to list weak sets, frees are seen between turns', async () => {
  const runtime = await createBrython({ stdout: () => undefined });
  const tracer = new Tracer();
  const { collect } = nodeCollector()!;
  const scope = globalThis as { gc?: () => void };
  const before = scope.gc;
  scope.gc = collect;
  const adapter = attachBrython({ $B: runtime.$B }, tracer, { selfTest: false });
  scope.gc = before!;
  if (before === undefined) delete scope.gc;
  expect(adapter.caps.frees).toBe('gc-async');
  tracer.start(1);
  runtime.run({ source: 'x = [[i] for i in range(1000)]\nx = None\n', filename: 'a.py' });
  expect(tracer.getTracedMemory().current).toBeGreaterThan(60_000);
  await adapter.settleLater();
  expect(tracer.getTracedMemory().current).toBeLessThan(1000);
  adapter.detach();
});

test('what died old does not raise the peak for ever: it is looked for before the peak doubles', () => {
  const block = 10_000;
  const tracer = new Tracer();
  const heap = tracer.domain({ name: 'heap', ids: 'serial' });
  const dead = { young: new Set<number>(), old: new Set<number>() };
  let looks = 0;
  const free = (ids: Set<number>): void => {
    for (const id of ids) tracer.free(heap, id);
    ids.clear();
  };
  const guard = new PeakGuard(tracer, {
    settleYoung() {
      free(dead.young);
      return true;
    },
    settle() {
      looks++;
      free(dead.young);
      free(dead.old);
    },
    get blocks() {
      return 100 + dead.young.size + dead.old.size;
    },
  });
  tracer.start(1);
  // Of each three blocks one lives on, one dies young, and one dies when it is old.
  for (let i = 0; i < 6000; i++) {
    if (guard.count(block)) guard.relieve(block);
    tracer.alloc(heap, i, block, 0);
    if (i % 3 === 1) dead.young.add(i);
    if (i % 3 === 2) dead.old.add(i);
    if (i % 3 === 0 && i >= 300) tracer.free(heap, i - 300);
  }
  const live = 100 * block;
  expect(tracer.getTracedMemory().peak / 2 ** 20).toBeLessThan(live / 2 ** 20 + 4.5);
  // 20 MB died old, and are looked for when they are some 1.
  expect(looks).toBeGreaterThan(5);
  expect(looks).toBeLessThan(30);
});
