import { Tracer } from '@tracemalloc/core';
import { initialLive, type LiveUpdate, reduceLive } from '@tracemalloc/report/live';
import { type LiveService, serveLive } from '@tracemalloc/report/live/node';
import type { Key } from 'ink';
import { render } from 'ink-testing-library';
import { createElement } from 'react';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HeldOutput } from '../src/live/held-output.ts';
import { actionsOf } from '../src/live/live-keys.ts';
import { liveLines } from '../src/live/live-screen.ts';
import { LiveView } from '../src/live/live-view.ts';
import { tracemallocIn } from './command.ts';

const update: LiveUpdate = {
  type: 'update',
  time: 1500,
  current: 4096,
  peak: 8192,
  blocks: 30,
  label: null,
  labels: ['', 'web'],
  rows: [row('main', 4096, 1024, 30), row('load', 3072, 3072, 20), row('old\x1b[2J', 2048, 512, 5)],
  others: 0,
  isOver: false,
};

function row(functionName: string, totalSize: number, ownSize: number, count: number) {
  return { functionName, filename: 'a\x1b[2Jb.py', lineno: 0, totalSize, ownSize, count };
}

/** `→`, `^C` and their like among letters, and updates as objects. */
function stateAfter(...happened: readonly (string | LiveUpdate)[]) {
  const named: Readonly<Record<string, Partial<Key>>> = {
    '→': { rightArrow: true },
    '←': { leftArrow: true },
    '↓': { downArrow: true },
    '↑': { upArrow: true },
    '⏎': { return: true },
    '⌫': { backspace: true },
    '⎋': { escape: true },
  };
  let state = initialLive;
  for (const one of [update, ...happened]) {
    const actions =
      typeof one !== 'string'
        ? [{ type: 'update', update: one } as const]
        : actionsOf(one in named ? '' : one, named[one] ?? {}, state.isTyping, 5);
    for (const action of actions) state = reduceLive(state, action);
  }
  return state;
}

const size = { width: 110, rows: 5 };
const texts = { title: 'app.py', waiting: 'waiting …', leaving: 'q quits' };
const screen = (...happened: readonly (string | LiveUpdate)[]): string[] =>
  liveLines(stateAfter(...happened), { ...texts, ...size });
/** Names and first figures of the listed functions. */
const listed = (...happened: readonly (string | LiveUpdate)[]): string[] =>
  screen(...happened)
    .slice(5, -1)
    .map((line) =>
      line
        .replaceAll(/ {2,}/g, ' ')
        .replace(/ a\\x1b.*/, '')
        .trim(),
    );

test('the screen has memray’s columns, and shows no control character of the guest’s', () => {
  expect(screen().slice(3)).toEqual([
    '4096 B in 30 blocks, peak 8192 B, 1.5 s · all labels (2)',
    '     Total    Total %        Own      Own %     Blocks  Function',
    '    4096 B     100.0%     1024 B      25.0%         30  main  a\\x1b[2Jb.py',
    '    3072 B      75.0%     3072 B      75.0%         20  load  a\\x1b[2Jb.py',
    '    2048 B      50.0%      512 B      12.5%          5  old\\x1b[2J  a\\x1b[2Jb.py',
    'q quits  t total  o own  a blocks  ←→ label  m all  ↑↓ scroll  space pause  b baseline  / filter',
  ]);
});

test('of a row that is too wide the place is cut in its middle, and no figure', () => {
  const name = '_call_with_frames_removed';
  const wide = {
    ...update,
    rows: [{ ...row(name, 2972, 2972, 9), filename: '<frozen importlib._bootstrap>' }],
  };
  const lines = [110, 90, 66, 60].map(
    (width) => liveLines(stateAfter(wide), { ...texts, width, rows: 5 })[5],
  );
  expect(lines).toEqual([
    '    2972 B      72.6%     2972 B      72.6%          9  _call_with_frames…moved  <frozen importlib._bootstrap>',
    '    2972 B      72.6%     2972 B      72.6%          9  _call_with_… importlib._bootstrap>',
    '    2972 B      72.6%     2972 B      72.6%          9  _ca…strap>',
    '    2972 B      72.…s_removed  <frozen importlib._bootstrap>',
  ]);
});

