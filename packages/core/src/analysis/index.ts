/**
 * Everything that reports, formats and tools compute of a snapshot: metrics, call trees, functions,
 * sums by line and type, histograms.
 *
 * @module @tracemalloc/core/analysis
 */
export { isSampled } from '../snapshot/added-up.ts';
export { compact } from '../snapshot/columns.ts';
export {
  knownMeasure,
  knowsMetric,
  type Measure,
  type Metric,
  measure,
  metrics,
} from '../snapshot/metric.ts';
export {
  type CounterName,
  counterNames,
  countersBy,
  type SiteCounters,
} from '../table/site-counters.ts';
export { alignLibraries } from './align.ts';
export {
  type CallTree,
  type CallTreeOptions,
  callTree,
  ownOfNodes,
  totalOfNodes,
} from './call-tree.ts';
export {
  allocatorsOf,
  type CodeShown,
  codesOf,
  foldFrames,
  foldRecursion,
  withoutHostFrames,
} from './fold.ts';
export { FrameCursor, newestFrames } from './frame-cursor.ts';
export { type FunctionTable, functionTable } from './functions.ts';
export { type Amount, byLine, byType } from './groups.ts';
export { type Bin, histogram } from './histogram.ts';
export { type JoinedData, joinSnapshots } from './join.ts';
export {
  type FrameCategory,
  frameCategory,
  isHostFile,
  isImportFile,
  isLibraryFile,
  libraryModule,
} from './library.ts';
export { differentMeasures } from './measures.ts';
export { frameLabel, nowhere, type Place, placeAt, placeLabel, placeOf } from './place.ts';
export { biggestRows, sum } from './rank.ts';
export { sitesIn } from './sites-in.ts';
export { type StackTree, stackTree, walkTree } from './stack-tree.ts';
export { Stacks } from './stacks.ts';
