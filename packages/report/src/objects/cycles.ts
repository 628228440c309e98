import type { Snapshot } from '@tracemalloc/core';
import { type Cycle, cyclesIn, HeapGraph } from '@tracemalloc/core/graph';
import { plain } from '../text/plain.ts';
import { type SomeText, textOptions } from '../text/text-options.ts';
import { formatBytes, formatCount } from '../text/units.ts';

/** How many cycles {@link cyclesReport} lists. */
export type CyclesOptions = {
  /** Default 10. */
  readonly limit?: number;
};

/** Objects that hold each other. Sizes in bytes. */
export type CyclesReport = {
  /** How many cycles there are. */
  readonly total: number;
  /** The biggest first. */
  readonly cycles: readonly Omit<Cycle, 'example'>[];
};

/**
 * Cycles of the program's data: only a garbage collector frees them.
 *
 * @throws TracemallocError `unsupported` for a snapshot without a graph.
 */
export function cyclesReport(snapshot: Snapshot, options: CyclesOptions = {}): CyclesReport {
  const { cycles, total } = cyclesIn(new HeapGraph(snapshot), options.limit ?? 10);
  return { total, cycles: cycles.map(({ example: _row, ...cycle }) => cycle) };
}

/** A line a cycle, and the way around it. */
export function formatCycles(report: CyclesReport, options: SomeText = {}): string {
  const text = textOptions(options);
  const { total, cycles } = report;
  if (total === 0) return 'No cycles\n';
  const lines = cycles.map(({ types, count, size, way }) => {
    const shown = types
      .slice(0, 4)
      .map(({ type, count }) => `${formatCount(count)} ${plain(type)}`);
    const more = types.length > 4 ? ', …' : '';
    const what = `${formatCount(count)} ${count === 1 ? 'object' : 'objects'}, ${formatBytes(size, text.units)}: ${shown.join(', ')}${more}`;
    return `\n${what}\n    ${plain(way)}\n`;
  });
  const rest = total > cycles.length ? `\n… and ${formatCount(total - cycles.length)} more\n` : '';
  return `${formatCount(total)} ${total === 1 ? 'cycle' : 'cycles'}\n${lines.join('')}${rest}`;
}
