import '../styles/tree.css';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Selection, ViewProps } from '../model.ts';
import { reportTree } from '../rows/report-tree.ts';
import { delta, hasAny } from '../rows/sums.ts';
import {
  ancestors,
  type FiguredTree,
  figuredTree,
  hasChildren,
  heavyPath,
  nextMatch,
  nodeAt,
  nodePath,
  subtree,
  type TreeRows,
  untilChoice,
  visibleRows,
} from '../rows/tree.ts';
import { matchingFrames } from '../search.ts';
import { framePlace, functionName, visibleLine } from '../text.ts';
import { Grid, type GridColumn, type GridRow } from './grid.tsx';
import { Bar, figureCell, figureColumns, Name, NothingLeft, Twisty } from './parts.tsx';
import { useFocus } from './use-focus.ts';
import { useNextMatch } from './use-next-match.ts';

/** Who called whom, each caller with what it and its callees hold. */
export function TreeView(props: ViewProps) {
  const { model, selection, figures, update } = props;
  const [focus, setFocus] = useFocus(props);
  const { data } = model.joined;
  const difference = selection.mode === 'difference';
  const tree = reportTree(data, selection.inverted);
  const figured = useMemo(() => figuredTree(tree, figures, difference), [tree, figures]);
  // Without names, places stand for them.
  const hasNames = useMemo(() => data.frames.functionName.some((name) => name !== 0), [data]);
  const [expanded, setExpanded] = useExpanded(figured, selection.focus);
  const rows = useMemo(() => visibleRows(figured, expanded), [figured, expanded]);
  const found = useMemo(
    () => matchingFrames(model, selection.search),
    [model.lineOf, selection.search],
  );
  const current = Math.max(0, rows.node.indexOf(nodeAt(tree, focus)));
  const goTo = (index: number): void => setFocus(nodePath(tree, rows.node[index]!));
  const open = (nodes: readonly number[]): void => setExpanded(new Set([...expanded, ...nodes]));
  const close = (node: number): void =>
    setExpanded(new Set([...expanded].filter((other) => other !== node)));
  const toggle = (node: number): void => (expanded.has(node) ? close(node) : open([node]));

  const goToMatch = (isBack: boolean): void => {
    const node = found === null ? -1 : nextMatch(figured, rows.node[current]!, found, isBack);
    if (node < 0) return;
    open(ancestors(tree, node));
    setFocus(nodePath(tree, node));
  };
  useNextMatch(goToMatch);
  const actions: TreeActions = { goTo, open, close, toggle, goToMatch };
  if (!hasAny(figured.total, 0)) return <NothingLeft selection={selection} update={update} />;

  const columns = columnsOf(selection, hasNames, figures.spread !== null);
  const whole = figured.total.now[0]!;
  const cell = (index: number, column: string) => {
    const node = rows.node[index]!;
    if (column === 'label') {
      return (
        <Label
          figured={figured}
          node={node}
          text={node === 0 ? 'all' : nameOf(tree.frame[node]!)}
          code={node === 0 ? '' : visibleLine(model.lineOf(tree.frame[node]!))}
          isOpen={expanded.has(node)}
          isFound={found !== null && found[tree.frame[node]!] === 1}
          onToggle={() => toggle(node)}
        />
      );
    }
    if (column === 'place') {
      return node === 0 ? '' : <Name text={framePlace(data, tree.frame[node]!)} />;
    }
    const { total, own } = figured;
    return figureCell(column, { total, own, row: node, whole, unit: selection.unit });
  };
  const nameOf = (frame: number): string => functionName(data, frame) || framePlace(data, frame);
  return (
    <section class="view tree-view" aria-label="Call tree">
      <TreeBar
        onHeaviest={() => setExpanded(new Set(heavyPath(figured)))}
        onAll={() => open(subtree(figured, 0))}
        onNone={() => setExpanded(new Set([0]))}
      />
      <Grid
        label={selection.inverted ? 'Allocating functions and their callers' : 'Call tree'}
        isTree
        columns={columns}
        length={rows.node.length}
        row={(index) => gridRow(index, { figured, rows, expanded })}
        cell={cell}
        current={current}
        onCurrent={goTo}
        onKey={(event, index) => treeKey(event.key, index, { figured, rows, expanded }, actions)}
        onOpen={(index) => toggle(rows.node[index]!)}
      />
    </section>
  );
}

function gridRow(index: number, { figured, rows, expanded }: TreeState): GridRow {
  const node = rows.node[index]!;
  return {
    key: node,
    level: figured.tree.depth[node]! + 1,
    position: rows.position[index]!,
    siblings: rows.siblings[index]!,
    ...(hasChildren(figured, node) ? { expanded: expanded.has(node) } : {}),
  };
}

