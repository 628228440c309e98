import type { CodeShown } from '@tracemalloc/core/analysis';
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
import { actionsOf, keyList } from './tree-keys.ts';
import type { TreeModel } from './tree-model.ts';
import { reduce, rowsOf, type TreeRow, type TreeState } from './tree-state.ts';

export type TreeViewProps = {
  /** With all frames. */
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
  const { model: whole, initial, height } = props;
  const { exit } = useApp();
  const room = Math.max(height - frameLines, 1);
  // What a key means is asked when it is its turn: others may come before anything is drawn.
  const [state, dispatch] = useReducer(
    (before: TreeState, { input, key }: { readonly input: string; readonly key: Partial<Key> }) =>
      actionsOf(input, key, before.isSearching, room).reduce(
        (at, action) => reduce(whole, at, action),
        before,
      ),
    initial,
  );
  useInput((input, key) => dispatch({ input, key }));
  useEffect(() => {
    if (state.hasQuit) exit();
  }, [state.hasQuit, exit]);
  const shown = { ...props, model: whole.showing(state.code).model };
  const rows = rowsOf(whole, state);
  const at = rows.findIndex(({ node }) => node === state.cursor);
  const first = Math.max(0, Math.min(at - Math.floor(room / 2), rows.length - room));
  const visible = rows.slice(first, first + room);
  return createElement(
    Box,
    { flexDirection: 'column' },
    createElement(Text, { key: 'title', bold: true }, titleOf(shown, state)),
    ...(state.showsHelp
      ? keyList.slice(0, room).map(helpElement)
      : visible.map((row) => rowElement(shown, state, row))),
    ...detailsOf(shown, state).map((line, i) =>
      createElement(Text, { key: `detail ${i}`, dimColor: props.color && i === 1 }, line),
    ),
    createElement(
      Text,
      { key: 'keys', dimColor: props.color, wrap: 'truncate' },
      keysOf(whole, state),
    ),
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

function helpElement([keys, meaning]: readonly [string, string]): ReactElement {
  return createElement(Text, { key: keys, wrap: 'truncate' }, `  ${keys.padEnd(20)}${meaning}`);
}

const codeWords: Readonly<Record<CodeShown, string>> = {
  mine: 'my code',
  imported: 'no imports',
  all: 'all code',
};

/** What fits into 80 columns; `?` has them all. */
function keysOf({ metrics, codes }: TreeModel, state: TreeState): string {
  const { isSearching, showsHelp, search, code } = state;
  if (isSearching) return `/${escapeControls(search)}▏ enter finds, esc cancels`;
  if (showsHelp) return 'any key goes back  q quit';
  return [
    '? keys',
    '←→ close, open',
    'e expand',
    ...(metrics.length > 1 ? ['m metric'] : []),
    ...(codes.length > 1 ? [`l (${codeWords[code]})`] : []),
    search === '' ? '/ search' : `n next '${escapeControls(search)}'`,
    'q quit',
  ].join('  ');
}
