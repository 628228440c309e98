import { type RawTrace, Snapshot } from '@tracemalloc/core';
import { render } from 'ink-testing-library';
import { createElement } from 'react';
import { describe, expect, test } from 'vitest';
import { TreeModel } from '../../src/tree-view/tree-model.ts';
import { initialState, reduce, rowsOf, type TreeAction } from '../../src/tree-view/tree-state.ts';
import { TreeView } from '../../src/tree-view/tree-view.ts';

/** Frames most recent first. */
function trace(size: number, ...frames: [string, number][]): RawTrace {
  return [0, size, frames];
}

const main: [string, number] = ['main.py', 1];
const importer: [string, number] = ['<frozen importlib._bootstrap>', 241];
const snapshot = Snapshot.fromTraces(
  [
    trace(3000, ['cache.py', 9], ['load.py', 5], main),
    trace(1000, ['list.py', 2], ['load.py', 5], main),
    trace(500, ['lib.py', 1], importer, main),
    trace(10, ['bad\u001b[2Jname.py', 7]),
  ],
  10,
);
const model = new TreeModel(snapshot.data);

/** The rows after some actions, as text: `>` is the cursor. */
function after(...actions: TreeAction[]): string[] {
  let state = initialState(model, 'live');
  for (const action of actions) state = reduce(model, state, action);
  return rowsOf(model, state).map(({ node, depth, hasChildren }) => {
    const sign = hasChildren ? (state.open.has(node) ? '-' : '+') : ' ';
    const name = node === 0 ? 'root' : `${model.filename(node)}:${model.lineno(node)}`;
    return `${node === state.cursor ? '>' : ' '}${'  '.repeat(depth)}${sign}${name}`;
  });
}

const down: TreeAction = { type: 'move', rows: 1 };
const bad = 'bad\u001b[2Jname.py:7';

describe('keys', () => {
  test('at first, the way to the first fork is open', () => {
    expect(after()).toEqual(['>-root', '   +main.py:1', `    ${bad}`]);
  });

  test('e opens until there is more than one child', () => {
    expect(after(down, { type: 'expand' })).toEqual([
      ' -root',
      '>  -main.py:1',
      '     +load.py:5',
      '     +<frozen importlib._bootstrap>:241',
      `    ${bad}`,
    ]);
  });

  test('arrows open, go in, close and go out', () => {
    const open: TreeAction = { type: 'open' };
    const close: TreeAction = { type: 'close' };
    expect(after(down, open, open, open)).toEqual([
      ' -root',
      '   -main.py:1',
      '>    -load.py:5',
      '        cache.py:9',
      '        list.py:2',
      '     +<frozen importlib._bootstrap>:241',
      `    ${bad}`,
    ]);
    expect(after(down, open, open, open, close, close, close)).toEqual([
      ' -root',
      '>  +main.py:1',
      `    ${bad}`,
    ]);
  });

  test('the cursor stays inside, and enter toggles', () => {
    expect(after({ type: 'move', rows: -3 }, { type: 'toggle' })).toEqual(['>+root']);
    expect(after({ type: 'move', rows: 99 })[2]).toBe(`>   ${bad}`);
  });

  test('i hides what the import system called through', () => {
    const toImporter: TreeAction[] = [down, { type: 'expand' }, { type: 'move', rows: 2 }];
    expect(after(...toImporter, { type: 'toggle-imports' })).toEqual([
      ' -root',
      '>  -main.py:1',
      '     +load.py:5',
      '      lib.py:1',
      `    ${bad}`,
    ]);
    expect(after({ type: 'toggle-imports' }, { type: 'toggle-imports' })).toEqual(after());
  });

  test('a search opens the way to the next match, and goes round', () => {
    const type: TreeAction[] = [
      { type: 'search' },
      { type: 'type', text: 'LIST.?' },
      { type: 'erase' },
      { type: 'erase' },
      { type: 'end-search' },
    ];
    const found = (...actions: TreeAction[]) => after(...actions).find((row) => row[0] === '>');
    expect(found(...type)).toBe('>       list.py:2');
    expect(found(...type, { type: 'next-match' })).toBe('>       list.py:2');
    expect(
      after({ type: 'search' }, { type: 'type', text: 'zzz' }, { type: 'end-search' }),
    ).toEqual(after());
  });

  test('m goes round the metrics that the snapshot knows', () => {
    expect(model.metrics).toEqual(['live']);
    expect(after({ type: 'next-metric' })).toEqual(after());
  });
});

describe('the view', () => {
  const open = () =>
    render(
      createElement(TreeView, {
        model,
        initial: initialState(model, 'live'),
        units: 'iec',
        color: false,
        width: 60,
        height: 12,
        getLine: (filename) => (filename === 'cache.py' ? '  kept.append(1)\n' : ''),
      }),
    );
  /** Lets React take in a key. */
  const settled = () => new Promise((resolve) => setTimeout(resolve, 30));

  async function press(view: ReturnType<typeof open>, ...keys: string[]): Promise<string> {
    for (const key of keys) {
      await settled();
      view.stdin.write(key);
    }
    await settled();
    return view.lastFrame() ?? '';
  }

  test('shows the tree, the line under the cursor with its source, and the keys', async () => {
    const view = open();
    const right = '\u001b[C';
    expect(await press(view, '\u001b[B', 'e', right, right, right)).toBe(`live: 4510 B in 4 blocks
  ▾ 4510 B (100.0 %) <ROOT>
    ▾ 4500 B (99.8 %) main.py:1
      ▾ 4000 B (88.7 %) load.py:5
❯         3000 B (66.5 %) cache.py:9
          1000 B (22.2 %) list.py:2
      ▸ 500 B (11.1 %) <frozen importlib._bootstrap>:241
      10 B (0.2 %) bad\\x1b[2Jname.py:7
3000 B in 1 block, own 3000 B in 1 block
kept.append(1)
q quit  ↑↓ move  ←→ close, open  ⏎ toggle  e expand  m metric  / search  i hide imports  u hide uni…`);
    view.unmount();
  });

  test('letters go to a search until enter', async () => {
    const view = open();
    expect(await press(view, '/', 'q')).toContain('/q▏ enter finds, esc cancels');
    expect(await press(view, '\u007f', 'list', '\r')).toContain(
      '❯         1000 B (22.2 %) list.py:2',
    );
    view.unmount();
  });

  test('several keys may come at once, and the terminal may become lower', async () => {
    const view = open();
    expect(await press(view, '\u001b[B', 'e/')).toContain('/▏ enter finds');
    Object.assign(view.stdout, { rows: 7 }).emit('resize');
    expect((await press(view, '\u001b')).split('\n')).toHaveLength(6);
    view.unmount();
  });

  test('q ends it', async () => {
    const view = open();
    await press(view, 'q');
    const { length } = view.frames;
    await press(view, '\u001b[B');
    expect(view.frames).toHaveLength(length);
  });
});
