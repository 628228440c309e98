export type {
  EdgeKind,
  GraphData,
  GraphEdgeColumns,
  GraphObjectColumns,
  GraphRootColumns,
  RootKind,
} from '../table/graph-columns.ts';
export type { Components } from './components.ts';
export type { Dominators } from './dominators.ts';
export type { Heap, HeapObject } from './heap.ts';
export { HeapGraph, type HeapPath, type Holder, type Root } from './heap-graph.ts';
export type { Reach } from './reach.ts';
export { takeGraphSnapshot } from './take-graph-snapshot.ts';
export { heldByHost } from './walk-heap.ts';
