import type { SnapshotData } from '@tracemalloc/core';

/** What the watching thread begins with. */
export type WatcherStart = {
  /** Where viewers are served; `null`: nowhere. */
  readonly port: number | null;
  /** Where the last copy is kept while V8's memory is nearly full. */
  readonly file: string;
};

export type WatcherRequest = { readonly isOver: boolean };

/** What the program's thread answers. */
export type WatcherMessage = {
  readonly data: SnapshotData;
  /** Milliseconds since the program started. */
  readonly time: number;
  readonly isOver: boolean;
  /** Of the program's thread, in bytes. */
  readonly heap: { readonly used: number; readonly limit: number };
  /** Milliseconds that the copy took. */
  readonly cost: number;
};