test('before the first update it says what it waits for', () => {
  expect(liveLines(initialLive, { ...texts, ...size })[3]).toBe('waiting …');
});

const names = (...happened: readonly (string | LiveUpdate)[]): string =>
  screen(...happened)
    .slice(5, -1)
    .map((line) => /(main|load|old)/.exec(line)?.[1])
    .join(' ');

test.each([
  ['t', 'main load old'],
  ['o', 'load main old'],
  ['a', 'main load old'],
  ['ot', 'main load old'],
  ['j', 'load old'],
  ['jjjjj', 'old'],
  ['jjk', 'load old'],
])('after %s the rows are %s', (keys, rows) => {
  expect(names(keys)).toBe(rows);
});

test.each<[string[], string, string]>([
  [['/', 'LO'], 'load', '/LO▏ enter keeps, esc clears'],
  [['/', 'LO', '⌫', 'x'], '', '/Lx▏ enter keeps, esc clears'],
  [['/', 'q', '⌫', 'ol', '⏎', 'o'], 'old', 'q quits'],
  [['/', 'ol', '⎋'], 'main load old', 'q quits'],
  [['↓', '/', 'ol', '⏎'], 'old', 'q quits'],
  [['/olx\x7f\ro'], 'old', 'q quits'],
  [['/ma', 'i\r'], 'main', 'q quits'],
])('typing %j lists %s', (keys, rows, last) => {
  expect([
    names(...keys),
    screen(...keys)
      .at(-1)
      ?.startsWith(last),
  ]).toEqual([rows, true]);
});

test.each<[string[], string]>([
  [['→'], '(no label) (1 of 2)'],
  [['→', '→'], 'web (2 of 2)'],
  [['←'], 'web (2 of 2)'],
  [['←', '→'], 'all labels (2)'],
  [['←', 'm'], 'all labels (2)'],
  [[' '], 'all labels (2) · paused'],
  [['b'], 'all labels (2) · since the baseline'],
  [['b', 'b'], 'all labels (2)'],
  [['b', ' ', '→'], '(no label) (1 of 2)'],
])('keys %j show %s', (keys, shown) => {
  expect(screen(...keys)[3]).toBe(`4096 B in 30 blocks, peak 8192 B, 1.5 s · ${shown}`);
});

describe('a later update', () => {
  const later: LiveUpdate = {
    ...update,
    time: 2000,
    current: 5120,
    rows: [row('main', 5120, 1024, 31), row('load', 3072, 3072, 20), row('new', 100, 100, 1)],
  };

  test('is shown, unless paused or of another label', () => {
    const figures = (...happened: readonly (string | LiveUpdate)[]) =>
      screen(...happened)[3]!.slice(0, 6);
    expect([
      figures(later),
      figures(' ', later),
      figures(' ', later, ' ', later),
      figures(' ', { ...later, isOver: true }),
      figures({ ...later, label: 'web' }),
    ]).toEqual(['5120 B', '4096 B', '5120 B', '5120 B', '4096 B']);
  });

  test('is a difference to the baseline: also of what has come and gone', () => {
    expect(listed('b', later)).toEqual([
      '+1024 B 20.0% 0 B 0.0% +1 main',
      '+100 B 2.0% +100 B 2.0% +1 new',
      '0 B 0.0% 0 B 0.0% 0 load',
      '-2048 B -40.0% -512 B -10.0% -5 old\\x1b[2J',
    ]);
  });

  test('becomes the baseline where what was shown is of another label', () => {
    const ofWeb = { ...update, label: 'web', rows: [row('load', 10, 10, 1)] };
    const all = { ...later, rows: [row('main', 6000, 1024, 31)] };
    expect(listed('→', '→', ofWeb, 'm', 'b', later, all)).toEqual([
      '+880 B 17.2% 0 B 0.0% 0 main',
      '-100 B -2.0% -100 B -2.0% -1 new',
      '-3072 B -60.0% -3072 B -60.0% -20 load',
    ]);
  });

  test('counts nothing as come or gone that may only not be listed', () => {
    const cut = { ...update, others: 1, rows: update.rows.slice(0, 1) };
    const cutLater = { ...later, others: 1, rows: later.rows.slice(0, 1) };
    expect([names(cut, 'b', later), names('b', cutLater)]).toEqual(['main', 'main']);
  });
});

