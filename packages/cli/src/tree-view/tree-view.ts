import {
  escapeControls,
  fitText,
  fitTextStart,
  formatBytes,
  formatCount,
  type Units,
} from '@tracemalloc/report';
import { Box, type Key, Text, useApp, useInput, useStdout } from 'ink';
import { createElement, type ReactElement, useEffect, useReducer, useState } from 'react';
import type { TreeModel } from './tree-model.ts';
import { reduce, rowsOf, type TreeAction, type TreeRow, type TreeState } from './tree-state.ts';

export type TreeViewProps = {
  readonly model: TreeModel;
  readonly initial: TreeState;
  readonly units: Units;
  readonly color: boolean;
  /** Of the terminal, until it says otherwise. */
  readonly width: number;
  readonly height: number;
  readonly getLine: (filename: string, lineno: number) => string;
};

/** Lines that are not rows of the tree: title, details, source, keys. */
const frameLines = 5;

/** A call tree to walk through by keys. */
export function TreeView(allProps: TreeViewProps): ReactElement {
  const props = { ...allProps, ...useTerminalSize(allProps) };
  const { model, initial, height } = props;
  const { exit } = useApp();
  const [state, dispatch] = useReducer(
    (before: TreeState, action: TreeAction) => reduce(model, before, action),
    initial,
  );
  const room = Math.max(height - frameLines, 1);
  useInput((input, key) => {
    for (const action of actionsOf(input, key, state.isSearching, room)) dispatch(action);
  });
  useEffect(() => {
    if (state.hasQuit) exit();
  }, [state.hasQuit, exit]);
  const rows = rowsOf(model, state);
  const at = rows.findIndex(({ node }) => node === state.cursor);
  const first = Math.max(0, Math.min(at - Math.floor(room / 2), rows.length - room));
  const visible = rows.slice(first, first + room);
  return createElement(
    Box,
    { flexDirection: 'column' },
    createElement(Text, { key: 'title', bold: true }, titleOf(props, state)),
    ...visible.map((row) => rowElement(props, state, row)),
    ...detailsOf(props, state).map((line, i) =>
      createElement(Text, { key: `detail ${i}`, dimColor: props.color && i === 1 }, line),
    ),
    createElement(Text, { key: 'keys', dimColor: props.color, wrap: 'truncate' }, keysOf(state)),
  );
}

type TerminalSize = Pick<TreeViewProps, 'width' | 'height'>;

/** Follows the terminal when it is resized. */
function useTerminalSize({ width, height }: TerminalSize): TerminalSize {
  const { stdout } = useStdout();
  const [size, setSize] = useState<TerminalSize>({ width, height });
  useEffect(() => {
    const resize = () => setSize({ width: stdout.columns ?? width, height: stdout.rows ?? height });
    stdout.on('resize', resize);
    return () => void stdout.off('resize', resize);
  }, [stdout, width, height]);
  return size;
}

/** What a key means; several letters come at once when the terminal was not read for a while. */
function actionsOf(
  input: string,
  key: Partial<Key>,
  isSearching: boolean,
  page: number,
): TreeAction[] {
  if (isSearching) return searchActions(input, key);
  if (key.upArrow) return [{ type: 'move', rows: -1 }];
  if (key.downArrow) return [{ type: 'move', rows: 1 }];
  if (key.pageUp) return [{ type: 'move', rows: -page }];
  if (key.pageDown) return [{ type: 'move', rows: page }];
  if (key.rightArrow) return [{ type: 'open' }];
  if (key.leftArrow) return [{ type: 'close' }];
  if (key.return) return [{ type: 'toggle' }];
  if (key.escape) return [{ type: 'cancel-search' }];
  return Array.from(input).flatMap((letter) => letters[letter] ?? []);
}

const letters: Readonly<Record<string, TreeAction>> = {
  e: { type: 'expand' },
  i: { type: 'toggle-imports' },
  u: { type: 'toggle-uninteresting' },
  m: { type: 'next-metric' },
  n: { type: 'next-match' },
  '/': { type: 'search' },
  q: { type: 'quit' },
};

