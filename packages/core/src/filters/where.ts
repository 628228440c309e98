import { describe } from '../base/check.ts';
import type { TraceFilter } from '../snapshot/filter.ts';
import type { Trace } from '../snapshot/trace.ts';

/**
 * A filter that keeps the traces for which `keep` answers true:
 * `snapshot.filterTraces([where(({ size }) => size > 1e6)])`. Asked once a trace.
 *
 * @throws TypeError when it is no function.
 */
export function where(keep: (trace: Trace) => boolean): TraceFilter {
  if (typeof keep !== 'function') {
    throw new TypeError(`keep must be a function, got ${describe(keep)}`);
  }
  return { inclusive: true, matches: keep };
}
