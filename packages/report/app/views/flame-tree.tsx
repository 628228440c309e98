import { childrenOf, type FlameLayout, pathTo } from './flame-layout.ts';

/** Siblings and children that are there at a time: a node may have 10^5. */
const window = 24;

type FlameTreeProps = {
  readonly layout: FlameLayout;
  readonly selected: number;
  readonly describe: (node: number) => string;
};

/**
 * The canvas for a screen reader: the way to the selected node, its neighbours and its children, as
 * items of the tree that the box around is.
 */
export function FlameTree({ layout, selected, describe }: FlameTreeProps) {
  const { tree, place } = layout;
  const parent = tree.parent[selected]!;
  const siblings = parent < 0 ? Int32Array.of(selected) : childrenOf(layout, parent);
  const children = childrenOf(layout, selected);
  const item = (node: number, setSize: number) => (
    <div
      key={node}
      role="treeitem"
      tabIndex={-1}
      id={`flame-${node}`}
      aria-level={tree.depth[node]! + 1}
      aria-posinset={place[node]! + 1}
      aria-setsize={setSize}
      aria-selected={node === selected}
      {...(childrenOf(layout, node).length > 0 ? { 'aria-expanded': node === selected } : {})}
    >
      {describe(node)}
    </div>
  );
  const start = Math.max(0, place[selected]! - window / 2);
  return (
    <>
      {pathTo(layout, selected)
        .slice(1)
        .reverse()
        .map((node) => {
          const above = tree.parent[node]!;
          return item(node, above < 0 ? 1 : childrenOf(layout, above).length);
        })}
      {Array.from(siblings.subarray(start, start + window), (node) => [
        item(node, siblings.length),
        node === selected
          ? Array.from(children.subarray(0, window), (child) => item(child, children.length))
          : null,
      ])}
    </>
  );
}
