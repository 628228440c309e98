import type { CliError } from './cli-error.ts';

/** What of an input can become the label of what it had without one. */
export const labelChoices = ['file', 'folder', 'host'] as const;

/** How snapshots of files are put together. */
export type MergeHow = {
  readonly labelBy?: (typeof labelChoices)[number];
  /** Told of a file that can't be read, which is left out then; by default it is an error. */
  readonly onBadFile?: (error: CliError) => Promise<void>;
  /** Most blocks that each have a row; by default all. See SnapshotMerger. */
  readonly maxTraces?: number;
  /** Distinct sites; of more, some are folded. See SnapshotMerger. */
  readonly maxSites?: number;
};
