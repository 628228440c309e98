import { graphGrowth, HeapGraph } from '@tracemalloc/core/graph';
import { expect, test } from 'vitest';
import { heapSnapshot } from './graph-text.ts';

const base = `
  cache: dict 100 app.py:1
  log: list 50 app.py:2
  module app = cache
  module app = log`;

/** Orders with their items, in the cache; what the log has. */
function heap(orders: number, entries: number): HeapGraph {
  const lines = [base];
  for (let i = 0; i < orders; i++) {
    lines.push(`o${i}: Order 10 app.py:5\ni${i}: list 30 app.py:6`);
    lines.push(`cache['k${i}'] = o${i}\no${i}.items = i${i}`);
  }
  for (let i = 0; i < entries; i++) lines.push(`e${i}: str 7 app.py:9\nlog[${i}] = e${i}`);
  return new HeapGraph(heapSnapshot(lines.join('\n')));
}

const said = (before: HeapGraph, now: HeapGraph, limit = 10): string[] => {
  const { ways, total } = graphGrowth(before, now, limit);
  return [
    ...ways.map(
      ({ steps, count, before: was, size, held }) =>
        `${steps.map(({ how }) => how).join(' → ')}: ${was} to ${count}, ${size} B, with what they hold ${held} B`,
    ),
    `${total} in all`,
  ];
};

test('what became more is said once, with what it holds, and where it hangs', () => {
  expect(said(heap(2, 4), heap(5, 1))).toEqual([
    'module app → dict[…]: 2 to 5, 30 B, with what they hold 120 B',
    '1 in all',
  ]);
  expect(said(heap(2, 1), heap(3, 9))).toEqual([
    'module app → list[…]: 1 to 9, 56 B, with what they hold 56 B',
    'module app → dict[…]: 2 to 3, 10 B, with what they hold 40 B',
    '2 in all',
  ]);
  expect(said(heap(2, 1), heap(3, 9), 1).length).toBe(2);
});

test('what is new altogether was 0 before, and what stayed or went is nothing new', () => {
  expect(said(heap(0, 0), heap(1, 0))).toEqual([
    "module app → dict['k0']: 0 to 1, 10 B, with what they hold 40 B",
    '1 in all',
  ]);
  expect(said(heap(3, 2), heap(3, 2))).toEqual(['0 in all']);
  expect(said(heap(3, 2), heap(1, 0))).toEqual(['0 in all']);
});
