import type { WayStep } from '@tracemalloc/core/graph';
import { plain } from '../text/plain.ts';
import { formatBytes, formatCount } from '../text/units.ts';
import type { HoldersReport, HoldersWay } from './holders.ts';

/**
 * The ways of a report as a graph of Graphviz: a box an object with the line it was born at, an arrow how
 * it is held. Ways that begin alike share their boxes. Names are quoted, and no box has a link or markup.
 */
export function holdersDot({ ways }: HoldersReport): string {
  const ids = new Map<string, string>();
  const lines: string[] = [];
  for (const way of ways) addWay(way, ids, lines);
  return `digraph holders {\n  rankdir=LR\n  node [shape=box, fontname="sans-serif"]\n  edge [fontname="sans-serif", fontsize=10]\n${lines.join('')}}\n`;
}

function addWay(way: HoldersWay, ids: Map<string, string>, lines: string[]): void {
  const [first] = way.steps;
  if (first === undefined) return;
  let key = `root\n${first.how}`;
  let from = box(key, [first.how], ', style=dashed', ids, lines);
  for (const step of way.steps) {
    const isLast = step === way.steps.at(-1);
    const label = labelOf(step, isLast ? way : null);
    key += `\n${step.how}\n${label.join('\n')}`;
    const isNew = !ids.has(key);
    const to = box(key, label, isLast ? ', penwidth=2' : '', ids, lines);
    if (isNew)
      lines.push(`  ${from} -> ${to} [label=${quoted([step === first ? '' : step.how])}]\n`);
    if (isNew && step.repeats) lines.push(`  ${to} -> ${to} [label="again and again"]\n`);
    from = to;
  }
}

/** What is written into a box; of the objects that were asked for, how many there are. */
function labelOf({ type, born }: WayStep, way: HoldersWay | null): string[] {
  const name = type || '<unknown>';
  const place = born === null ? [] : [`${born.filename}:${born.lineno}`];
  if (way === null) return [name, ...place];
  return [
    `${formatCount(way.count)} ${name}`,
    `${formatBytes(way.retained, 'iec')} retained`,
    ...place,
  ];
}

/** The name of a box, which is written when it is first asked for. */
function box(
  key: string,
  label: readonly string[],
  style: string,
  ids: Map<string, string>,
  lines: string[],
): string {
  const known = ids.get(key);
  if (known !== undefined) return known;
  const id = `n${ids.size}`;
  ids.set(key, id);
  lines.push(`  ${id} [label=${quoted(label)}${style}]\n`);
  return id;
}

/** Lines of a label: Graphviz knows `\\n` and other escapes in it, so that every `\\` is doubled. */
function quoted(lines: readonly string[]): string {
  const shown = lines.map((line) => plain(line).replace(/[\\"]/g, '\\$&'));
  return `"${shown.join('\\n')}"`;
}
