import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RawTrace, Snapshot } from '@tracemalloc/core';
import { dump } from '@tracemalloc/core/codec';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tracemallocIn } from './command.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tracemalloc-bounds-'));
  writeFileSync(join(folder, 'own.py'), 'x = 1\n');
  writeFileSync(join(folder, 'huge.py'), 'first line\n');
  truncateSync(join(folder, 'huge.py'), 2 ** 31);
  symlinkSync('loop.py', join(folder, 'loop.py'));
  const names = ['own.py', 'huge.py', 'loop.py', '/dev/zero', '/proc/kmsg', '/dev/stdin', '.'];
  const traces = names.map((name, i): RawTrace => [0, 100 - i, [[name, 1]], 1]);
  writeFileSync(join(folder, 'sources.tm'), dump(Snapshot.fromTraces(traces, 1)));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('source lines are read of regular files of sane length, and of nothing else', async () => {
  const { stdout } = await tracemallocIn(folder, ['top', 'sources.tm']);
  expect(stdout.split('\n').filter((line) => line.startsWith('    '))).toEqual(['    x = 1']);
});

test('an output keeps its mode, a link stays a link, and nothing is left beside it', async () => {
  writeFileSync(join(folder, 'kept.csv'), 'old');
  chmodSync(join(folder, 'kept.csv'), 0o640);
  symlinkSync('kept.csv', join(folder, 'link.csv'));
  const before = readdirSync(folder);
  const { status } = await tracemallocIn(folder, ['convert', '--force', 'sources.tm', 'link.csv']);
  expect([
    status,
    (statSync(join(folder, 'kept.csv')).mode & 0o777).toString(8),
    lstatSync(join(folder, 'link.csv')).isSymbolicLink(),
    readFileSync(join(folder, 'kept.csv'), 'utf8').startsWith('domain,'),
    readdirSync(folder),
  ]).toEqual([0, '640', true, true, before]);
});

test('what the system refuses is one line', async () => {
  const long = 'x'.repeat(252);
  const said: string[] = [];
  for (const args of [
    ['top', 'loop.py'],
    ['top', `${long}.tm.gz`],
    ['convert', 'sources.tm', `${long}.csv`],
    ['convert', 'sources.tm', 'loop.py/x.csv'],
    ['convert', '--to', 'csv', 'sources.tm', '/dev/full'],
  ]) {
    const { status, stderr } = await tracemallocIn(folder, args);
    said.push(`${status} ${stderr.replaceAll(long, 'LONG')}`);
  }
  expect(said).toEqual([
    "1 tracemalloc: can't read loop.py: its symbolic links go round in a circle\n",
    "1 tracemalloc: can't read LONG.tm.gz: the name is too long: take a shorter one\n",
    "1 tracemalloc: can't write LONG.csv: the name is too long: take a shorter one\n",
    "1 tracemalloc: can't write loop.py/x.csv: its symbolic links go round in a circle\n",
    "1 tracemalloc: can't write /dev/full: no space is left on the device: make some, or name a file elsewhere\n",
  ]);
});

test('a name as long as the system allows can be written', async () => {
  const name = `${'y'.repeat(251)}.csv`;
  expect((await tracemallocIn(folder, ['convert', 'sources.tm', name])).status).toBe(0);
  expect(readdirSync(folder)).toContain(name);
});
