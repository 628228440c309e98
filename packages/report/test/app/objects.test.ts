import { HeapGraph } from '@tracemalloc/core/graph';
import { expect, test } from 'vitest';
import { heapSnapshot } from '../../../core/test/graph/graph-text.ts';
import { dominatedIn, type Tile, treemapOf } from '../../app/rows/domination.ts';
import { neighbourhoodOf } from '../../app/rows/neighbourhood.ts';
import { groupKinds, objectGroups } from '../../app/rows/objects.ts';
import { randomOf } from './random-data.ts';

const shop = `
  app: module 0
  cache: dict 100 app.py:1
  a: Order 10 app.py:5
  b: Order 20 app.py:5
  items: list 300 app.py:6
  log: list 50 app.py:2
  lone: Order 7 app.py:9
  module app = app
  app (global cache) = cache
  app (global log) = log
  cache['a'] = a
  cache['b'] = b
  a.items = items
  b.items = items
  log[0] = a
  b.cache = cache
  recorded lone
`;

function graphOf(text: string): { graph: HeapGraph; row: (type: string, size: number) => number } {
  const graph = new HeapGraph(heapSnapshot(text));
  const rows = Array.from({ length: graph.length }, (_, row) => row);
  return {
    graph,
    row: (type, size) =>
      rows.find((row) => graph.typeOf(row) === type && graph.sizeOf(row) === size)!,
  };
}

const everything = ({ length }: HeapGraph): Uint8Array => new Uint8Array(length).fill(1);

test('objects are grouped by type, birth line, holder and root, what holds most first', () => {
  const { graph } = graphOf(shop);
  const lines = groupKinds.flatMap((kind) => {
    const groups = objectGroups(graph, kind, everything(graph));
    return Array.from(
      { length: groups.length },
      (_, group) =>
        `${kind} ${groups.names[group] || '?'}: ${groups.count[group]} of ${groups.size[group]} B hold ${groups.retained(group)} B, first ${graph.sizeOf(groups.members(group)[0]!)} B`,
    );
  });
  expect(lines).toMatchInlineSnapshot(`
    [
      "type module: 1 of 0 B hold 480 B, first 0 B",
      "type list: 2 of 350 B hold 350 B, first 300 B",
      "type dict: 1 of 100 B hold 120 B, first 100 B",
      "type Order: 3 of 37 B hold 337 B, first 20 B",
      "line ?: 1 of 0 B hold 480 B, first 0 B",
      "line app.py:6: 1 of 300 B hold 300 B, first 300 B",
      "line app.py:1: 1 of 100 B hold 120 B, first 100 B",
      "line app.py:2: 1 of 50 B hold 50 B, first 50 B",
      "line app.py:5: 2 of 30 B hold 330 B, first 20 B",
      "line app.py:9: 1 of 7 B hold 7 B, first 7 B",
      "holder module app: 1 of 0 B hold 480 B, first 0 B",
      "holder Order.items: 1 of 300 B hold 300 B, first 300 B",
      "holder cache: 1 of 100 B hold 120 B, first 100 B",
      "holder log: 1 of 50 B hold 50 B, first 50 B",
      "holder dict[…]: 2 of 30 B hold 330 B, first 20 B",
      "holder held by the host: 1 of 7 B hold 7 B, first 7 B",
      "root module app: 6 of 480 B hold 480 B, first 0 B",
      "root held by the host: 1 of 7 B hold 7 B, first 7 B",
    ]
  `);
});

test('what the filters leave out is in no group', () => {
  const { graph, row } = graphOf(shop);
  const shown = new Uint8Array(graph.length);
  shown[row('Order', 10)] = 1;
  const { names, count, whole } = objectGroups(graph, 'type', shown);
  expect([names, [...count], whole]).toEqual([['Order'], [1], { count: 1, size: 10 }]);
  expect(objectGroups(graph, 'line', new Uint8Array(graph.length)).length).toBe(0);
});

