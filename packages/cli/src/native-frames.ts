import { Snapshot } from '@tracemalloc/core';
import { withoutHostFrames } from '@tracemalloc/core/analysis';

/** The snapshot without the interpreter's own functions: what reports show unless `--native` asks for more. */
export function guestFrames(snapshot: Snapshot): Snapshot {
  const data = withoutHostFrames(snapshot.data);
  return data === snapshot.data ? snapshot : Snapshot.fromData(data);
}
