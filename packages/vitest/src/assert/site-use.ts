import { type Bytes, Frame, type Metric, type Snapshot } from '@tracemalloc/core';
import { FrameCursor, knownMeasure, placeAt } from '@tracemalloc/core/analysis';

/** What one site (a stack, a type) has of memory. */
export type SiteUse = {
  /** MOST RECENT FIRST. */
  readonly frames: readonly Frame[];
  /** `''` = unknown. */
  readonly type: string;
  readonly size: Bytes;
  readonly count: number;
};

/** Sites by a text that is the same in all snapshots: stack and type. */
export type SiteUses = ReadonlyMap<string, SiteUse>;

/** @throws TracemallocError `unsupported` for a metric that nobody counted. */
export function siteUses(snapshot: Snapshot, metric: Metric): SiteUses {
  const { sites, strings } = snapshot.data;
  const cursor = new FrameCursor(snapshot.data);
  const { size: sizes, count: counts } = knownMeasure(snapshot.data, metric);
  const uses = new Map<string, SiteUse>();
  for (let site = 0; site < sites.length; site++) {
    if (counts[site] === 0) continue;
    const views: Frame[] = [];
    cursor.moveTo(sites.traceback[site]!);
    for (let i = 0; i < cursor.length; i++) {
      const { filename, lineno, functionName } = placeAt(snapshot.data, cursor.at(i));
      views.push(new Frame(filename, lineno, functionName));
    }
    const type = strings[sites.type[site]!]!;
    const key = siteKey(views, type);
    const known = uses.get(key);
    uses.set(key, {
      frames: views,
      type,
      size: sizes[site]! + (known?.size ?? 0),
      count: counts[site]! + (known?.count ?? 0),
    });
  }
  return uses;
}

/** `load.lisp:3 < main.lisp:9 [vector]`. */
export function siteKey(frames: readonly Frame[], type: string): string {
  const stack = frames.map(String).join(' < ');
  return type === '' ? stack : `${stack} [${type}]`;
}

/** What each site has more of, bytes or blocks, biggest first. What it has less of counts as 0. */
export function growth(before: SiteUses, now: SiteUses): SiteUse[] {
  const grown: SiteUse[] = [];
  for (const [key, use] of now) {
    const size = Math.max(0, use.size - (before.get(key)?.size ?? 0));
    const count = Math.max(0, use.count - (before.get(key)?.count ?? 0));
    if (size > 0 || count > 0) grown.push({ ...use, size, count });
  }
  return grown.sort((a, b) => b.size - a.size || b.count - a.count);
}
