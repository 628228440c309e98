import type { SnapshotData } from '@tracemalloc/core';
import { compact, counterNames, countersBy, type JoinedData } from '@tracemalloc/core/analysis';
import type { GraphData } from '@tracemalloc/core/graph';
import { coarser } from '@tracemalloc/core/timeline';
import { type FoldedColumns, foldedStacks } from './folded-stacks.ts';
import { VisibleStacks } from './visible-stacks.ts';

/** What of the stacks of a page is not shown to their ends. */
export type Folding = {
  /** Nothing that has so much of any figure's whole was folded, 0 … 1. */
  readonly share: number;
  /** Stacks that were folded, and all there were. */
  readonly stacks: number;
  readonly of: number;
};

/** What {@link foldSmall} gives. */
export type Folded = {
  readonly joined: JoinedData;
  /** `null` = nothing was folded. */
  readonly folding: Folding | null;
  /** The new row of each site; `null` = all stayed. */
  readonly siteRows: Int32Array | null;
};

/** How much a page bears. */
export type FoldBounds = {
  /** Nodes of the call tree that are shown as they are. */
  readonly nodes: number;
  /** Distinct stacks. */
  readonly stacks: number;
  /** Frames of all distinct stacks. */
  readonly frames: number;
};

/** What opens at once in a browser, and takes some megabytes in a file. */
const pageBounds: FoldBounds = { nodes: 60_000, stacks: 80_000, frames: 1_000_000 };

/** What is seen only where a report is zoomed into a hundred times. */
const leastShare = 2 ** -17;

/**
 * Where there are more stacks than a page bears, those of little memory are folded: of a stack the
 * callers stay as far as they have a visible share of any figure, and `⋯` stands for those that come
 * then. Where the same line allocated a visible share below the same callers, it stays (and the newest
 * line that is no library's). So what callers that are shown have, types, labels, domains and the whole is
 * exact, and what lines have that are not shown everywhere is in the rows of `⋯`.
 *
 * Cost: O(frames of tracebacks), a few times.
 */
export function foldSmall(joined: JoinedData, bounds: FoldBounds = pageBounds): Folded {
  const { data, base } = joined;
  const { tracebacks } = data;
  if (tracebacks.length <= bounds.stacks && tracebacks.frame.length <= bounds.frames) {
    return { joined, folding: null, siteRows: null };
  }
  const weight = weights(joined);
  let share = leastShare;
  for (;;) {
    const visible = new VisibleStacks(data, weight, share);
    const enough = visible.shareOf(bounds.nodes);
    if (enough > share) {
      share = enough;
      continue;
    }
    const made = foldedStacks(data, visible.depth, weight, share);
    const fits =
      made.tracebacks.length <= bounds.stacks && made.tracebacks.frame.length <= bounds.frames;
    if (!fits && share < 1) {
      share *= 2;
      continue;
    }
    const folding = { share, stacks: made.folded, of: tracebacks.length };
    return { ...withStacks(data, base, made), folding };
  }
}

/** By traceback: the sum of its shares of all figures, so that no share of any of them is greater. */
function weights({ data, base }: JoinedData): Float64Array {
  const weight = new Float64Array(data.tracebacks.length);
  const { traceback } = data.sites;
  const add = (column: Float64Array | null): void => {
    let whole = 0;
    for (let site = 0; site < traceback.length; site++) whole += column?.[site] ?? 0;
    if (column === null || !(whole > 0)) return;
    for (let site = 0; site < traceback.length; site++)
      weight[traceback[site]!]! += column[site]! / whole;
  };
  for (const name of counterNames) {
    const [now, before] = [data.sites[name], base?.sites[name] ?? null];
    add(now);
    add(before);
    if (now !== null && before !== null)
      add(now.map((value, site) => Math.abs(value - before[site]!)));
  }
  return weight;
}

/** @param rows the new row of each traceback. */
function withStacks(
  data: SnapshotData,
  base: SnapshotData | null,
  { rows, tracebacks, frames, strings }: FoldedColumns,
): Omit<Folded, 'folding'> {
  const { sites } = data;
  const others = new Map<string, number>();
  const bySite = new Map<number, number>();
  const siteRows = new Int32Array(sites.length);
  const firsts: number[] = [];
  for (let site = 0; site < sites.length; site++) {
    const other = `${sites.domain[site]} ${sites.type[site]} ${sites.label[site]}`;
    if (!others.has(other)) others.set(other, others.size);
    const key = rows[sites.traceback[site]!]! + others.get(other)! * tracebacks.length;
    let row = bySite.get(key);
    if (row === undefined) {
      row = firsts.push(site) - 1;
      bySite.set(key, row);
    }
    siteRows[site] = row;
  }
  const counters = (of: SnapshotData) =>
    countersBy((name) => {
      const column = of.sites[name];
      if (column === null) return null;
      const sum = new Float64Array(firsts.length);
      for (let site = 0; site < siteRows.length; site++) sum[siteRows[site]!]! += column[site]!;
      return sum;
    });
  const folded = compact({
    ...data,
    strings,
    frames,
    tracebacks,
    sites: {
      length: firsts.length,
      traceback: Int32Array.from(firsts, (site) => rows[sites.traceback[site]!]!),
      domain: Uint32Array.from(firsts, (site) => sites.domain[site]!),
      type: Int32Array.from(firsts, (site) => sites.type[site]!),
      label: Int32Array.from(firsts, (site) => sites.label[site]!),
      ...counters(data),
    },
    traces: withoutTraces(data),
    timeline: data.timeline && coarser(data.timeline, { siteRows }),
    graph: data.graph && withSites(data.graph, siteRows),
  });
  const old = base && {
    ...folded,
    tracebackLimit: base.tracebackLimit,
    metadata: base.metadata,
    traces: withoutTraces(base),
    sites: { ...folded.sites, ...counters(base) },
    timeline: base.timeline,
    graph: base.graph && withSites(base.graph, siteRows),
  };
  return { joined: { data: folded, base: old }, siteRows };
}

/** Objects were born at the new rows; where that is not known, it still is not. */
function withSites(graph: GraphData, rows: Int32Array): GraphData {
  const site = graph.objects.site.map((row) => (row < 0 ? row : rows[row]!));
  return { ...graph, objects: { ...graph.objects, site } };
}

/** None, but that they had weights tells that the snapshot was sampled. */
function withoutTraces({ traces }: SnapshotData): SnapshotData['traces'] {
  const none = new Float64Array(0);
  return { length: 0, size: none, site: new Int32Array(0), weight: traces.weight && none };
}
