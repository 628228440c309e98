import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RawTrace, Snapshot } from '@tracemalloc/core';
import { dump } from '@tracemalloc/core/codec';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tracemallocIn } from './command.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tracemalloc-names-'));
  const traces: RawTrace[] = [
    [0, 4096, [[join(folder, 'src', 'cache.py'), 2]]],
    [0, 2048, [['/srv/a/lib/util.py', 5]]],
    [0, 1024, [['C:\\app\\Main.py', 7]]],
    [
      0,
      512,
      [
        ['VFS.json.decoder.py', 9],
        [join(folder, 'app.py'), 3],
      ],
    ],
  ];
  writeFileSync(join(folder, 'x.tm'), dump(Snapshot.fromTraces(traces, 2)));
  const moved = [[0, 3072, [['/srv/b/lib/util.py', 5]]]] as const satisfies readonly RawTrace[];
  writeFileSync(join(folder, 'y.tm'), dump(Snapshot.fromTraces(moved, 2)));
  const brython = { host: 'brython 3.14.3', sizeModel: 'cpython64' };
  const v8 = { host: 'brython 3.14.3', sizeModel: 'v8' };
  for (const [name, metadata] of Object.entries({ 'model-1.tm': brython, 'model-2.tm': v8 })) {
    const { data } = Snapshot.fromTraces(moved, 2);
    writeFileSync(join(folder, name), dump(Snapshot.fromData({ ...data, metadata })));
  }
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function lines(...args: string[]): Promise<string[]> {
  const { stdout, stderr } = await tracemallocIn(folder, args);
  return (stdout + stderr).trimEnd().split('\n');
}

test.each([
  ['--include', 'src/**', ['src/cache.py:2']],
  ['--include', 'src\\*.py', ['src/cache.py:2']],
  ['--exclude', '/srv/**', ['src/cache.py:2', 'C:\\\\app\\\\Main.py:7', 'app.py:3']],
  ['--include', 'c:\\app\\*', ['C:\\\\app\\\\Main.py:7']],
  ['--filter', 'c:/APP/*', ['C:\\\\app\\\\Main.py:7']],
  ['--filter', 'C:\\app\\*.py', ['C:\\\\app\\\\Main.py:7']],
])('%s %s finds the user’s files', async (option, pattern, expected) => {
  const listed = await lines('top', 'x.tm', option, pattern);
  const names = listed.filter((line) => line.startsWith('#')).map((line) => line.split(': ')[1]!);
  expect(names.map((name) => JSON.stringify(name).slice(1, -1))).toEqual(expected);
});

test('lines of libraries are added to those that called them, and are listed on demand', async () => {
  const own = await lines('top', 'x.tm');
  expect(own[4]).toBe('#4: app.py:3: 0.5 KiB');
  const all = await lines('top', 'x.tm', '--library');
  expect(all[4]).toBe('#4: VFS.json.decoder.py:9: 0.5 KiB');
});

test('--file takes the end of a path, where it fits one file alone', async () => {
  expect((await lines('lines', '--file', 'cache.py', 'x.tm'))[0]).toBe('Filename: src/cache.py');
  expect((await lines('lines', '--file', 'src/cache.py', 'x.tm'))[0]).toBe(
    'Filename: src/cache.py',
  );
  for (const file of ['.\\src\\cache.py', 'src\\cache.py', './src/cache.py']) {
    expect((await lines('lines', '--file', file, 'x.tm'))[0]).toBe('Filename: src/cache.py');
  }
  for (const file of ['app/main.py', 'c:\\APP\\main.py', 'main.py']) {
    expect((await lines('lines', '--file', file, 'x.tm'))[0]).toBe('Filename: C:\\app\\Main.py');
  }
  expect(await lines('lines', '--file', 'no.py', 'x.tm')).toEqual([
    "tracemalloc: no traceback of the snapshot names the file 'no.py'",
  ]);
});

test('--map brings the files of two machines together', async () => {
  const printed = await lines(
    'diff',
    '--include',
    '/srv/**',
    '--map',
    '/srv/a=/srv/app',
    '--map',
    '/srv/b=/srv/app',
    'x.tm',
    'y.tm',
  );
  expect(printed).toEqual([
    '[ Top 10 differences ]',
    '/srv/app/lib/util.py:5: size=3072 B (+1024 B), count=1 (+0), average=3072 B',
    'Total: size=3072 B (+1024 B), count=1 (+0), average=3072 B',
  ]);
  expect(await lines('top', '--map', 'nonsense', 'x.tm')).toEqual([
    "tracemalloc: option '--map <old=new>' argument 'nonsense' is invalid. It must be OLD=NEW, two beginnings of paths.",
  ]);
});

test.each(['C:\\app=/srv/win', 'c:/APP/=/srv/win/'])(
  '--map %s takes names of Windows as they are typed',
  async (map) => {
    const listed = await lines('top', 'x.tm', '--map', map, '--include', '/srv/win/*');
    expect(listed[1]).toBe('#1: /srv/win/Main.py:7: 1.0 KiB');
  },
);

test('diff says when two snapshots were not measured alike', async () => {
  const { stderr } = await tracemallocIn(folder, ['diff', 'model-1.tm', 'model-2.tm']);
  expect(stderr).toBe(
    "tracemalloc: the two snapshots were not measured alike: sizes by the model 'cpython64', then 'v8'\n",
  );
});
