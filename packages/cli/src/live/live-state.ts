import type { LiveRow, LiveUpdate } from '@tracemalloc/report/live';

/** What is shown of a run that goes on. */
export type LiveState = {
  /** The newest update, or the one that was paused at. */
  readonly update: LiveUpdate | null;
  readonly sort: 'total' | 'own' | 'count';
  /** `null`: all labels. */
  readonly label: string | null;
  readonly isPaused: boolean;
  /** What figures are differences to. */
  readonly baseline: LiveUpdate | null;
  readonly filter: string;
  readonly isTyping: boolean;
  /** Traced bytes of all updates so far, in pairs' maxima when they are many. */
  readonly history: readonly number[];
  readonly hasQuit: boolean;
};

export type LiveAction =
  | { readonly type: 'update'; readonly update: LiveUpdate }
  | { readonly type: 'sort'; readonly by: LiveState['sort'] }
  | { readonly type: 'label'; readonly step: 1 | -1 }
  | { readonly type: 'pause' | 'baseline' | 'search' | 'end-search' | 'erase' | 'clear' | 'quit' }
  | { readonly type: 'type'; readonly text: string };

export const initialLive: LiveState = {
  update: null,
  sort: 'total',
  label: null,
  isPaused: false,
  baseline: null,
  filter: '',
  isTyping: false,
  history: [],
  hasQuit: false,
};

/** Updates that the curve has. */
const mostHistory = 512;

export function reduceLive(state: LiveState, action: LiveAction): LiveState {
  switch (action.type) {
    case 'update':
      return withUpdate(state, action.update);
    case 'sort':
      return { ...state, sort: action.by };
    case 'label':
      return { ...state, label: nextLabel(state, action.step), baseline: null };
    case 'pause':
      return { ...state, isPaused: !state.isPaused };
    case 'baseline':
      return { ...state, baseline: state.baseline === null ? state.update : null };
    case 'search':
      return { ...state, isTyping: true };
    case 'type':
      return { ...state, filter: state.filter + action.text };
    case 'erase':
      return { ...state, filter: Array.from(state.filter).slice(0, -1).join('') };
    case 'clear':
      return { ...state, filter: '', isTyping: false };
    case 'end-search':
      return { ...state, isTyping: false };
    case 'quit':
      return { ...state, hasQuit: true };
  }
}

function withUpdate(state: LiveState, update: LiveUpdate): LiveState {
  let history = [...state.history, update.current];
  if (history.length > mostHistory) {
    history = Array.from({ length: history.length >> 1 }, (_, i) =>
      Math.max(history[2 * i]!, history[2 * i + 1]!),
    );
  }
  // What came for another label is late.
  const isShown = (!state.isPaused || update.isOver) && update.label === state.label;
  return { ...state, history, update: isShown ? update : state.update };
}

function nextLabel({ update, label }: LiveState, step: number): string | null {
  const all = [null, ...(update?.labels ?? [])];
  const at = Math.max(0, all.indexOf(label));
  return all[(at + step + all.length) % all.length]!;
}

/** Rows as they are listed: those that the filter is in, biggest first, less what the baseline had. */
export function liveRows({ update, baseline, filter, sort }: LiveState): readonly LiveRow[] {
  const wanted = filter.toLowerCase();
  const rows = (update?.rows ?? []).filter(({ functionName, filename }) =>
    `${functionName} ${filename}`.toLowerCase().includes(wanted),
  );
  const before = new Map(baseline?.rows.map((row) => [keyOf(row), row]));
  const shown = baseline === null ? rows : rows.map((row) => less(row, before.get(keyOf(row))));
  const key = ({ total: 'totalSize', own: 'ownSize', count: 'count' } as const)[sort];
  return [...shown].sort((a, b) => b[key] - a[key]);
}

const keyOf = ({ functionName, filename, lineno }: LiveRow): string =>
  JSON.stringify([functionName, filename, lineno]);

function less(row: LiveRow, before: LiveRow | undefined): LiveRow {
  if (before === undefined) return row;
  return {
    ...row,
    totalSize: row.totalSize - before.totalSize,
    ownSize: row.ownSize - before.ownSize,
    count: row.count - before.count,
  };
}
