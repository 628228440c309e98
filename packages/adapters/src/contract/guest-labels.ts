import type { LabelRow } from '@tracemalloc/core';

/** Stands for no label where 0 is one that the host has set. */
export const noLabel = -1;

/**
 * Labels that guest code gives what it allocates. A label belongs to a frame: it holds in the frame
 * that asked for it and in what that calls, wherever and whenever it goes on, and not in whoever
 * resumes it.
 */
export type GuestLabels = {
  /** The frame that called a function of the guest's module has the label, until `pop`. */
  push(label: LabelRow): void;
  /** It has the label that it had before. */
  pop(): void;
  /** Has a function of the guest's labelled whenever it runs; false where that takes a function around it. */
  labelFunction?(callable: unknown, label: LabelRow): boolean;
  /** Of a callable that {@link labelFunction} can't label: whether a call of it gives a generator. */
  isGenerator?(callable: unknown): boolean;
};
