const { Tracer } = require('@tracemalloc/core');
const { assertPeakAtMost, traced } = require('@tracemalloc/vitest/assert');

const tracer = new Tracer();
assertPeakAtMost(
  traced(tracer, () => tracer.track(0, 8, 100, [['a.toy', 1]])),
  100,
);
