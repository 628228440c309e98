export type {
  EdgeKind,
  GraphData,
  GraphEdgeColumns,
  GraphObjectColumns,
  GraphRootColumns,
  RootKind,
} from '../table/graph-columns.ts';
export type { Components } from './components.ts';
export { type Cycle, cyclesIn } from './cycles.ts';
export type { Dominators } from './dominators.ts';
export { drawSvg, type Picture, type PictureArrow, type PictureBox } from './draw-svg.ts';
export { type Explained, explainedIn } from './explained.ts';
export { type GrownWay, graphGrowth } from './graph-growth.ts';
export type { Heap, HeapObject } from './heap.ts';
export { HeapGraph, type HeapPath, type Holder, type Root } from './heap-graph.ts';
export { type Birth, birthAt, birthOf, pathText, rootText, stepText } from './path-text.ts';
export type { Reach } from './reach.ts';
export { retainedByGroup, retainedTogether } from './retained.ts';
export { type RetainedGroup, type RetainedKey, retainedBy } from './retained-by.ts';
export { selectObjects } from './select-objects.ts';
export { takeGraphSnapshot } from './take-graph-snapshot.ts';
export { heldByHost } from './walk-heap.ts';
export { type Way, type WayStep, waysTo } from './ways.ts';
