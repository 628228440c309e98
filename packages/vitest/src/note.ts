import { histogram } from '@tracemalloc/core/analysis';
import type { SiteUse, Verdict } from './assert/index.ts';
import type { UsedBaseline } from './match-baseline.ts';

/** What the checks of one test measured, as its `meta` takes it to the reporter: the most of each. */
export type TestMemory = {
  /** Bytes allocated. */
  readonly allocated: number | null;
  /** Blocks allocated. */
  readonly blocks: number | null;
  /** Most bytes live at a time. */
  readonly peak: number | null;
  /** Bytes left behind. */
  readonly leaked: number | null;
  /** The biggest sites of the check that allocated most. */
  readonly sites: readonly {
    readonly label: string;
    readonly size: number;
    readonly count: number;
  }[];
  /** Sizes of the blocks that its end has: so many up to so many bytes. */
  readonly sizes: readonly { readonly maxBytes: number; readonly count: number }[];
  /** Baseline files that the test was held to. */
  readonly baselines: readonly UsedBaseline[];
};

/** A task of vitest's, as far as it is needed. */
export type Task = { readonly meta: { tracemalloc?: TestMemory } };

/** Sites that are kept of a test. */
const mostSites = 10;

/** Adds what a check measured to the `meta` of its test. */
export function note(
  task: Task | undefined,
  { figures, sites, snapshot }: Pick<Verdict, 'figures' | 'sites' | 'snapshot'>,
): void {
  if (task === undefined) return;
  const before = task.meta.tracemalloc;
  const isBiggest = before === undefined || weightOf(figures) > weightOf(before);
  const { allocated, blocks, peak, leaked } = figures;
  task.meta.tracemalloc = {
    allocated: most(before?.allocated, allocated),
    blocks: most(before?.blocks, blocks),
    peak: most(before?.peak, peak),
    leaked: most(before?.leaked, leaked),
    sites: isBiggest ? sites.slice(0, mostSites).map(siteOf) : before.sites,
    sizes: isBiggest
      ? histogram(snapshot.data.traces).map(({ maxBytes, count }) => ({ maxBytes, count }))
      : before.sizes,
    baselines: before?.baselines ?? [],
  };
}

/** Adds a baseline to what {@link note} knows of the test. */
export function noteBaseline(task: Task | undefined, used: UsedBaseline): void {
  const memory = task?.meta.tracemalloc;
  if (task === undefined || memory === undefined) return;
  task.meta.tracemalloc = { ...memory, baselines: [...memory.baselines, used] };
}

function siteOf({ frames, type, size, count }: SiteUse): TestMemory['sites'][number] {
  const frame = frames[0];
  const name = frame?.functionName ? ` in ${frame.functionName}` : '';
  const of = type === '' ? '' : ` [${type}]`;
  return { label: `${frame ?? '<unknown>:0'}${name}${of}`, size, count };
}

type Figures = Pick<TestMemory, 'allocated' | 'peak' | 'leaked'>;

/** By which tests are told bigger from smaller. */
export function weightOf({ allocated, peak, leaked }: Figures): number {
  return allocated ?? peak ?? leaked ?? 0;
}

function most(a: number | null | undefined, b: number | null): number | null {
  return a === null || a === undefined ? b : b === null ? a : Math.max(a, b);
}
