import type { Snapshot } from '@tracemalloc/core';
import { placeLabel } from '@tracemalloc/core/analysis';
import { painter } from './paint.ts';
import { fit, fitStart, plain, wrapWords } from './plain.ts';
import { reportOf, type SomeText, type TextOptions, textOptions } from './text-options.ts';
import { type TreeNode, type TreeOptions, type TreeReport, treeReport } from './tree.ts';
import { fixed, formatBytes, formatCount, percentOf } from './units.ts';

/** Branches are drawn in at most this share of what figures leave; deeper ones lose their outer lines. */
const branchShare = 0.5;
/** A name keeps as much of the line as the branches leave, and at least this. */
const leastLabel = 8;

/**
 * Memray's tree. What a line alone called is drawn below it without a further step to the right, so
 * that a long way through the program stays readable: `📂` is a caller, `📄` a line that called
 * nothing shown, and a source line, where there is one, is below its `📄`.
 */
export function formatTree(
  given: Snapshot | TreeReport,
  options: SomeText & TreeOptions = {},
): string {
  const report = reportOf(given, (snapshot) => treeReport(snapshot, options));
  const text = textOptions(options);
  const { total, hidden, nodes } = report;
  const lines = [`📂 ${figures(total.size, total.size, text)} <ROOT>`];
  const prefixes = new Prefixes(nodes);
  for (const [i, node] of nodes.entries()) {
    const isLeaf = (nodes[i + 1]?.depth ?? 0) <= node.depth;
    const { first, rest } = prefixes.next(i);
    lines.push(nodeLine(node, isLeaf ? '📄' : '📂', first, total.size, text));
    const source = isLeaf ? (text.getLine?.(node.filename, node.lineno).trim() ?? '') : '';
    if (source !== '') lines.push(fitStart(`${rest}   ${plain(source)}`, text.width));
  }
  if (hidden.locations > 0) {
    const amount = `${formatCount(hidden.count)} allocations from ${hidden.locations} locations`;
    const share = figures(hidden.size, total.size, text);
    const hint = `❓ ${share} ${amount} below the configured threshold`;
    lines.push(wrapWords(hint, text.width, '   '));
  }
  return `${lines.join('\n')}\n`;
}

function nodeLine(
  node: TreeNode,
  sign: string,
  branches: string,
  whole: number,
  text: TextOptions,
): string {
  const amount = figures(node.size, whole, { ...text, color: false });
  const room = Math.max(Math.floor((text.width - amount.length) * branchShare), 4);
  const start = branches.length <= room ? branches : `…${branches.slice(1 - room)}`;
  // Of the rest each character is one column wide, the sign is two.
  const used = start.length + 2 + 1 + amount.length + 1;
  const label = fit(plain(placeLabel(node)), Math.max(leastLabel, text.width - used));
  const paint = painter(text.color).share(percentOf(node.size, whole));
  return `${start}${sign} ${paint(amount)} ${label}`;
}

function figures(size: number, whole: number, { units, color }: TextOptions): string {
  const percent = percentOf(size, whole);
  const text = `${formatBytes(size, units)} (${fixed(percent, 2)} %)`;
  return painter(color).share(percent)(text);
}

/** The lines to the left of the nodes. */
class Prefixes {
  readonly #nodes: readonly TreeNode[];
  /** Whether another branch of the same caller follows, by node. */
  readonly #hasNext: Uint8Array;
  /** Whether the node is all that its caller called, by node. */
  readonly #isOnly: Uint8Array;
  /** By depth: what the branches of a node of that depth begin with. */
  readonly #below: string[] = [''];

  constructor(nodes: readonly TreeNode[]) {
    this.#nodes = nodes;
    this.#hasNext = new Uint8Array(nodes.length);
    this.#isOnly = new Uint8Array(nodes.length);
    const nextAt: boolean[] = [];
    for (let i = nodes.length - 1; i >= 0; i--) {
      const { depth } = nodes[i]!;
      nextAt.length = depth + 1;
      this.#hasNext[i] = nextAt[depth] === true ? 1 : 0;
      nextAt[depth] = true;
      const isFirst = i === 0 || nodes[i - 1]!.depth < depth;
      this.#isOnly[i] = isFirst && this.#hasNext[i] === 0 ? 1 : 0;
    }
  }

  /** For the i-th node, in order: before its own line, and before what is below it. */
  next(i: number): { first: string; rest: string } {
    const { depth } = this.#nodes[i]!;
    const before = this.#below[depth - 1]!;
    const more = this.#hasNext[i] === 1;
    const isOnly = this.#isOnly[i] === 1;
    const rest = isOnly ? before : `${before}${more ? '│  ' : '   '}`;
    this.#below[depth] = rest;
    return { first: isOnly ? before : `${before}${more ? '├─ ' : '└─ '}`, rest };
  }
}
