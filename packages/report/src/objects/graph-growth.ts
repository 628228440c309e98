import type { Snapshot } from '@tracemalloc/core';
import { type GrownWay, graphGrowth, HeapGraph } from '@tracemalloc/core/graph';
import { type SomeText, textOptions } from '../text/text-options.ts';
import { formatBytes, formatCount } from '../text/units.ts';
import { formatSteps, pathOf } from './way-text.ts';

/** How many ways {@link graphGrowthReport} lists. */
export type GraphGrowthOptions = {
  /** Default 10. */
  readonly limit?: number;
};

/** Objects that became more, and who holds them. Sizes in bytes. */
export type GraphGrowthReport = {
  /** Ways in which objects became more, listed or not. */
  readonly total: number;
  /** Most bytes first. */
  readonly ways: readonly (GrownWay & {
    /** `module cache → pages → dict[…]`. */
    readonly path: string;
  })[];
};

/**
 * New objects between two snapshots, and who holds them. Python: objgraph.show_growth(), with
 * show_backrefs() for each.
 *
 * @throws TracemallocError `unsupported` where one of them has no graph.
 */
export function graphGrowthReport(
  now: Snapshot,
  before: Snapshot,
  options: GraphGrowthOptions = {},
): GraphGrowthReport {
  const { limit = 10 } = options;
  const { ways, total } = graphGrowth(new HeapGraph(before), new HeapGraph(now), limit);
  return { total, ways: ways.map((way) => ({ ...way, path: pathOf(way.steps) })) };
}

/** A paragraph a way: how many more, and who holds them. */
export function formatGraphGrowth(report: GraphGrowthReport, options: SomeText = {}): string {
  const text = textOptions(options);
  const { ways, total } = report;
  if (total === 0) return 'Nothing became more\n';
  const paragraphs = ways.map(({ count, before, held, path, steps }) => {
    const type = steps.at(-1)?.type ?? '';
    const more = `+${formatCount(count - before)} ${type || '<unknown>'} (${formatCount(before)} before, ${formatCount(count)} now), ${formatBytes(held, text.units)} more with what they hold`;
    return formatSteps(`${more}, held by ${path}`, steps, text);
  });
  const rest = total > ways.length ? `\n… and ${formatCount(total - ways.length)} more\n` : '';
  return `${paragraphs.join('\n')}${rest}`;
}
