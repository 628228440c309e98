import { nodeAt, nodePath } from '../rows/tree.ts';
import { childrenOf, type FlameLayout, type Found } from './flame-layout.ts';

const upsideDown: Readonly<Record<string, string>> = {
  ArrowUp: 'ArrowDown',
  ArrowDown: 'ArrowUp',
};

/** Where a key leads from a node: the same node where there is no way. `null` = not such a key. */
export function nodeAfterKey(
  layout: FlameLayout,
  node: number,
  pressed: string,
  { found, isFlipped }: { readonly found: Found | null; readonly isFlipped: boolean },
): number | null {
  const { tree } = layout;
  const key = isFlipped ? (upsideDown[pressed] ?? pressed) : pressed;
  const level = layout.levels[tree.depth[node]!]!;
  const at = level.indexOf(node);
  switch (key) {
    case 'ArrowDown':
      return childrenOf(layout, node)[0] ?? node;
    case 'ArrowUp':
      return Math.max(0, tree.parent[node]!);
    case 'ArrowRight':
      return level[at + 1] ?? node;
    case 'ArrowLeft':
      return level[at - 1] ?? node;
    case 'Home':
      return level[0]!;
    case 'End':
      return level[level.length - 1]!;
    case 'n':
      return nextMatch(found, node, 1);
    case 'N':
      return nextMatch(found, node, -1);
    default:
      return null;
  }
}

export function nextMatch(found: Found | null, node: number, step: 1 | -1): number {
  if (found === null || found.nodes.length === 0) return node;
  const { nodes } = found;
  const at = nodes.indexOf(node);
  if (at < 0) return nodes[step === 1 ? 0 : nodes.length - 1]!;
  return nodes[(at + step + nodes.length) % nodes.length]!;
}

/**
 * The zooms that a focus holds, outermost first: frames from each to the next, `4-0.12-3`. Those that
 * this tree does not have are left out.
 */
export function zoomsOf(layout: FlameLayout, focus: string): number[] {
  const zooms: number[] = [];
  let above = 0;
  for (const path of focus.split('.')) {
    const node = nodeAt(layout.tree, path, above);
    if (node === above || !(layout.width[node]! > 0)) break;
    zooms.push(node);
    above = node;
  }
  return zooms;
}

/** The focus that holds the zooms. */
export function focusOf({ tree }: FlameLayout, zooms: readonly number[]): string {
  return zooms.map((node, index) => nodePath(tree, node, zooms[index - 1] ?? 0)).join('.');
}

/** The zooms after a node was chosen: its ancestors stay, and it comes last. */
export function zoomsWith(layout: FlameLayout, zooms: readonly number[], node: number): number[] {
  const isAbove = (ancestor: number): boolean => {
    let at = layout.tree.parent[node]!;
    while (at > ancestor) at = layout.tree.parent[at]!;
    return at === ancestor;
  };
  return node === 0 ? [] : [...zooms.filter((zoom) => zoom !== node && isAbove(zoom)), node];
}
