import { takeSnapshotData } from '../api/take-snapshot.ts';
import { recorderOf, type Tracer } from '../api/tracer.ts';
import type { SnapshotData } from '../snapshot/snapshot-data.ts';

/**
 * What a tracer knows, read at any moment, also in the midst of the guest's work: nobody is asked to
 * settle, so what is garbage counts until it is looked for, walked hosts show what their last walk
 * found, and one event may be half told. `metadata.unsettled` is true. `null` when nothing is traced.
 * Cost: O(live blocks), columns copied.
 */
export function peek(tracer: Tracer): SnapshotData | null {
  if (!tracer.on) return null;
  const own = { ...tracer.metadata, unsettled: true };
  const recorder = recorderOf(tracer);
  recorder.loan?.copy();
  return takeSnapshotData(recorder, own, tracer.sampler, { timeline: false });
}
