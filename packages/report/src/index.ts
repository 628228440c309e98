export { type CallTree, type CallTreeOptions, callTree, own, total } from './model/call-tree.ts';
export { type JoinedData, joinSnapshots } from './model/join.ts';
export {
  knowsMetric,
  type Measure,
  type Metric,
  measure,
  metrics,
} from './model/metric.ts';