function searchActions(input: string, key: Partial<Key>): TreeAction[] {
  if (key.return) return [{ type: 'end-search' }];
  if (key.escape) return [{ type: 'cancel-search' }];
  if (key.backspace || key.delete) return [{ type: 'erase' }];
  const isText = input !== '' && !key.ctrl && !key.meta;
  return isText ? [{ type: 'type', text: input }] : [];
}

function titleOf({ model, units, width }: TreeViewProps, { metric }: TreeState): string {
  const { size, count } = model.figures(metric).total;
  const host = escapeControls(String(model.data.metadata.host ?? ''));
  const figures = `${metric}: ${formatBytes(size[0]!, units)} in ${blocks(count[0]!)}`;
  return fitText(host === '' ? figures : `${figures} · ${host}`, width);
}

function rowElement(props: TreeViewProps, state: TreeState, row: TreeRow): ReactElement {
  const { model, units, color, width } = props;
  const { size } = model.figures(state.metric).total;
  const whole = size[0]!;
  const percent = whole === 0 ? 0 : (100 * size[row.node]!) / whole;
  const sign = !row.hasChildren ? ' ' : state.open.has(row.node) ? '▾' : '▸';
  const pointer = row.node === state.cursor ? '❯' : ' ';
  // Deep lines keep a third of the width for their name.
  const indent = ' '.repeat(Math.min(row.depth * 2, Math.floor(width / 3)));
  const amount = `${formatBytes(size[row.node]!, units)} (${percent.toFixed(1)} %)`;
  const start = `${pointer} ${indent}${sign} ${amount} `;
  const text = start + fitText(labelOf(model, row.node), Math.max(8, width - start.length));
  return createElement(
    Text,
    {
      key: row.node,
      inverse: color && row.node === state.cursor,
      wrap: 'truncate',
      ...(color && { color: colorOf(percent) }),
    },
    text,
  );
}

/** Memray's steps. */
function colorOf(percent: number): string {
  if (percent > 60) return 'red';
  if (percent > 20) return 'yellow';
  return percent > 5 ? 'green' : 'greenBright';
}

function labelOf(model: TreeModel, node: number): string {
  if (node === 0) return '<ROOT>';
  const place = `${escapeControls(model.filename(node))}:${model.lineno(node)}`;
  const name = escapeControls(model.functionName(node));
  return name === '' ? place : `${name}  ${place}`;
}

/** Of the line under the cursor: its figures, and its source where there is one. */
function detailsOf({ model, units, width, getLine }: TreeViewProps, state: TreeState): string[] {
  const { own, total } = model.figures(state.metric);
  const node = state.cursor;
  const figures =
    `${formatBytes(total.size[node]!, units)} in ${blocks(total.count[node]!)}, ` +
    `own ${formatBytes(own.size[node]!, units)} in ${blocks(own.count[node]!)}`;
  const source = node === 0 ? '' : getLine(model.filename(node), model.lineno(node)).trim();
  return [
    fitText(figures, width),
    source === '' ? ' ' : fitTextStart(escapeControls(source), width),
  ];
}

function blocks(count: number): string {
  return `${formatCount(count)} ${count === 1 ? 'block' : 'blocks'}`;
}

function keysOf({ isSearching, search, hidesImports, hidesUninteresting }: TreeState): string {
  if (isSearching) return `/${escapeControls(search)}▏ enter finds, esc cancels`;
  const imports = hidesImports ? 'show imports' : 'hide imports';
  const runners = hidesUninteresting ? 'show uninteresting' : 'hide uninteresting';
  const next = search === '' ? [] : [`n next '${escapeControls(search)}'`];
  return [
    'q quit',
    '↑↓ move',
    '←→ close, open',
    '⏎ toggle',
    'e expand',
    'm metric',
    '/ search',
    ...next,
    `i ${imports}`,
    `u ${runners}`,
  ].join('  ');
}
