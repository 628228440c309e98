import type { SnapshotData } from '@tracemalloc/core';

/** What the watching thread begins with. */
export type WatcherStart = {
  /** Where viewers are served; `null`: nowhere. */
  readonly port: number | null;
  /** Where the last copy is kept while V8's memory is nearly full. */
  readonly file: string;
  /** What V8 lets the program's thread have, in bytes. */
  readonly heapLimit: number;
};

/** What the program's thread answers. */
export type WatcherMessage = {
  /** `null`: nothing is traced. */
  readonly data: SnapshotData | null;
  /** Milliseconds since the program started. */
  readonly time: number;
  /** Milliseconds that the copy took, without being handed over. */
  readonly cost: number;
  /** Seconds since 1970. */
  readonly date: number;
  readonly isOver: boolean;
};
