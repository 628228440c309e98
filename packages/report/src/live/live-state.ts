import type { LiveRow, LiveUpdate } from './live-update.ts';

/** What a view shows of a run that goes on; {@link reduceLive} makes the next one of it. */
export type LiveState = {
  /** The newest update, or the one that was paused at. */
  readonly update: LiveUpdate | null;
  /** The column that rows are sorted by, biggest first. */
  readonly sort: 'total' | 'own' | 'count';
  /** `null`: all labels. */
  readonly label: string | null;
  /** Whether newer updates are not shown. */
  readonly isPaused: boolean;
  /** What figures are differences to; `null`: to nothing. */
  readonly baseline: LiveUpdate | null;
  /** Whether the next update becomes the baseline: what is shown is still of another label. */
  readonly isBaselineDue: boolean;
  /** Text that listed functions have in their name or file. */
  readonly filter: string;
  /** Whether keys are the filter's text. */
  readonly isTyping: boolean;
  /** Rows that are scrolled past. */
  readonly first: number;
  /** Traced bytes of all updates so far, in pairs' maxima when they are many. */
  readonly history: readonly number[];
  /** Whether the user wants to leave, and whether the program is to end, too. */
  readonly hasQuit: 'no' | 'view' | 'program';
};

/** What happens to a {@link LiveState} and needs no more words; `quit` leaves the view, `end` ends the program, too. */
export type LiveSignal =
  | 'pause'
  | 'baseline'
  | 'all'
  | 'search'
  | 'end-search'
  | 'erase'
  | 'clear'
  | 'quit'
  | 'end'
  | 'ended';

/** What happens to a {@link LiveState}. */
export type LiveAction =
  | { readonly type: 'update'; readonly update: LiveUpdate }
  | { readonly type: 'sort'; readonly by: LiveState['sort'] }
  | { readonly type: 'label'; readonly step: 1 | -1 }
  | { readonly type: 'choose'; readonly label: string | null }
  | { readonly type: 'scroll'; readonly rows: number }
  | { readonly type: 'filter' | 'type'; readonly text: string }
  | { readonly type: LiveSignal };

/** Before the first update. */
export const initialLive: LiveState = {
  update: null,
  sort: 'total',
  label: null,
  isPaused: false,
  baseline: null,
  isBaselineDue: false,
  filter: '',
  isTyping: false,
  first: 0,
  history: [],
  hasQuit: 'no',
};

/** Updates that the curve has. */
const mostHistory = 512;

/** The state after an action. */
export function reduceLive(state: LiveState, action: LiveAction): LiveState {
  switch (action.type) {
    case 'update':
      return withUpdate(state, action.update);
    case 'sort':
      return { ...state, sort: action.by, first: 0 };
    case 'label':
      return withLabel(state, nextLabel(state, action.step));
    case 'choose':
      return withLabel(state, action.label);
    case 'all':
      return withLabel(state, null);
    case 'scroll':
      return { ...state, first: firstRow(state, state.first + action.rows) };
    case 'pause':
      return { ...state, isPaused: !state.isPaused };
    case 'baseline':
      return withBaseline(state);
    case 'quit':
      return { ...state, hasQuit: 'view' };
    case 'end':
      return { ...state, hasQuit: 'program' };
    // What comes next is of another run.
    case 'ended':
      return { ...state, update: null, baseline: null, isBaselineDue: false, history: [] };
    default:
      return { ...state, ...filtering(state, action), first: 0 };
  }
}

function filtering(state: LiveState, action: LiveAction): Partial<LiveState> {
  switch (action.type) {
    case 'search':
      return { isTyping: true };
    case 'end-search':
      return { isTyping: false };
    case 'type':
      return { filter: state.filter + action.text };
    case 'filter':
      return { filter: action.text };
    case 'erase':
      return { filter: Array.from(state.filter).slice(0, -1).join('') };
    case 'clear':
      return { filter: '', isTyping: false };
    default:
      return {};
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
  if (!isShown) return { ...state, history };
  const baseline = state.isBaselineDue ? update : state.baseline;
  return { ...state, history, update, baseline, isBaselineDue: false };
}

function withBaseline(state: LiveState): LiveState {
  const { update, baseline, label, isBaselineDue } = state;
  if (baseline !== null || isBaselineDue) return { ...state, baseline: null, isBaselineDue: false };
  const isOther = update === null || update.label !== label;
  return isOther ? { ...state, isBaselineDue: true } : { ...state, baseline: update };
}

/** Pausing holds still what is shown, and a baseline is of one label: another one ends both. */
function withLabel(state: LiveState, label: string | null): LiveState {
  if (label === state.label) return state;
  return { ...state, label, baseline: null, isBaselineDue: false, isPaused: false, first: 0 };
}

function nextLabel({ update, label }: LiveState, step: number): string | null {
  const all = [null, ...(update?.labels ?? [])];
  const at = Math.max(0, all.indexOf(label));
  return all[(at + step + all.length) % all.length]!;
}

function firstRow(state: LiveState, row: number): number {
  return Math.max(0, Math.min(row, liveRows(state).length - 1));
}

/** Rows as they are listed: those that have the filter's text, biggest first, less what the baseline had. */
export function liveRows({ update, baseline, filter, sort }: LiveState): readonly LiveRow[] {
  if (update === null) return [];
  const wanted = filter.toLowerCase();
  const rows = baseline === null ? update.rows : differences(update, baseline);
  const key = ({ total: 'totalSize', own: 'ownSize', count: 'count' } as const)[sort];
  return rows
    .filter(({ functionName, filename }) =>
      `${functionName} ${filename}`.toLowerCase().includes(wanted),
    )
    .sort((a, b) => b[key] - a[key]);
}

const keyOf = ({ functionName, filename, lineno }: LiveRow): string =>
  JSON.stringify([functionName, filename, lineno]);

/** What is in one update alone counts from zero, unless it may just be unlisted in the other. */
function differences(update: LiveUpdate, baseline: LiveUpdate): LiveRow[] {
  const before = new Map(baseline.rows.map((row) => [keyOf(row), row]));
  const isKnown = (row: LiveRow): boolean => baseline.others === 0 || before.has(keyOf(row));
  const rows = update.rows
    .filter(isKnown)
    .map((row) => less(row, before.get(keyOf(row)) ?? { ...row, ...nothing }));
  if (update.others > 0) return rows;
  const now = new Set(update.rows.map(keyOf));
  const gone = baseline.rows.filter((row) => !now.has(keyOf(row)));
  return [...rows, ...gone.map((row) => less({ ...row, ...nothing }, row))];
}

const nothing = { totalSize: 0, ownSize: 0, count: 0 } as const;

function less(row: LiveRow, before: LiveRow): LiveRow {
  return {
    ...row,
    totalSize: row.totalSize - before.totalSize,
    ownSize: row.ownSize - before.ownSize,
    count: row.count - before.count,
  };
}
