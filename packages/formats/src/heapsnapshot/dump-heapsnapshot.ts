import type { Snapshot } from '@tracemalloc/core';
import { birthOf, HeapGraph, type Holder, rootText } from '@tracemalloc/core/graph';
import { TextWriter } from '../shared/text-writer.ts';

const nodeTypes = [
  ...['hidden', 'array', 'string', 'object', 'code', 'closure', 'regexp', 'number', 'native'],
  ...['synthetic', 'concatenated string', 'sliced string', 'symbol', 'bigint', 'object shape'],
];
const edgeTypes = ['context', 'element', 'property', 'internal', 'hidden', 'shortcut', 'weak'];

const nodeFields = [
  ...['type', 'name', 'id', 'self_size', 'edge_count', 'trace_node_id', 'detachedness'],
];

const meta = {
  node_fields: nodeFields,
  node_types: [nodeTypes, 'string', 'number', 'number', 'number', 'number', 'number'],
  edge_fields: ['type', 'name_or_index', 'to_node'],
  edge_types: [edgeTypes, 'string_or_number', 'node'],
  trace_function_info_fields: [
    ...['function_id', 'name', 'script_name', 'script_id', 'line', 'column'],
  ],
  trace_node_fields: ['id', 'function_info_index', 'count', 'size', 'children'],
  sample_fields: ['timestamp_us', 'last_assigned_id'],
  location_fields: ['object_index', 'script_id', 'line', 'column'],
};

/** The root of all, and below it what V8 calls the roots of the collector. */
const nodesBefore = 2;

/**
 * The graph of a snapshot as a heap snapshot of V8's (`.heapsnapshot`), which the Memory panel of
 * Chrome's DevTools and memlab open, with their retained sizes, dominators and retainers. An object is
 * named by its type and the line it was born at; a root of the guest's is an edge of `(GC roots)`.
 *
 * @throws TracemallocError `unsupported` for a snapshot without a graph.
 */
export function dumpHeapsnapshot(snapshot: Snapshot): Uint8Array {
  const graph = new HeapGraph(snapshot);
  const strings = new Strings();
  const { objects, edges, roots } = graph.data;
  const writer = new TextWriter();
  const counts = {
    node_count: objects.length + nodesBefore,
    edge_count: edges.length + roots.length + 1,
  };
  const head = { meta, ...counts, trace_function_count: 0, extra_native_bytes: 0 };
  // DevTools scans for the parts in V8's order, and waits for ever for one that is missing.
  writer.write(`{"snapshot":${JSON.stringify(head)},\n"nodes":[`);
  writer.write(nodeText('synthetic', strings.row(''), 0, 0, 1));
  writer.write(`,${nodeText('synthetic', strings.row('(GC roots)'), 1, 0, roots.length)}`);
  for (let object = 0; object < objects.length; object++) {
    const name = strings.row(nameOf(graph, object));
    const held = objects.edgeOffset[object + 1]! - objects.edgeOffset[object]!;
    const kind = kindOf(graph.typeOf(object));
    writer.write(`,\n${nodeText(kind, name, object + nodesBefore, graph.sizeOf(object), held)}`);
  }
  writer.write('],\n"edges":[');
  writer.write(edgeText('element', 1, 1));
  for (let root = 0; root < roots.length; root++) {
    const name = strings.row(rootText(graph.root(root)));
    writer.write(`,\n${edgeText('property', name, roots.object[root]! + nodesBefore)}`);
  }
  for (let object = 0; object < objects.length; object++) {
    for (const { held, ...how } of graph.heldBy(object)) {
      writer.write(`,\n${heldText(how, held, strings)}`);
    }
  }
  writer.write(
    '],\n"trace_function_infos":[],\n"trace_tree":[],\n"samples":[],\n"locations":[],\n',
  );
  writer.write('"strings":[');
  writer.list(strings.all, (text) => JSON.stringify(text));
  writer.write(']}\n');
  return writer.finish();
}

function nodeText(type: string, name: number, node: number, size: number, edges: number): string {
  // Ids are odd: V8 gives even ones to what is not JavaScript's.
  return `${nodeTypes.indexOf(type)},${name},${2 * node + 1},${size},${edges},0,0`;
}

function edgeText(type: string, name: number, node: number): string {
  return `${edgeTypes.indexOf(type)},${name},${node * nodeFields.length}`;
}

function heldText({ kind, name }: Omit<Holder, 'holder'>, held: number, strings: Strings): string {
  const node = held + nodesBefore;
  const named = (type: string, text: string) => edgeText(type, strings.row(text), node);
  switch (kind) {
    case 'item':
      return typeof name === 'number' && name >= 0
        ? edgeText('element', name, node)
        : named('property', `[${name}]`);
    case 'key':
      return named('property', `[${name}]`);
    case 'attribute':
    case 'global':
      return named('property', String(name));
    case 'local':
    case 'cell':
      return named('context', String(name));
    default:
      return named('internal', `${kind} ${name}`.trim());
  }
}

/** DevTools shows what is a closure, a string or a number in its own way. */
function kindOf(type: string): string {
  if (type === 'function' || type === 'method') return 'closure';
  return type === 'str' ? 'string' : 'object';
}

function nameOf(graph: HeapGraph, object: number): string {
  const type = graph.typeOf(object) || '<unknown>';
  const born = birthOf(graph, object);
  return born === null ? type : `${type} ${born.filename}:${born.lineno}`;
}

/** Each string once. */
class Strings {
  readonly #rows = new Map<string, number>();
  readonly all: string[] = [];

  row(text: string): number {
    let row = this.#rows.get(text);
    if (row === undefined) {
      row = this.all.push(text) - 1;
      this.#rows.set(text, row);
    }
    return row;
  }
}
