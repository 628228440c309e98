import type { Metric } from '@tracemalloc/core';
import type { CodeShown } from '@tracemalloc/core/analysis';
import type { TreeModel } from './tree-model.ts';

/** All that keys change. Nodes are rows of the call tree that is shown; 0 is the root. */
export type TreeState = {
  readonly metric: Metric;
  readonly open: ReadonlySet<number>;
  readonly cursor: number;
  /** Whose frames are shown. */
  readonly code: CodeShown;
  /** What was searched for last; `''` = nothing. */
  readonly search: string;
  /** Whether letters go to `search`. */
  readonly isSearching: boolean;
  /** Whether the keys are shown in place of the tree. */
  readonly showsHelp: boolean;
  readonly hasQuit: boolean;
};

export type TreeAction =
  | { readonly type: 'move'; readonly rows: number }
  | { readonly type: 'open' | 'close' | 'toggle' | 'expand' | 'next-metric' | 'next-code' }
  | { readonly type: 'help' | 'quit' }
  | { readonly type: 'search' | 'next-match' | 'end-search' | 'cancel' | 'erase' }
  | { readonly type: 'type'; readonly text: string };

/** A line of the view. */
export type TreeRow = {
  readonly node: number;
  /** Steps to the right; frames that are not shown take none. */
  readonly depth: number;
  readonly hasChildren: boolean;
};

/**
 * The root is open, and what follows it until the way forks, as in memray.
 *
 * @param whole The tree with all frames.
 * @param code Whose frames are shown at first; where there is nothing to fold, all are.
 */
export function initialState(whole: TreeModel, metric: Metric, code: CodeShown): TreeState {
  const closed: TreeState = {
    metric,
    open: new Set(),
    cursor: 0,
    code: whole.codes.includes(code) ? code : 'all',
    search: '',
    isSearching: false,
    showsHelp: false,
    hasQuit: false,
  };
  return expand(whole.showing(closed.code).model, closed);
}

/** @param whole The tree with all frames. */
export function reduce(whole: TreeModel, state: TreeState, action: TreeAction): TreeState {
  if (state.showsHelp && action.type !== 'quit') return { ...state, showsHelp: false };
  const { model } = whole.showing(state.code);
  switch (action.type) {
    case 'move':
      return move(model, state, action.rows);
    case 'open':
      return state.open.has(state.cursor) ? move(model, state, 1) : setOpen(model, state, true);
    case 'close':
      return state.open.has(state.cursor)
        ? setOpen(model, state, false)
        : { ...state, cursor: callerOf(model, state.cursor) };
    case 'toggle':
      return setOpen(model, state, !state.open.has(state.cursor));
    case 'expand':
      return expand(model, state);
    case 'next-metric':
      return shown(model, { ...state, metric: after(model.metrics, state.metric) });
    case 'next-code':
      return withCode(whole, state, after(whole.codes, state.code));
    case 'help':
      return { ...state, showsHelp: true };
    case 'quit':
      return { ...state, hasQuit: true };
    default:
      return reduceSearch(model, state, action);
  }
}

function reduceSearch(
  model: TreeModel,
  state: TreeState,
  action: Extract<
    TreeAction,
    { type: `${string}search` | 'next-match' | 'cancel' | 'erase' | 'type' }
  >,
): TreeState {
  switch (action.type) {
    case 'search':
      return { ...state, isSearching: true, search: '' };
    case 'type':
      return { ...state, search: state.search + action.text };
    case 'erase':
      return { ...state, search: Array.from(state.search).slice(0, -1).join('') };
    case 'cancel':
      return { ...state, isSearching: false, search: '' };
    case 'end-search':
      return nextMatch(model, { ...state, isSearching: false });
    case 'next-match':
      return nextMatch(model, state);
  }
}

/** The lines of the view, root first; children by memory, biggest first. */
export function rowsOf(whole: TreeModel, state: TreeState): TreeRow[] {
  return rowsIn(whole.showing(state.code).model, state);
}