test('the neighbourhood of an object: its holders at the left, what it holds at the right', () => {
  const { graph, row } = graphOf(shop);
  const draw = (object: number): string[] => {
    const { boxes, arrows } = neighbourhoodOf(graph, object);
    const name = (box: number): string => {
      const { object, text } = boxes[box]!;
      return object < 0 ? `(${text})` : `${graph.typeOf(object)} ${graph.sizeOf(object)}`;
    };
    return [
      ...boxes.map(({ column, row: at }, box) => `${column}/${at} ${name(box)}`),
      ...arrows.map(({ from, to, how }) => `${name(from)} ${how}> ${name(to)}`),
    ];
  };
  expect(draw(row('Order', 10))).toMatchInlineSnapshot(`
    [
      "0/0 Order 10",
      "-1/0 dict 100",
      "-1/1 list 50",
      "1/0 list 300",
      "-2/0 module 0",
      "Order 10 .items> list 300",
      "dict 100 ['a']> Order 10",
      "list 50 [0]> Order 10",
      "module 0 cache> dict 100",
      "module 0 log> list 50",
    ]
  `);
  expect(draw(row('module', 0))).toMatchInlineSnapshot(`
    [
      "0/0 module 0",
      "-1/0 (module app)",
      "1/0 dict 100",
      "1/1 list 50",
      "module 0 cache> dict 100",
      "module 0 log> list 50",
      "(module app) > module 0",
    ]
  `);
});

test('of many neighbours the picture has some, and says how many more there are', () => {
  const many = Array.from({ length: 5000 }, (_, i) => `o${i}: T ${i}\nhub[${i}] = o${i}`).join(
    '\n',
  );
  const { graph, row } = graphOf(`hub: list 8\nmodule m = hub\n${many}`);
  const { boxes, arrows } = neighbourhoodOf(graph, row('list', 8));
  expect(boxes.map(({ object, text }) => text || graph.sizeOf(object))).toEqual([
    8,
    'module m',
    4999,
    4998,
    4997,
    4996,
    4995,
    4994,
    '4994 more',
  ]);
  expect(arrows.length).toBe(8);
});

test('the map has what alone holds others around them, and no two tiles on each other', () => {
  const random = randomOf(5);
  const lines = Array.from({ length: 300 }, (_, i) => {
    const holder = i === 0 ? 'module m = o0' : `o${random(Math.min(i, 12))}[${i}] = o${i}`;
    return `o${i}: T${i % 3} ${random(900)}\n${holder}`;
  });
  const { graph } = graphOf(lines.join('\n'));
  const dominated = dominatedIn(graph);
  const tiles = treemapOf(graph, dominated, -1, 800, 500);
  const isIn = (a: Tile, b: Tile): boolean =>
    a.x >= b.x && a.y >= b.y && a.x + a.width <= b.x + b.width && a.y + a.height <= b.y + b.height;
  const touch = (a: Tile, b: Tile): boolean =>
    a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
  let around: Tile | undefined;
  for (const [index, tile] of tiles.entries()) {
    if (tile.depth === 1) around = tile;
    else expect(isIn(tile, around!)).toBe(true);
    const siblings = tiles.slice(0, index).filter(({ depth }) => depth === tile.depth);
    expect(siblings.filter((each) => touch(tile, each))).toEqual([]);
    if (tile.object >= 0) expect(tile.bytes).toBe(graph.retainedOf(tile.object));
  }
  expect(tiles.length).toBeGreaterThan(10);
  const inTop = [...dominated.by(-1)].map((object) => graph.retainedOf(object));
  expect(inTop).toEqual([dominated.size]);
  // All that is dominated, level by level, is all there is, once.
  const all = [-1];
  for (const object of all) all.push(...dominated.by(object));
  expect(all.slice(1).sort((a, b) => a - b)).toEqual(Array.from({ length: 300 }, (_, i) => i));
});
