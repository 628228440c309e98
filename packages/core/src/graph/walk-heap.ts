import type { BlockId, Bytes, TracebackRow } from '../base/units.ts';
import type { EdgeKind, GraphData, RootKind } from '../table/graph-columns.ts';
import { components } from './components.ts';
import { GraphColumnsBuilder } from './graph-columns-builder.ts';
import type { Heap, HeapObject } from './heap.ts';
import { ObjectRows } from './object-rows.ts';

/** Where objects were born: rows in the sites of the snapshot that the graph goes with; −1 = not known. */
export type Births = {
  ofBlock(domain: number, block: BlockId): number;
  ofTraceback(traceback: TracebackRow, type: string): number;
  /** Bytes of a block; 0 for one that the tracer does not know. */
  sizeOf(domain: number, block: BlockId): Bytes;
};

/** A graph, and how much of what was recorded its roots explain. */
export type WalkedHeap<T> = {
  readonly graph: GraphData;
  /** By row of the graph: the object. */
  readonly objects: readonly T[];
  /** Objects whose birth was recorded and that live; `null` where the host can't list them. */
  readonly recorded: number | null;
  /** Those of them that a root of the host's reaches; the others hang on a root of kind `host`. */
  readonly reached: number | null;
};

/**
 * Walks over all that a heap's roots reach, and over what else was recorded: of that, whoever holds
 * the others gets a root named "held by the host". O(objects + edges).
 */
export function walkHeap<T>(heap: Heap<T>, births: Births): WalkedHeap<T> {
  const rows = new ObjectRows(heap);
  const { objects } = rows;
  const builder = new GraphColumnsBuilder();
  const edge = (held: T, kind: EdgeKind, name: string | number): void => {
    builder.edge(rows.of(held), kind, name);
  };
  let recorded = 0;
  const enterAll = (): void => {
    for (let row = builder.objects; row < objects.length; row++) {
      const found = heap.describe(objects[row]!);
      const site = siteOf(found, births);
      if (site >= 0) recorded++;
      builder.object(found.type, found.size ?? sizeOf(found, births), site);
      heap.held(objects[row]!, edge);
    }
  };
  heap.roots((object: T, kind: RootKind, name: string) =>
    builder.root(rows.of(object), kind, name),
  );
  enterAll();
  const known = objects.length;
  if (heap.recorded === undefined) {
    return { graph: builder.finish(), objects, recorded: null, reached: null };
  }
  const reached = recorded;
  for (const object of heap.recorded((number) => rows.hasNumber(number))) rows.of(object);
  enterAll();
  for (const row of unheld(builder, known)) builder.root(row, 'host', heldByHost);
  return { graph: builder.finish(), objects, recorded, reached };
}

/** The name of the root of what is held in a way that nobody sees. */
export const heldByHost = 'held by the host';

function siteOf(found: HeapObject, births: Births): number {
  if (found.block !== undefined) return births.ofBlock(found.domain ?? 0, found.block);
  if (found.traceback !== undefined) return births.ofTraceback(found.traceback, found.type);
  return -1;
}

function sizeOf({ block, parts, domain = 0 }: HeapObject, births: Births): Bytes {
  let bytes = block === undefined ? 0 : births.sizeOf(domain, block);
  for (const part of parts ?? []) bytes += births.sizeOf(domain, part);
  return bytes;
}

/** Of the objects from `from` on, which no root reaches: some that reach all of them. */
function unheld(builder: GraphColumnsBuilder, from: number): number[] {
  if (from === builder.objects) return [];
  const { edgeOffset, to } = builder.links;
  const { count, of } = components({ edgeOffset, to, from });
  const isHeld = new Uint8Array(count);
  for (let row = from; row < builder.objects; row++) {
    for (let i = edgeOffset[row]!; i < edgeOffset[row + 1]!; i++) {
      const held = to[i]! - from;
      if (held >= 0 && of[held] !== of[row - from]) isHeld[of[held]!] = 1;
    }
  }
  const found: number[] = [];
  for (let row = from; row < builder.objects; row++) {
    const component = of[row - from]!;
    if (isHeld[component] === 1) continue;
    isHeld[component] = 1;
    found.push(row);
  }
  return found;
}
