import { readFileSync } from 'node:fs';
import { HeapGraph, takeGraphSnapshot } from '@tracemalloc/core/graph';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Guest, startGuest } from '../../packages/adapters/test/brython/start.ts';

/** By program and type: how many objects, and the types of what holds them. measure_holders.py writes it. */
type Holders = Record<string, Record<string, [count: number, holders: string[]]>>;

const inCpython: Holders = JSON.parse(
  readFileSync(new URL('cpython-holders.json', import.meta.url), 'utf8'),
);

/**
 * What CPython counts otherwise: dicts and tuples of numbers and texts are not known to its collector; descriptors, cells and
 * weak references are objects that it makes for classes and closures; an iterator of a tuple is a JavaScript one here.
 */
const notCompared = new Set([
  ...['dict', 'tuple', 'cell', 'type', 'getset_descriptor', 'member_descriptor', 'ReferenceType'],
  'tuple_iterator',
]);

/** Differences of single programs, each with its reason. */
const reasons: Record<string, string> = {
  'classes.py Point': 'a variable of a comprehension in a module outlives it in Brython',
  'classes.py Slotted': 'a variable of a comprehension in a module outlives it in Brython',
  'dict_growth.py set': 'a variable of a comprehension in a module outlives it in Brython',
  'decorators.py function':
    'the frame that a closure was made in keeps the function of that frame alive in Brython',
  'generators.py function': 'CPython makes a function for each generator expression',
};

let guest: Guest;
beforeAll(async () => {
  guest = await startGuest();
});
afterAll(() => guest.adapter.detach());

function inBrython(program: string): Holders[string] {
  guest.tracer.start(1);
  guest.run(readFileSync(new URL(`../python/programs/${program}`, import.meta.url), 'utf8'));
  guest.adapter.settle();
  const graph = new HeapGraph(takeGraphSnapshot(guest.tracer, guest.adapter.heap));
  guest.tracer.stop();
  const found: Holders[string] = {};
  for (let row = 0; row < graph.length; row++) {
    if (graph.data.objects.site[row]! < 0) continue;
    const type = graph.typeOf(row);
    const [count, holders] = found[type] ?? [0, []];
    for (const { holder } of graph.holdersOf(row)) {
      const kind = graph.typeOf(holder) === 'frame' ? 'generator' : graph.typeOf(holder);
      if (!holders.includes(kind)) holders.push(kind);
    }
    found[type] = [count + 1, holders];
  }
  return found;
}

test.each(Object.keys(inCpython))(
  '%s has as many objects as in CPython, held by the same types',
  (program) => {
    const found = inBrython(program);
    const differences: Record<string, string> = {};
    for (const [type, [count, holders]] of Object.entries(inCpython[program]!)) {
      if (notCompared.has(type)) continue;
      const [ours, held] = found[type] ?? [0, []];
      if (ours !== count || held.sort().join() !== holders.join()) {
        differences[`${program} ${type}`] = `${ours} of ${count}, by ${held} and not ${holders}`;
      }
    }
    const unexplained = Object.keys(differences).filter((name) => reasons[name] === undefined);
    expect(unexplained.map((name) => `${name}: ${differences[name]}`)).toEqual([]);
    // A reason for what does not differ is none.
    const listed = Object.keys(reasons).filter((name) => name.startsWith(`${program} `));
    expect(listed.filter((name) => differences[name] === undefined)).toEqual([]);
  },
);
