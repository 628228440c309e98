import { type Bytes, Frame, type Metric, type Snapshot } from '@tracemalloc/core';
import { FrameCursor, knownMeasure, placeAt } from '@tracemalloc/core/analysis';
import type { Region } from '@tracemalloc/core/region';

/** What one site (a stack, a type) has of memory. */
export type SiteUse = {
  /** MOST RECENT FIRST. */
  readonly frames: readonly Frame[];
  /** `''` = unknown. */
  readonly type: string;
  /** Bytes. */
  readonly size: Bytes;
  /** Blocks. */
  readonly count: number;
  /** What `show` says of some of its blocks. */
  readonly samples?: readonly string[];
};

/** What each stack and type has more of in a region, bytes or blocks, biggest first. */
export function grownSites(region: Region, metric: Metric): SiteUse[] {
  const uses = region.changes(metric).map(({ traceback, type, size, count }) => {
    return { frames: [...traceback.frames].reverse(), type, size, count };
  });
  return merged(uses);
}

/** What each stack and type has in a snapshot. */
export function allSites(snapshot: Snapshot, metric: Metric): SiteUse[] {
  const { sites, strings } = snapshot.data;
  const { size, count } = knownMeasure(snapshot.data, metric);
  const cursor = new FrameCursor(snapshot.data);
  const uses = Array.from({ length: sites.length }, (_, site) => {
    cursor.moveTo(sites.traceback[site]!);
    const frames = Array.from({ length: cursor.length }, (_, i) => {
      const { filename, lineno, functionName } = placeAt(snapshot.data, cursor.at(i));
      return new Frame(filename, lineno, functionName);
    });
    return { frames, type: strings[sites.type[site]!]!, size: size[site]!, count: count[site]! };
  });
  return merged(uses);
}

/** One use for each stack and type; those that have less than nothing are left out. */
function merged(uses: readonly SiteUse[]): SiteUse[] {
  const bySite = new Map<string, SiteUse>();
  for (const use of uses) {
    const key = siteKey(use.frames, use.type);
    const { size = 0, count = 0 } = bySite.get(key) ?? {};
    bySite.set(key, { ...use, size: use.size + size, count: use.count + count });
  }
  return [...bySite.values()]
    .filter(({ size, count }) => size > 0 || count > 0)
    .map((use) => ({ ...use, size: Math.max(0, use.size), count: Math.max(0, use.count) }))
    .sort((a, b) => b.size - a.size || b.count - a.count);
}

/** `load.lisp:3 < main.lisp:9 [vector]`. */
export function siteKey(frames: readonly Frame[], type: string): string {
  const stack = frames.map(String).join(' < ');
  return type === '' ? stack : `${stack} [${type}]`;
}
