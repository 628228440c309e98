import type { SiteCounters } from '@tracemalloc/core';
import type { CodeShown, JoinedData, Metric } from '@tracemalloc/core/analysis';
import type { HeapGraph } from '@tracemalloc/core/graph';
import type { Spread } from '../src/html/columns.ts';
import type { Folding } from '../src/html/fold-small.ts';

/** What the page shows; it never changes. */
export type ReportModel = {
  readonly joined: JoinedData;
  /** File name → its text, where the report was given it. */
  readonly sources: ReadonlyMap<string, string>;
  /** By frame row: its line of source, `''` where nobody knows it. */
  readonly lineOf: (frame: number) => string;
  /** How far live figures of sites may be off; `null` where nothing was sampled. */
  readonly spread: Spread | null;
  /** What is not shown of stacks; `null` = nothing. */
  readonly folding: Folding | null;
  readonly title: string;
  /** What the older snapshot is called; `''` = not said. */
  readonly baseTitle: string;
  /** Those that somebody counted, in both snapshots when there are two. */
  readonly metrics: readonly Metric[];
  /** Whose frames can be shown, the least first: more than one where there is a choice. */
  readonly codes: readonly CodeShown[];
  /** Who holds what in the new snapshot; `null` where the page does not carry it. */
  readonly graph: HeapGraph | null;
};

export const viewNames = [
  'flame',
  'tree',
  'table',
  'sandwich',
  'source',
  'types',
  'objects',
] as const;

export type ViewName = (typeof viewNames)[number];

/** What the reader chose: all of it is in the page's address. */
export type Selection = {
  readonly metric: Metric;
  readonly unit: 'bytes' | 'blocks';
  readonly mode: 'now' | 'difference';
  /** Whose frames are shown; what others allocated belongs to those that called them. */
  readonly code: CodeShown;
  /** Whether functions that call themselves are one frame. */
  readonly isOnce: boolean;
  readonly inverted: boolean;
  /** Whether the flame graph has callers below. */
  readonly isFlipped: boolean;
  readonly search: string;
  readonly fileGlob: string;
  /** `null` = all. */
  readonly domain: number | null;
  /** A type's name; `''` = all. */
  readonly type: string;
  /** A label; `''` = all. */
  readonly label: string;
  /** A part of the time line: see `rangeText`; `''` = the whole run. */
  readonly range: string;
  readonly functionName: string;
  readonly view: ViewName;
  /** The view's own: the path to a node, a line, a file. Cleared when the view changes. */
  readonly focus: string;
};

/** Columns of figures by row of whatever is listed. Do not write. */
export type FigureColumns = {
  /** In the unit chosen. */
  readonly now: Float64Array;
  /** `null` unless the mode is `difference`. */
  readonly base: Float64Array | null;
  /** Blocks, whatever the unit. */
  readonly count: Float64Array;
  readonly baseCount: Float64Array | null;
};

/** Figures, and how far they may be off. */
export type Sums = FigureColumns & {
  /** The variance of each figure, which add up as they do; `null` where all is exact. */
  readonly spread: FigureColumns | null;
};

/** What the selection leaves, by site row, in its metric and unit. Do not write. */
export type Figures = Sums & {
  /** 1 = the filters let the site through; all its figures are 0 otherwise. */
  readonly keep: Uint8Array;
  /** What was ever allocated, and freed at once, by site row; `null` = nobody counted. */
  readonly counted: Pick<SiteCounters, 'totalCount' | 'temporaryCount'>;
};

export type ViewProps = {
  readonly model: ReportModel;
  readonly selection: Selection;
  readonly figures: Figures;
  readonly update: (change: Partial<Selection>) => void;
};
