import {
  drawSvg,
  type Picture,
  type PictureArrow,
  type PictureBox,
  type WayStep,
} from '@tracemalloc/core/graph';
import { plain } from '../text/plain.ts';
import { formatBytes, formatCount } from '../text/units.ts';
import type { HoldersReport, HoldersWay } from './holders.ts';

/**
 * The ways of a report as a graph of Graphviz: a box an object with the line it was born at, an arrow how
 * it is held. Ways that begin alike share their boxes. Names are quoted, and no box has a link or markup.
 */
export function holdersDot(report: HoldersReport): string {
  const { boxes, arrows } = pictureOf(report);
  const styles = { plain: '', root: ', style=dashed', marked: ', penwidth=2' };
  const lines = [
    ...boxes.map(({ lines, style }, i) => `n${i} [label=${quoted(lines)}${styles[style]}]`),
    ...arrows.map(({ from, to, label }) => `n${from} -> n${to} [label=${quoted([label])}]`),
  ];
  return `digraph holders {\n  rankdir=LR\n  node [shape=box, fontname="sans-serif"]\n  edge [fontname="sans-serif", fontsize=10]\n${lines.map((line) => `  ${line}\n`).join('')}}\n`;
}

/** The same picture, drawn: an SVG of its own, with no script, link or request. */
export function holdersSvg(report: HoldersReport): string {
  return drawSvg(pictureOf(report), `Who holds ${plain(report.objects)}`);
}

function pictureOf({ ways }: HoldersReport): Picture {
  const picture = { boxes: [], arrows: [] };
  const known = new Map<string, number>();
  for (const way of ways) addWay(way, known, picture);
  return picture;
}

type Drawn = { readonly boxes: PictureBox[]; readonly arrows: PictureArrow[] };

function addWay(way: HoldersWay, known: Map<string, number>, { boxes, arrows }: Drawn): void {
  const [first] = way.steps;
  if (first === undefined) return;
  let key = `root\n${first.how}`;
  const boxOf = (lines: readonly string[], style: PictureBox['style']): number => {
    const row = known.get(key) ?? boxes.push({ lines, style }) - 1;
    known.set(key, row);
    return row;
  };
  let from = boxOf([plain(first.how)], 'root');
  for (const step of way.steps) {
    const isLast = step === way.steps.at(-1);
    const lines = labelOf(step, isLast ? way : null);
    key += `\n${step.how}\n${lines.join('\n')}`;
    const isNew = !known.has(key);
    const to = boxOf(lines, isLast ? 'marked' : 'plain');
    if (isNew) arrows.push({ from, to, label: step === first ? '' : plain(step.how) });
    if (isNew && step.repeats) arrows.push({ from: to, to, label: 'again and again' });
    from = to;
  }
}

/** What is written into a box; of the objects that were asked for, how many there are. */
function labelOf({ type, born }: WayStep, way: HoldersWay | null): string[] {
  const name = plain(type || '<unknown>');
  const place = born === null ? [] : [`${plain(born.filename)}:${born.lineno}`];
  if (way === null) return [name, ...place];
  return [
    `${formatCount(way.count)} ${name}`,
    `${formatBytes(way.retained, 'iec')} retained`,
    ...place,
  ];
}

/** Lines of a label: Graphviz knows `\\n` and other escapes in it, so that every `\\` is doubled. */
function quoted(lines: readonly string[]): string {
  return `"${lines.map((line) => line.replace(/[\\"]/g, '\\$&')).join('\\n')}"`;
}