function rowsIn(model: TreeModel, state: TreeState): TreeRow[] {
  const rows: TreeRow[] = [];
  const waiting: { node: number; depth: number }[] = [{ node: 0, depth: 0 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, depth } = next;
    const children = childrenOf(model, state, node);
    rows.push({ node, depth, hasChildren: children.length > 0 });
    if (!state.open.has(node)) continue;
    for (const child of children.reverse()) waiting.push({ node: child, depth: depth + 1 });
  }
  return rows;
}

/** What has memory by the metric. */
function childrenOf(model: TreeModel, state: TreeState, node: number): number[] {
  const { firstChild, childCount } = model.calls;
  const { size, count } = model.figures(state.metric).total;
  const first = firstChild[node]!;
  return Array.from({ length: childCount[node]! }, (_, i) => first + i)
    .filter((child) => count[child] !== 0)
    .sort((a, b) => size[b]! - size[a]! || a - b);
}

function move(model: TreeModel, state: TreeState, by: number): TreeState {
  const rows = rowsIn(model, state);
  const index = rows.findIndex(({ node }) => node === state.cursor);
  const target = Math.min(Math.max(index + by, 0), rows.length - 1);
  return { ...state, cursor: rows[target]!.node };
}

function setOpen(model: TreeModel, state: TreeState, isOpen: boolean): TreeState {
  const open = new Set(state.open);
  if (!isOpen) open.delete(state.cursor);
  else if (childrenOf(model, state, state.cursor).length > 0) open.add(state.cursor);
  return { ...state, open };
}

/** Opens the line and what follows it, until a line has more than one child. */
function expand(model: TreeModel, state: TreeState): TreeState {
  const open = new Set(state.open);
  let node = state.cursor;
  for (;;) {
    const children = childrenOf(model, state, node);
    if (children.length > 0) open.add(node);
    if (children.length !== 1) return { ...state, open };
    node = children[0]!;
  }
}

/** What was open stays open in the other tree; the cursor goes to its line, or to the caller's. */
function withCode(whole: TreeModel, before: TreeState, code: CodeShown): TreeState {
  const [from, to] = [whole.showing(before.code), whole.showing(code)];
  const open = new Set<number>();
  from.nodeOf.forEach((node, inWhole) => {
    const isItself = from.model.calls.frame[node] === whole.calls.frame[inWhole];
    if (isItself && before.open.has(node)) open.add(to.nodeOf[inWhole]!);
  });
  const cursor = to.nodeOf[from.nodeOf.indexOf(before.cursor)]!;
  return shown(to.model, { ...before, code, open, cursor });
}

/** In another tree or by another metric the cursor may be on a line that is not there. */
function shown(model: TreeModel, state: TreeState): TreeState {
  if (rowsIn(model, state).some(({ node }) => node === state.cursor)) return state;
  return shown(model, { ...state, cursor: callerOf(model, state.cursor) });
}

function callerOf({ calls }: TreeModel, node: number): number {
  return Math.max(calls.parent[node]!, 0);
}

/** The next one, and the first after the last. */
function after<T>(all: readonly T[], one: T): T {
  return all[(all.indexOf(one) + 1) % all.length]!;
}

/** Goes to the next line that has the text in its name or file, opened or not; round at the end. */
function nextMatch(model: TreeModel, state: TreeState): TreeState {
  const text = state.search.toLowerCase();
  if (text === '') return state;
  const all = rowsIn(model, { ...state, open: everything(model) });
  const from = all.findIndex(({ node }) => node === state.cursor);
  const order = [...all.slice(from + 1), ...all.slice(0, from + 1)];
  const match = order.find(({ node }) => {
    const name = `${model.functionName(node)} ${model.filename(node)}:${model.lineno(node)}`;
    return node > 0 && name.toLowerCase().includes(text);
  });
  if (match === undefined) return state;
  const open = new Set(state.open);
  for (let node = model.calls.parent[match.node]!; node >= 0; node = model.calls.parent[node]!) {
    open.add(node);
  }
  return { ...state, cursor: match.node, open };
}

function everything({ calls }: TreeModel): Set<number> {
  return new Set(Array.from({ length: calls.length }, (_, node) => node));
}
