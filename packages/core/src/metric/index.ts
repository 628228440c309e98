export {
  knownMeasure,
  knowsMetric,
  type Measure,
  type Metric,
  measure,
  metrics,
} from './metric.ts';
