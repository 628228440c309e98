import type { Bytes, TracebackRow } from '../base/units.ts';
import type { SnapshotData } from '../snapshot/snapshot-data.ts';
import type { TracerEvents } from '../tracer/events.ts';

/**
 * Chooses which blocks get a stack, while a tracer traces. Made by `sampling` of
 * `@tracemalloc/core/sampling`.
 */
export type BlockSampler = {
  /**
   * For adapters, before they look at a stack: whether that of a new block of `size` bytes is
   * wanted. The next `alloc` or `realloc` of so many bytes is that block; one that is not wanted is
   * reported with {@link notSampled}. Who does not ask is asked nothing: `alloc` chooses. Hot.
   */
  wants(size: Bytes): boolean;
  /** The traceback of blocks that were not chosen. */
  readonly notSampled: TracebackRow;
  /** What stands before the recorder, and the listeners. */
  readonly events: (next: TracerEvents) => TracerEvents;
  /** A snapshot of the chosen blocks with their weights. */
  readonly weigh: (data: SnapshotData) => SnapshotData;
};
