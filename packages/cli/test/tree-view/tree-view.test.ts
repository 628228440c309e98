import { type RawTrace, Snapshot } from '@tracemalloc/core';
import { render } from 'ink-testing-library';
import { createElement } from 'react';
import { describe, expect, test, vi } from 'vitest';
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
  let state = initialState(model, 'live', 'all');
  for (const action of actions) state = reduce(model, state, action);
  const shown = model.showing(state.code).model;
  return rowsOf(model, state).map(({ node, depth, hasChildren }) => {
    const sign = hasChildren ? (state.open.has(node) ? '-' : '+') : ' ';
    const name = node === 0 ? 'root' : `${shown.filename(node)}:${shown.lineno(node)}`;
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
    const end: TreeAction = { type: 'move', rows: Number.POSITIVE_INFINITY };
    const home: TreeAction = { type: 'move', rows: Number.NEGATIVE_INFINITY };
    expect(after(end)[2]).toBe(`>   ${bad}`);
    expect(after(end, home)).toEqual(after());
  });

  test('l shows my code only, then all but imports, then all', () => {
    const next: TreeAction = { type: 'next-code' };
    const toImporter: TreeAction[] = [down, { type: 'expand' }, { type: 'move', rows: 2 }];
    const mine = [' -root', '>  -main.py:1', '     +load.py:5', '      lib.py:1', `    ${bad}`];
    expect(model.codes).toEqual(['mine', 'imported', 'all']);
    expect(after(...toImporter, next)).toEqual(mine);
    expect(after(...toImporter, next, next)).toEqual(mine);
    expect(after(next, next, next)).toEqual(after());
  });

  test('where there is nothing to fold, l does nothing', () => {
    const own = new TreeModel(Snapshot.fromTraces([trace(100, ['a.py', 1], main)], 10).data);
    const first = initialState(own, 'live', 'mine');
    expect(first.code).toBe('all');
    expect(reduce(own, first, { type: 'next-code' })).toEqual(first);
  });

  test('what is called from the same frames, when those between are folded, is one line', () => {
    const json: [string, number] = ['/usr/lib/python3.13/json/decoder.py', 9];
    const through = (lineno: number): [string, number] => ['<frozen importlib._bootstrap>', lineno];
    const lib: [string, number] = ['lib.py', 1];
    const imported = new TreeModel(
      Snapshot.fromTraces(
        [
          trace(100, ['a.py', 1], lib, through(1), through(2), main),
          trace(200, json, lib, through(3), main),
          trace(250, lib, main),
        ],
        10,
      ).data,
    );
    const rows = (...actions: TreeAction[]) => {
      let state = initialState(imported, 'live', 'all');
      for (const action of actions) state = reduce(imported, state, action);
      const { model: shown } = imported.showing(state.code);
      const { size } = shown.figures('live').total;
      return rowsOf(imported, state).map(
        ({ node, depth }) =>
          `${node === state.cursor ? '>' : ''}${depth} ${shown.filename(node)} ${size[node]}`,
      );
    };
    const next: TreeAction = { type: 'next-code' };
    const mine = ['0  550', '1 main.py 550', '>2 lib.py 550', '3 a.py 100'];
    const toFirst: TreeAction[] = [{ type: 'expand' }, { type: 'move', rows: 2 }];
    expect(rows(...toFirst)[2]).toBe('>2 lib.py 250');
    expect(rows(...toFirst, next, { type: 'open' })).toEqual(mine);
    expect(rows(...toFirst, next, { type: 'open' }, next)).toEqual([
      ...mine.slice(0, 3),
      `3 ${json[0]} 200`,
      '3 a.py 100',
    ]);
    expect(rows(...toFirst, next, { type: 'open' }, next, next)).toContain('>2 lib.py 250');
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
        initial: initialState(model, 'live', 'all'),
        units: 'iec',
        color: false,
        width: 60,
        height: 12,
        getLine: (filename) => (filename === 'cache.py' ? '  kept.append(1)\n' : ''),
      }),
    );
  type View = ReturnType<typeof open>;
  function press(view: View, ...keys: string[]): void {
    for (const key of keys) view.stdin.write(key);
  }
  /** Waits until the view is so: React draws when it has time. */
  const shows = (view: View, text: string) =>
    vi.waitFor(() => expect(view.lastFrame()).toContain(text), { timeout: 20_000 });
  const [down, right, esc] = ['\u001b[B', '\u001b[C', '\u001b'];
  /** What is typed before the view listens is lost. */
  async function opened(): Promise<View> {
    const view = open();
    await vi.waitFor(() => expect(view.stdin.listenerCount('readable')).toBeGreaterThan(0));
    return view;
  }

  test('shows the tree, the line under the cursor with its source, and the keys', async () => {
    const view = await opened();
    press(view, down, 'e', right, right, right);
    await shows(view, '❯         3000 B');
    expect(view.lastFrame()).toBe(`live: 4510 B in 4 blocks
  ▾ 4510 B (100.0 %) <ROOT>
    ▾ 4500 B (99.8 %) main.py:1
      ▾ 4000 B (88.7 %) load.py:5
❯         3000 B (66.5 %) cache.py:9
          1000 B (22.2 %) list.py:2
      ▸ 500 B (11.1 %) <frozen importlib._bootstrap>:241
      10 B (0.2 %) bad\\x1b[2Jname.py:7
3000 B in 1 block, own 3000 B in 1 block
kept.append(1)
? keys  ←→ close, open  e expand  l (all code)  / search  q quit`);
    view.unmount();
  });

  test('letters go to a search until enter, however fast they come', async () => {
    const view = await opened();
    press(view, '/', 'q');
    await shows(view, '/q▏ enter finds, esc cancels');
    press(view, '\u007f', 'list', '\r');
    await shows(view, '❯         1000 B (22.2 %) list.py:2');
    view.unmount();
  });

  test('several keys may come at once, and the terminal may become lower', async () => {
    const view = await opened();
    press(view, down, 'e/');
    await shows(view, '/▏ enter finds');
    Object.assign(view.stdout, { rows: 7 }).emit('resize');
    press(view, esc);
    await vi.waitFor(() => expect(view.lastFrame()?.split('\n')).toHaveLength(6));
    view.unmount();
  });

  test('a search may come in one piece, with enter in it', async () => {
    const view = await opened();
    press(view, '/list.py\r');
    await shows(view, '❯         1000 B (22.2 %) list.py:2');
    press(view, '/', 'cachex\x7f\rm');
    await shows(view, '❯         3000 B (66.5 %) cache.py:9');
    expect(view.lastFrame()).toContain("n next 'cache'");
    press(view, '/ü😀', '\r');
    await shows(view, "n next 'ü😀'");
    view.unmount();
  });

  test('? lists the keys, and the next key goes back', async () => {
    const view = await opened();
    const before = view.lastFrame();
    press(view, '?');
    await shows(view, 'home end  g G       first line, last line');
    press(view, 'j');
    await vi.waitFor(() => expect(view.lastFrame()).toBe(before));
    view.unmount();
  });

  test('home and end, j and k, g and G move as in other tools', async () => {
    const view = await opened();
    press(view, '\u001b[F');
    await shows(view, '❯     10 B');
    press(view, 'g', 'j');
    await shows(view, '❯   ▸ 4500 B');
    press(view, 'G', 'k', 'k', '\u001b[H');
    await shows(view, '❯ ▾ 4510 B');
    view.unmount();
  });

  test('q ends it', async () => {
    const view = await opened();
    press(view, 'q');
    await vi.waitFor(() => expect(view.stdin.listenerCount('readable')).toBe(0));
    const { length } = view.frames;
    press(view, down);
    expect(view.frames).toHaveLength(length);
  });
});
