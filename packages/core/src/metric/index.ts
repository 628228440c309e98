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
