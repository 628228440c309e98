import type { Snapshot } from '@tracemalloc/core';

/** One live block as the suite looks at it. */
export type Block = {
  /** `file:line`, OLDEST FIRST. */
  readonly frames: readonly string[];
  readonly totalNframe: number;
  readonly size: number;
};

/** The live blocks of one type. */
export function blocksOf(snapshot: Snapshot, type: string): Block[] {
  const { traces, sites, strings } = snapshot.data;
  const blocks: Block[] = [];
  for (let row = 0; row < traces.length; row++) {
    if (strings[sites.type[traces.site[row]!]!] !== type) continue;
    const { traceback, size } = snapshot.traces.at(row)!;
    const frames = traceback.frames.map(String);
    blocks.push({ frames, totalNframe: traceback.totalNframe ?? -1, size });
  }
  return blocks;
}

/** `{ 'a.x:3': 10 }`: live blocks of one type by the line that made them. */
export function countsByLine(snapshot: Snapshot, type: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { frames } of blocksOf(snapshot, type)) {
    const line = frames.at(-1)!;
    counts[line] = (counts[line] ?? 0) + 1;
  }
  return counts;
}

/** Blocks of one type that were ever allocated, the freed ones too; `null` where nobody counted. */
export function everAllocated(snapshot: Snapshot, type: string): number | null {
  const { sites, strings } = snapshot.data;
  if (sites.totalCount === null) return null;
  let count = 0;
  for (let site = 0; site < sites.length; site++) {
    if (strings[sites.type[site]!] === type) count += sites.totalCount[site]!;
  }
  return count;
}

/** `file:line` of the line that ends in a mark. @throws Error when not exactly one does. */
export function placeOf(source: string, file: string, mark: string): string {
  const lines = source
    .split('\n')
    .flatMap((text, i) => (text.trim().endsWith(mark) ? [i + 1] : []));
  if (lines.length !== 1) throw new Error(`${mark} marks ${lines.length} lines of ${file}, not 1`);
  return `${file}:${lines[0]}`;
}

/** `null` when both are the same, else what was found in place of what was expected. */
export function difference(found: unknown, expected: unknown): string | null {
  const [a, b] = [JSON.stringify(found), JSON.stringify(expected)];
  if (a === b) return null;
  if (a.length < 1000) return `found ${a}, expected ${b}`;
  // Too long to read: what the lists do not have in common.
  const [here, there] = [found, expected].map(
    (list) => new Set((list as unknown[]).map((x) => JSON.stringify(x))),
  );
  const only = (one: Set<string>, other: Set<string>) =>
    [...one]
      .filter((x) => !other.has(x))
      .slice(0, 20)
      .join(' ');
  return `found ${only(here!, there!)}, expected ${only(there!, here!)}`;
}
