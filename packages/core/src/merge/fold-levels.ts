import type { SnapshotMetadata } from '../snapshot/snapshot-data.ts';

/**
 * What was folded of a sum that has more sites than it may have. More than `namesPerPattern` sites
 * whose names of files, functions and labels differ in ids and numbers alone are one site, with `*`
 * there. A line with more than `stacksPerLine` of those is one site, whose caller is `<many stacks>`; a
 * file with more than `linesPerFile` lines, a folder with more than `filesPerFolder` files, and all of
 * more than `folders` folders are one site likewise. Every figure stays exact for what it is of.
 */
export type Folded = {
  /** Sites of one pattern that are still told apart. */
  readonly namesPerPattern: number;
  /** Sites of one line (file, line, function) that are still told apart; absent = all. */
  readonly stacksPerLine?: number;
  /** Lines of one file that are still told apart; absent = all. */
  readonly linesPerFile?: number;
  /** Files of one folder that are still told apart; absent = all. */
  readonly filesPerFolder?: number;
  /** Folders that are still told apart; absent = all. */
  readonly folders?: number;
};

/** What has children that are counted, from the site up, by what its bound is called. */
export const tiers = [
  'namesPerPattern',
  'stacksPerLine',
  'linesPerFile',
  'filesPerFolder',
  'folders',
] as const;

/** By level; 0 = nothing is folded. What a level folds, every later one folds, too. */
export const foldLevels: readonly (Folded | null)[] = [
  null,
  ...tiers.flatMap((tier, i) => {
    const bounds = tier === 'folders' ? [1] : [4096, 512, 64, 8, 1];
    const before = tiers.slice(0, i).map((name) => [name, 1] as const);
    return bounds.map((most) => Object.fromEntries([...before, [tier, most]]) as Folded);
  }),
];

/** What was folded of a merged snapshot, by its metadata, which may be anything; `null` = nothing. */
export function foldedOf(metadata: SnapshotMetadata): Folded | null {
  return foldLevels[foldLevelOf(metadata)]!;
}

/** The same as a level. */
export function foldLevelOf({ folded }: SnapshotMetadata): number {
  if (typeof folded !== 'object' || folded === null) return 0;
  const found = foldLevels.findIndex((level) => {
    return level !== null && tiers.every((tier) => level[tier] === (folded as Folded)[tier]);
  });
  return Math.max(0, found);
}
