import { dumpHeapsnapshot } from '@tracemalloc/formats/heapsnapshot';
import { expect, test } from 'vitest';
import { heapSnapshot } from '../../core/test/graph/graph-text.ts';
import { smallSnapshot } from './small-snapshot.ts';

type File = {
  readonly snapshot: {
    readonly meta: {
      readonly node_fields: readonly string[];
      readonly node_types: readonly [readonly string[]];
      readonly edge_types: readonly [readonly string[]];
    };
    readonly node_count: number;
    readonly edge_count: number;
  };
  readonly nodes: readonly number[];
  readonly edges: readonly number[];
  readonly strings: readonly string[];
};

/** A file as its readers take it: each node with its bytes, and below it what it holds. */
function shown(bytes: Uint8Array): string[] {
  const { snapshot, nodes, edges, strings }: File = JSON.parse(new TextDecoder().decode(bytes));
  const { node_fields: fields, node_types: types, edge_types: edgeTypes } = snapshot.meta;
  const nameAt = (node: number) => strings[nodes[node + 1]!] || '(root)';
  const lines: string[] = [];
  let edge = 0;
  for (let node = 0; node < nodes.length; node += fields.length) {
    lines.push(`${types[0][nodes[node]!]} ${nameAt(node)} #${nodes[node + 2]} ${nodes[node + 3]}`);
    for (let i = 0; i < nodes[node + 4]!; i++, edge += 3) {
      const [type, name, to] = edges.slice(edge, edge + 3) as [number, number, number];
      const kind = edgeTypes[0][type]!;
      lines.push(`  ${kind} ${kind === 'element' ? name : strings[name]} -> ${nameAt(to)}`);
    }
  }
  expect([nodes.length / fields.length, edges.length / 3]).toEqual([
    snapshot.node_count,
    snapshot.edge_count,
  ]);
  return lines;
}

const hostile = '\u2028"</script>\\';
const heap = `
  cache: dict 232 app.py:1
  order: Order 48 app.py:2
  name: str 50 app.py:3
  f: function 152 app.py:4
  module app = cache
  frame main = f
  cache['/a'] = order
  order.name = name
  f (cell order) = order
  f[0] = cache
`;

test('a graph is a heap snapshot of V8 with the same objects, edges and bytes', () => {
  expect(shown(dumpHeapsnapshot(heapSnapshot(heap)))).toEqual([
    'synthetic (root) #1 0',
    '  element 1 -> (GC roots)',
    'synthetic (GC roots) #3 0',
    '  property module app -> dict app.py:1',
    '  property frame main -> function app.py:4',
    'object dict app.py:1 #5 232',
    "  property ['/a'] -> Order app.py:2",
    'closure function app.py:4 #7 152',
    '  context order -> Order app.py:2',
    '  element 0 -> dict app.py:1',
    'object Order app.py:2 #9 48',
    '  property name -> str app.py:3',
    'string str app.py:3 #11 50',
  ]);
});

test('its parts are in the order that DevTools waits for', () => {
  const file = JSON.parse(new TextDecoder().decode(dumpHeapsnapshot(heapSnapshot(heap))));
  const parts = 'snapshot nodes edges trace_function_infos trace_tree samples locations strings';
  expect(Object.keys(file)).toEqual(parts.split(' '));
});

test('hostile names reach it as they are', () => {
  const lines = shown(dumpHeapsnapshot(heapSnapshot(heap.replace("'/a'", `'${hostile}'`))));
  expect(lines).toContain(`  property ['${hostile}'] -> Order app.py:2`);
});

test('a snapshot without a graph is refused', () => {
  expect(() => dumpHeapsnapshot(smallSnapshot())).toThrow('the snapshot has no graph');
});
