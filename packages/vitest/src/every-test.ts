import type { Tracer } from '@tracemalloc/core';
import { afterEach, beforeEach } from 'vitest';
import { type Limits, limitUntil, type TracedOptions } from './assert/index.ts';

/**
 * Limits every test of the file that calls it, or of all files where a setup file does: what the
 * tracer sees from before the test to its end, beside the checks that it has itself.
 * @throws as `assertKeepTo`.
 */
export function limitEveryTest(
  tracer: Tracer,
  limits: Limits,
  options: Omit<TracedOptions<void>, 'settle'> = {},
): void {
  let end: (name: string) => void;
  beforeEach(() => {
    end = limitUntil(tracer, limits, options);
  });
  afterEach(({ task }) => end(task.name));
}
