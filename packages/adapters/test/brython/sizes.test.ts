import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Guest, liveByLine, startGuest } from './start.ts';

type Measured = { expression: string; traced: number; blocks: number; getsizeof: number };

const { setup, kinds } = JSON.parse(
  readFileSync(new URL('sizes.json', import.meta.url), 'utf8'),
) as {
  setup: string;
  kinds: Record<string, Measured>;
};
const names = Object.keys(kinds);
const copies = 10;

/** Values without identity in Brython: nothing can be traced or measured one by one. */
const primitives = /^(?:str|int)_/;
/** What Brython makes one of and keeps. */
const shared: readonly string[] = ['weakref'];
/** Sizes off by more than 10 %, with the reason. */
const different: Readonly<Record<string, string>> = {
  complex: 'its two parts are floats of their own in Brython',
  memoryview: 'Brython keeps shape and strides as tuples',
  deque: 'made of lists in Brython',
  ordered_dict: 'Brython keeps a second, linked list of the keys',
  partial: 'args and keywords are objects of their own in Brython',
  weakref: 'CPython gives the one that is there already',
};

describe('cpython64', () => {
  let guest: Guest;
  const counts = new Map<string, number>();
  const sizes = new Map<string, number>();

  beforeAll(async () => {
    guest = await startGuest({ primitives: 'none' });
    const lines = names.map(
      (name) => `    for i in range(300, ${300 + copies}): add(${kinds[name]!.expression})`,
    );
    guest.run(`import sys\n${setup}\nkeep = []\nadd = keep.append\n`, 'prepared');
    guest.run(`from prepared import *\ndef run():\n${lines.join('\n')}\n`, 'allocating');
    guest.tracer.start(5);
    // CPython makes the first thirty objects of a class larger; these came before it measured.
    guest.run('import allocating\nfor _ in range(3): allocating.run()\n');
    guest.run('from prepared import keep\nkeep.clear()\n');
    guest.tracer.clearTraces();
    guest.run('import allocating\nallocating.run()\n');
    const snapshot = guest.tracer.takeSnapshot();
    for (const trace of snapshot.traces) {
      // The call that made the object may be a helper of the set-up: its line in run() counts.
      const frame = [...trace.traceback.frames]
        .reverse()
        .find((f) => f.filename === 'allocating.py');
      const name = frame === undefined ? undefined : names[frame.lineno - 3];
      if (name === undefined) continue;
      counts.set(name, (counts.get(name) ?? 0) + 1 / copies);
      sizes.set(name, (sizes.get(name) ?? 0) + trace.size / copies);
    }
  });

  test('every kind of object is seen at the line that makes it', () => {
    const unseen = names.filter((name) => (counts.get(name) ?? 0) < 0.9 && !primitives.test(name));
    expect(unseen.filter((name) => !shared.includes(name))).toEqual([]);
    expect(liveByLine(guest.tracer).size).toBeGreaterThan(80);
  });

  test('traced sizes are those of CPython 3.13 within 10 %', () => {
    const off = names
      .filter((name) => counts.has(name) && !primitives.test(name) && different[name] === undefined)
      .filter((name) => Math.abs(sizes.get(name)! / kinds[name]!.traced - 1) > 0.1)
      .map((name) => `${name}: ${sizes.get(name)} for ${kinds[name]!.traced}`);
    expect(off).toEqual([]);
  });

  test('getsizeof is that of CPython 3.13 within 10 %', () => {
    const { $B } = guest.runtime;
    const keep = $B.module_getattr($B.imported['prepared'], 'keep') as unknown[];
    const off = names
      .map((name, i) => ({ name, size: guest.adapter.sizeOf(keep[copies * (i + 1) - 1]) }))
      .filter(({ name }) => !shared.includes(name))
      .filter(({ name, size }) => Math.abs(size / kinds[name]!.getsizeof - 1) > 0.1)
      .map(({ name, size }) => `${name}: ${size} for ${kinds[name]!.getsizeof}`);
    expect(off).toEqual([]);
  });
});
