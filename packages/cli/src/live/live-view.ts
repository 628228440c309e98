import { escapeControls, fitText, formatBytes, formatCount } from '@tracemalloc/report';
import type { LiveUpdate } from '@tracemalloc/report/live';
import { Box, type Key, render, Text, useApp, useInput, useStdout } from 'ink';
import { createElement, type ReactElement, useEffect, useReducer } from 'react';
import {
  initialLive,
  type LiveAction,
  type LiveState,
  liveRows,
  reduceLive,
} from './live-state.ts';
import { readUpdates } from './read-updates.ts';

type Props = {
  readonly url: string;
  readonly title: string;
  readonly color: boolean;
};

/** Lines that are no rows: title, curve, figures, head of the table, keys. */
const frameLines = 7;
const levels = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** Shows what lives while it goes on; returns when the program has ended, or the user quits. */
export async function showLive(props: Props): Promise<void> {
  await render(createElement(LiveView, props), { exitOnCtrlC: true }).waitUntilExit();
}

/** Ends by what reading the updates threw. */
function LiveView({ url, title, color }: Props): ReactElement {
  const { exit } = useApp();
  const { stdout } = useStdout();
  const [state, dispatch] = useReducer(reduceLive, initialLive);
  const { label } = state;
  useEffect(() => {
    const stop = new AbortController();
    const onUpdate = (update: LiveUpdate): void => dispatch({ type: 'update', update });
    readUpdates(url, { label, onUpdate, signal: stop.signal }).then(
      () => {
        if (!stop.signal.aborted) exit();
      },
      (error: Error) => {
        if (!stop.signal.aborted) exit(error);
      },
    );
    return () => stop.abort();
  }, [url, label, exit]);
  useInput((input, key) => {
    for (const action of actionsOf(input, key, state.isTyping)) dispatch(action);
  });
  useEffect(() => {
    if (state.hasQuit) exit();
  }, [state.hasQuit, exit]);
  const width = stdout.columns ?? 80;
  const height = stdout.rows ?? 24;
  const lines = liveLines(state, { title, width, rows: Math.max(1, height - frameLines) });
  return createElement(
    Box,
    { flexDirection: 'column' },
    ...lines.map((line, i) =>
      createElement(
        Text,
        { key: i, bold: i === 0, dimColor: color && i === lines.length - 1, wrap: 'truncate' },
        line === '' ? ' ' : line,
      ),
    ),
  );
}

/** All lines of the screen. */
export function liveLines(
  state: LiveState,
  { title, width, rows }: { readonly title: string; readonly width: number; readonly rows: number },
): string[] {
  const { update, baseline, label } = state;
  const size = (bytes: number): string =>
    `${baseline !== null && bytes > 0 ? '+' : ''}${formatBytes(bytes, 'iec')}`;
  const columns = (cells: readonly string[], place: string): string =>
    fitText(`${cells.map((cell) => cell.padStart(10)).join(' ')}  ${place}`, width);
  const shownLabel =
    label === null ? 'all labels' : label === '' ? '(no label)' : escapeControls(label);
  const figures =
    update === null
      ? 'waiting for the program …'
      : `${formatBytes(update.current, 'iec')} in ${formatCount(update.blocks)} blocks, peak ${formatBytes(update.peak, 'iec')}, ` +
        `${(update.time / 1000).toFixed(1)} s · ${shownLabel}${state.isPaused ? ' · paused' : ''}${baseline === null ? '' : ' · since the baseline'}`;
  const whole = update?.current || 1;
  const part = (bytes: number): string => `${((100 * bytes) / whole).toFixed(1)}%`;
  const listed = liveRows(state)
    .slice(0, rows)
    .map((row) => {
      const name = escapeControls(row.functionName) || '<unknown>';
      const line = row.lineno === 0 ? '' : `:${row.lineno}`;
      return columns(
        [
          size(row.totalSize),
          part(row.totalSize),
          size(row.ownSize),
          part(row.ownSize),
          formatCount(row.count),
        ],
        `${name}  ${escapeControls(row.filename)}${line}`,
      );
    });
  return [
    fitText(escapeControls(title), width),
    ...curveOf(state.history, width),
    fitText(figures, width),
    columns(['Total', 'Total %', 'Own', 'Own %', 'Blocks'], 'Function'),
    ...listed,
    state.isTyping
      ? fitText(`/${escapeControls(state.filter)}▏ enter keeps, esc clears`, width)
      : fitText(
          'q quit  t total  o own  a blocks  ←→ label  space pause  b baseline  / filter',
          width,
        ),
  ];
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

const letters: Readonly<Record<string, LiveAction>> = {
  q: { type: 'quit' },
  t: { type: 'sort', by: 'total' },
  o: { type: 'sort', by: 'own' },
  a: { type: 'sort', by: 'count' },
  ' ': { type: 'pause' },
  b: { type: 'baseline' },
  '/': { type: 'search' },
};

function actionsOf(input: string, key: Partial<Key>, isTyping: boolean): LiveAction[] {
  if (isTyping) {
    if (key.return) return [{ type: 'end-search' }];
    if (key.escape) return [{ type: 'clear' }];
    if (key.backspace || key.delete) return [{ type: 'erase' }];
    return input !== '' && !key.ctrl && !key.meta ? [{ type: 'type', text: input }] : [];
  }
  if (key.leftArrow) return [{ type: 'label', step: -1 }];
  if (key.rightArrow) return [{ type: 'label', step: 1 }];
  return Array.from(input).flatMap((letter) => letters[letter] ?? []);
}
