import type { Tracer } from '@tracemalloc/core';
import { openRegion } from '@tracemalloc/core/region';
import { AllocationError } from './assertions.ts';
import { type Limits, limitChecks, verdictOf } from './checks.ts';
import { keepSnapshot } from './keep-snapshot.ts';
import { runIn } from './measure.ts';
import { type TracedOptions, TracedWork } from './traced.ts';
import { Watch } from './unmeasured.ts';

/**
 * Limits what a tracer sees from now until the function that it gives is called, which throws when
 * they were broken: for runners with hooks before and after each test. Other checks may run in
 * between. @throws as `assertKeepTo`.
 */
export function limitUntil(
  tracer: Tracer,
  limits: Limits,
  options: Omit<TracedOptions<void>, 'settle'> = {},
): (name?: string) => void {
  const traced = new TracedWork(tracer, () => undefined, options);
  const { checks, needed } = limitChecks(limits);
  const wasOn = tracer.isTracing();
  if (!wasOn) tracer.start(traced.nframe);
  const watch = new Watch(tracer, traced.allow);
  const region = openRegion(tracer);
  return (name = 'test') => {
    try {
      watch.ran(undefined);
      if (!tracer.isTracing()) return;
      const verdict = verdictOf(
        checks,
        traced,
        runIn(traced, region, tracer.takeSnapshot(), needed),
      );
      if (!verdict.pass) throw new AllocationError(verdict, keepSnapshot(verdict.snapshot, name));
    } finally {
      region.close();
      watch.close();
      if (!wasOn) tracer.stop();
    }
  };
}
