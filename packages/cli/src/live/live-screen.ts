import { escapeControls, fitText, formatBytes, formatCount } from '@tracemalloc/report';
import { type LiveRow, type LiveState, liveRows } from '@tracemalloc/report/live';

/** What the screen is for. */
export type Screen = {
  readonly title: string;
  /** What is said until there is an update. */
  readonly waiting: string;
  readonly width: number;
  /** Rows of the table. */
  readonly rows: number;
  /** What `q` and Ctrl+C do. */
  readonly leaving: string;
};

/** Lines that are no rows: title, curve, figures, head of the table, keys. */
export const frameLines = 7;
const levels = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** All lines of the screen. */
export function liveLines(state: LiveState, screen: Screen): string[] {
  const { title, waiting, width, rows, leaving } = screen;
  const all = liveRows(state);
  const first = Math.max(0, Math.min(state.first, all.length - 1));
  const listed = all.slice(first, first + rows).map((row) => rowLine(state, row, width));
  return [
    fitText(escapeControls(title), width),
    ...curveOf(state.history, width),
    fitText(state.update === null ? waiting : figuresOf(state, first, all.length), width),
    columns(['Total', 'Total %', 'Own', 'Own %', 'Blocks'], 'Function', width),
    ...listed,
    fitText(
      state.isTyping
        ? `/${escapeControls(state.filter)}▏ enter keeps, esc clears`
        : `${leaving}  t total  o own  a blocks  ←→ label  m all  ↑↓ scroll  space pause  b baseline  / filter`,
      width,
    ),
  ];
}

function figuresOf(state: LiveState, first: number, count: number): string {
  const { update, baseline, label, isPaused, filter } = state;
  const { current, blocks, peak, time, labels, others } = update!;
  const shown = label === null ? 'all labels' : label === '' ? '(no label)' : escapeControls(label);
  const which =
    labels.length < 2 && label === null
      ? shown
      : `${shown} (${label === null ? labels.length : `${labels.indexOf(label) + 1} of ${labels.length}`})`;
  return [
    `${formatBytes(current, 'iec')} in ${formatCount(blocks)} blocks, peak ${formatBytes(peak, 'iec')}, ${(time / 1000).toFixed(1)} s`,
    which,
    ...(isPaused ? ['paused'] : []),
    ...(baseline === null ? [] : ['since the baseline']),
    ...(filter === '' ? [] : [`with '${escapeControls(filter)}'`]),
    ...(first > 0 ? [`from row ${formatCount(first + 1)} of ${formatCount(count)}`] : []),
    ...(others > 0 ? [`${formatCount(others)} more functions`] : []),
  ].join(' · ');
}

function rowLine({ update, baseline }: LiveState, row: LiveRow, width: number): string {
  const isDifference = baseline !== null;
  const size = (bytes: number): string =>
    `${isDifference && bytes > 0 ? '+' : ''}${formatBytes(bytes, 'iec')}`;
  const count = `${isDifference && row.count > 0 ? '+' : ''}${formatCount(row.count)}`;
  const whole = update?.current || 1;
  const part = (bytes: number): string => `${((100 * bytes) / whole).toFixed(1)}%`;
  const name = escapeControls(row.functionName) || '<unknown>';
  const line = row.lineno === 0 ? '' : `:${row.lineno}`;
  const { totalSize, ownSize } = row;
  return columns(
    [size(totalSize), part(totalSize), size(ownSize), part(ownSize), count],
    `${name}  ${escapeControls(row.filename)}${line}`,
    width,
  );
}

/** Columns that a place needs to be known again; where it has no more, figures are cut, too. */
const leastPlace = 8;

/** Of what is too wide the place is cut, which has its file at its end, and no figure. */
function columns(cells: readonly string[], place: string, width: number): string {
  const figures = `${cells.map((cell) => cell.padStart(10)).join(' ')}  `;
  const room = width - figures.length;
  return room < leastPlace ? fitText(figures + place, width) : figures + fitText(place, room);
}

/** Two rows of blocks, the newest to the right. */
function curveOf(history: readonly number[], width: number): string[] {
  const shown = history.slice(-width);
  const most = Math.max(1, ...shown);
  const heights = shown.map((bytes) => Math.round((bytes / most) * 16));
  const row = (from: number): string =>
    heights.map((height) => levels[Math.max(0, Math.min(8, height - from))]).join('');
  return [row(8), row(0)];
}