test('the curve keeps its highest points, however many updates there are', () => {
  const updates = Array.from({ length: 2000 }, (_, i) => ({
    ...update,
    current: i === 777 ? 9999 : 1,
  }));
  const { history } = stateAfter(...updates);
  expect([Math.max(...history), history.length <= 512]).toEqual([9999, true]);
});

describe('the view', () => {
  let service: LiveService;
  const tracer = new Tracer();
  beforeEach(async () => {
    tracer.start();
    tracer.track(0, 1, 1234, [['app.py', 7]]);
    service = await serveLive(tracer, { interval: 50 });
  });
  afterEach(async () => {
    await service.close();
    tracer.stop();
  });

  /** The view of the served tracer, and how it was left. */
  function view() {
    const left: string[] = [];
    const onLeave = (how: string): void => void left.push(how);
    const props = { ...texts, url: service.url, color: false, goesOn: false, onLeave };
    return { ...render(createElement(LiveView, props)), left };
  }

  test('shows a program that goes on, and ends with it', async () => {
    const { lastFrame, left } = view();
    await expect.poll(lastFrame).toMatch(/1234 B +100\.0% .*<unknown> {2}app\.py:7/);
    await service.close();
    await expect.poll(() => left).toEqual(['ended']);
  });

  test.each([
    ['q', 'view'],
    ['\x03', 'program'],
  ])('is left by %j: %s', async (key, how) => {
    const { stdin, lastFrame, left } = view();
    await expect.poll(lastFrame).toContain('1234 B');
    stdin.write(key);
    await expect.poll(() => left).toEqual([how]);
  });
});

test('what a program writes meanwhile is held back, and passed on once', async () => {
  const { writeSync } = await import('node:fs');
  const held = new HeldOutput();
  const seen: string[] = [];
  const pass = () => held.flush((bytes) => seen.push(Buffer.from(bytes).toString()));
  writeSync(held.descriptor, 'one ');
  writeSync(held.descriptor, 'x'.repeat(70_000));
  pass();
  writeSync(held.descriptor, ' two');
  pass();
  pass();
  expect(seen.join('')).toBe(`one ${'x'.repeat(70_000)} two`);
});

test.each([
  [
    ['run', '--live', 'app.py'],
    'run --live needs a terminal, and shows itself there: use --live-port 0 elsewhere, and tracemalloc live',
  ],
  [['live'], 'live needs an address that run --live-port printed, or --listen PORT, and not both'],
  [
    ['live', 'http://x', '--listen', '0'],
    'live needs an address that run --live-port printed, or --listen PORT, and not both',
  ],
  [
    ['live', 'app.py'],
    "the address must be one that run --live-port printed, such as http://127.0.0.1:9000/?token=…, got 'app.py'",
  ],
  [['live', '--listen', '0'], 'live needs a terminal for its keys: use --json elsewhere'],
])('%j is refused with status 2', async (args, message) => {
  const { status, stderr } = await tracemallocIn('.', args);
  expect([status, stderr]).toEqual([2, `tracemalloc: ${message}\n`]);
});

test('a port in use is one clear error', async () => {
  const { url, close } = await serveLive(new Tracer());
  const { port } = new URL(url);
  const { status, stderr } = await tracemallocIn('.', ['live', '--json', '--listen', port]);
  await close();
  expect([status, stderr]).toEqual([
    1,
    `tracemalloc: port ${port} of 127.0.0.1 can't be served: it is in use already (EADDRINUSE); name another one, or 0 for any that is free\n`,
  ]);
});