type TreeBarProps = {
  readonly onHeaviest: () => void;
  readonly onAll: () => void;
  readonly onNone: () => void;
};

function TreeBar({ onHeaviest, onAll, onNone }: TreeBarProps) {
  return (
    <div class="view-bar">
      <button type="button" class="button" onClick={onHeaviest}>
        Heaviest path
      </button>
      <button type="button" class="button" onClick={onAll}>
        Expand all
      </button>
      <button type="button" class="button" onClick={onNone}>
        Collapse
      </button>
      <span class="hint">
        <kbd>←</kbd> <kbd>→</kbd> close and open · <kbd>e</kbd> open until there is a choice ·{' '}
        <kbd>*</kbd> open all below
      </span>
    </div>
  );
}

function columnsOf(selection: Selection, hasNames: boolean, isEstimate: boolean): GridColumn[] {
  const { inverted } = selection;
  const label = inverted ? 'Called from' : hasNames ? 'Function' : 'Line';
  return [
    { id: 'label', label, numeric: false },
    ...figureColumns(selection, { own: !inverted, isEstimate }),
    ...(hasNames ? [{ id: 'place', label: 'Location', numeric: false, width: 250 }] : []),
  ];
}

type TreeActions = {
  readonly goTo: (index: number) => void;
  readonly open: (nodes: readonly number[]) => void;
  readonly close: (node: number) => void;
  readonly toggle: (node: number) => void;
  readonly goToMatch: (isBack: boolean) => void;
};

type TreeState = {
  readonly figured: FiguredTree;
  readonly rows: TreeRows;
  readonly expanded: ReadonlySet<number>;
};

/** What a key does at a row; false = the key is not the tree's. */
function treeKey(key: string, index: number, state: TreeState, actions: TreeActions): boolean {
  const { figured, rows, expanded } = state;
  const node = rows.node[index]!;
  const isOpen = expanded.has(node);
  switch (key) {
    case 'ArrowRight':
      if (isOpen) actions.goTo(Math.min(index + 1, rows.node.length - 1));
      else if (hasChildren(figured, node)) actions.open([node]);
      return true;
    case 'ArrowLeft':
      if (isOpen) actions.close(node);
      else if (node > 0) actions.goTo(rows.node.indexOf(figured.tree.parent[node]!));
      return true;
    case 'Enter':
    case ' ':
      if (hasChildren(figured, node)) actions.toggle(node);
      return true;
    case 'n':
    case 'N':
      actions.goToMatch(key === 'N');
      return true;
    case 'e':
      actions.open(untilChoice(figured, node));
      return true;
    case '*':
      actions.open(subtree(figured, node));
      return true;
    default:
      return false;
  }
}

/** Open nodes: the heaviest path until the reader chooses, and always the way to the focus. */
function useExpanded(
  figured: FiguredTree,
  focus: string,
): readonly [ReadonlySet<number>, (nodes: ReadonlySet<number>) => void] {
  const { tree } = figured;
  const first = (): { tree: typeof tree; nodes: ReadonlySet<number> } => ({
    tree,
    nodes: new Set([...heavyPath(figured), ...ancestors(tree, nodeAt(tree, focus))]),
  });
  const [state, setState] = useState(first);
  // Rows of another tree mean nothing in this one.
  const usable = state.tree === tree ? state : first();
  useEffect(() => {
    if (usable !== state) setState(usable);
  }, [tree]);
  return [usable.nodes, (nodes) => setState({ tree, nodes })];
}

type LabelProps = {
  readonly figured: FiguredTree;
  readonly node: number;
  readonly text: string;
  /** Its source; `''` = not known. */
  readonly code: string;
  readonly isOpen: boolean;
  readonly isFound: boolean;
  readonly onToggle: () => void;
};

function Label({ figured, node, text, code, isOpen, isFound, onToggle }: LabelProps) {
  const { total, tree, difference } = figured;
  const change = delta(total, node);
  const parent = Math.max(0, tree.parent[node]!);
  return (
    <span class="tree-label" style={{ paddingLeft: `${Math.min(tree.depth[node]!, 60) * 14}px` }}>
      <Twisty isOpen={hasChildren(figured, node) ? isOpen : undefined} onToggle={onToggle} />
      {difference ? (
        <Bar part={Math.abs(change)} whole={Math.abs(delta(total, parent))} sign={change} />
      ) : (
        <Bar part={total.now[node]!} whole={total.now[0]!} />
      )}
      <span class={isFound ? 'found' : ''}>
        <Name text={text} />
      </span>
      {code !== '' && <code class="row-code">{code}</code>}
    </span>
  );
}
