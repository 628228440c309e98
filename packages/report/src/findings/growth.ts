import type { SnapshotData } from '@tracemalloc/core';
import { type Amount, foldFrames, type Place, sum } from '@tracemalloc/core/analysis';
import { counted, type Finding, percent } from './finding.ts';
import { lineKey, linesBy } from './lines.ts';

/** Lines of which one sentence each is said. */
const most = 3;
/** A line with less of all growth is no leak that one looks for first. */
const leastShare = 0.05;
/** How far a step may be from the mean of all, in parts of it, for growth to be called even. */
const evenness = 0.25;

type Grown = Place & { readonly sizes: readonly number[]; readonly blocks: number };

/**
 * The lines whose live memory grew most from snapshot to snapshot. Lines that grew at each step come
 * before those that went up and down.
 *
 * @param snapshots Oldest first; fewer than two say nothing.
 */
export function growthFindings(snapshots: readonly SnapshotData[]): Finding[] {
  if (snapshots.length < 2) return [];
  const all = grownLines(snapshots);
  const growth = sum(all.map(growthOf));
  const found = all.filter((line) => growthOf(line) >= growth * leastShare).slice(0, most);
  return found.map((line) => sentence(line, growthOf(line) / growth));
}

function grownLines(snapshots: readonly SnapshotData[]): Grown[] {
  const sides = snapshots.map((data) => {
    const lines = linesBy(foldFrames(data, 'mine'), 'live');
    return new Map(lines.map((line) => [lineKey(line), line]));
  });
  const last = sides.at(-1)!;
  const grown: Grown[] = [];
  for (const [key, line] of last) {
    const amounts = sides.map((side): Amount => side.get(key) ?? { size: 0, count: 0 });
    const sizes = amounts.map(({ size }) => size);
    const blocks = line.count - amounts[0]!.count;
    if (line.size > sizes[0]!) grown.push({ ...line, sizes, blocks });
  }
  // Those that grow at each step first: they are what a leak looks like.
  return grown.sort(
    (a, b) => Number(isSteady(b)) - Number(isSteady(a)) || growthOf(b) - growthOf(a),
  );
}

function growthOf({ sizes }: Grown): number {
  return sizes.at(-1)! - sizes[0]!;
}

function stepsOf({ sizes }: Grown): number[] {
  return sizes.slice(1).map((size, index) => size - sizes[index]!);
}

function isSteady(line: Grown): boolean {
  return stepsOf(line).every((step) => step > 0);
}

function sentence(line: Grown, share: number): Finding {
  const { filename, lineno, functionName, sizes, blocks } = line;
  const size = growthOf(line);
  return {
    kind: 'growth',
    parts: [
      { place: { filename, lineno, functionName } },
      ' grew by ',
      { bytes: size },
      blocks > 0 ? ` in ${counted(blocks, 'block')}` : '',
      `, ${percent(share)} of all growth`,
      ...(sizes.length > 2 ? course(line) : []),
    ].filter((part) => part !== ''),
    advice: isSteady(line) ? 'see who calls it, and what should have let it go' : null,
    metric: 'live',
    isDifference: true,
    share,
  };
}

/** How it went, over three snapshots and more. */
function course(line: Grown): Finding['parts'] {
  const steps = stepsOf(line);
  const mean = growthOf(line) / steps.length;
  const over = ` over ${steps.length + 1} snapshots`;
  if (!isSteady(line)) return [`, up and down${over}`];
  const isEven = steps.every((step) => Math.abs(step - mean) <= mean * evenness);
  if (!isEven) return [`, more at each step${over}`];
  return [', about ', { bytes: Math.round(mean) }, ` a step (linear${over})`];
}
