import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dump, load } from '@tracemalloc/core/codec';
import { mergeSnapshots } from '@tracemalloc/core/merge';
import { loadParquet } from '@tracemalloc/formats/parquet';
import glob from 'fast-glob';
import { beforeAll, expect, test } from 'vitest';
import { syntheticFleet } from '../../../benchmarks/fleet/synthetic-fleet.ts';
import { tracemallocIn } from './command.ts';

const fleet = [...syntheticFleet({ snapshots: 12, sites: 20 })];
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tracemalloc-collect-'));
  mkdirSync(join(folder, 'pages/deep'), { recursive: true });
  for (const [i, { name, snapshot }] of fleet.entries()) {
    const path = join(folder, i % 2 === 0 ? 'pages' : 'pages/deep', name);
    writeFileSync(path, dump(snapshot, { gzip: i % 3 === 0 }));
  }
});

const collect = (...args: string[]) => tracemallocIn(folder, ['collect', ...args]);
const partsOf = async (dataset: string) =>
  (await glob('**/*', { cwd: join(folder, dataset), dot: true })).sort();

/** Every figure of every line, for comparing sums. */
function linesOf(snapshots: Parameters<typeof mergeSnapshots>[0]): string[] {
  const sum = mergeSnapshots(snapshots);
  return (['live', 'peak', 'allocated'] as const).flatMap((metric) =>
    sum.statistics('traceback', { metric }).map(String),
  );
}

test('a folder becomes a dataset by date, release and host, with nothing lost', async () => {
  const { status, stderr } = await collect('pages', '-o', 'dataset');
  expect(stderr).toMatch(
    /^Added 12 snapshots to dataset in 6 parts \(\d+ bytes\); 0 files were there already, 0 were left out\n$/,
  );
  expect(status).toBe(0);
  const parts = await partsOf('dataset');
  expect(parts.map((name) => name.replace(/part-[0-9a-f]{16}/, 'part'))).toEqual([
    '_tracemalloc.json',
    ...['sites', 'snapshots'].flatMap((table) =>
      [
        ['2026-01-05', '1.0', 'brython%203.14.3'],
        ['2026-01-05', '1.1', 'skulpt%201.2.0'],
        ['2026-01-06', '1.0', 'lua%205.4'],
        ['2026-01-06', '1.1', 'brython%203.14.3'],
        ['2026-01-07', '1.0', 'skulpt%201.2.0'],
        ['2026-01-07', '1.1', 'lua%205.4'],
      ].map(
        ([date, release, host]) =>
          `${table}/date=${date}/release=${release}/host=${host}/part.parquet`,
      ),
    ),
  ]);
  const sites = parts.filter((name) => name.startsWith('sites/'));
  const loaded = await Promise.all(
    sites.map((name) => loadParquet(readFileSync(join(folder, 'dataset', name)))),
  );
  const snapshots = loaded.flat().map(({ snapshot }) => snapshot);
  expect(linesOf(snapshots)).toEqual(linesOf(fleet.map(({ snapshot }) => snapshot)));
  const args = ['merge', '-o', 'all.tm', 'dataset/sites/**/*.parquet'];
  expect((await tracemallocIn(folder, args)).status).toBe(0);
  expect(linesOf([load(readFileSync(join(folder, 'all.tm')))])).toEqual(linesOf(snapshots));
});

test('collected again it stays as it is, what is new is added, and bad files are left out', async () => {
  const before = await partsOf('dataset');
  expect((await collect('pages', '-o', 'dataset')).stderr).toContain(
    'Added 0 snapshots to dataset in 0 parts (0 bytes); 12 files were there already',
  );
  expect(await partsOf('dataset')).toEqual(before);
  cpSync(join(folder, 'pages'), join(folder, 'more'), { recursive: true });
  writeFileSync(join(folder, 'more/noise.tm'), 'hello');
  writeFileSync(join(folder, 'more/cut.tm'), dump(fleet[0]!.snapshot).subarray(0, 300));
  writeFileSync(join(folder, 'more/new.tm'), dump(fleet[0]!.snapshot));
  const { status, stderr } = await collect('more', '-o', 'dataset');
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /left out: can't read more\/cut\.tm.*\n.*left out: more\/noise\.tm is neither.*\nAdded 1 snapshots to dataset in 1 parts \(\d+ bytes\); 12 files were there already, 2 were left out\n$/,
  );
  expect(await partsOf('dataset')).toHaveLength(before.length + 2);
});

test('the same folder makes the same bytes', async () => {
  await collect('pages', '-o', 'one');
  await collect('pages', '-o', 'two');
  const parts = await partsOf('one');
  expect(await partsOf('two')).toEqual(parts);
  for (const name of parts) {
    const [one, two] = ['one', 'two'].map((dataset) => readFileSync(join(folder, dataset, name)));
    expect(two!.equals(one!)).toBe(true);
  }
});

test('what a killed process left is removed, and what it had not finished is added', async () => {
  const whole = await partsOf('one');
  const [half] = whole.filter((name) => name.startsWith('snapshots/'));
  renameSync(join(folder, 'one', half!), join(folder, 'aside.parquet'));
  writeFileSync(join(folder, 'one/_lock'), '999999999\n');
  const { stderr } = await collect('pages', '-o', 'one');
  expect(stderr).toContain(
    `removed ${half!.replace('snapshots', 'sites')}, which was written in part`,
  );
  expect(stderr).toContain('Added 2 snapshots');
  expect(await partsOf('one')).toEqual(whole);
});

test('names of any kind make folders of the dataset and none outside', async () => {
  mkdirSync(join(folder, 'hostile'));
  const names = ['../../up', '/etc', '.', '', 'a=b/c', '\ud800', 'x'.repeat(400), "'(*)!~"];
  for (const [i, release] of names.entries()) {
    const metadata = { release, host: 7 as never, time: i === 0 ? 1e300 : '2026-02-03T00:00:00Z' };
    const file = dump(fleet[0]!.snapshot.withMetadata(metadata));
    writeFileSync(join(folder, `hostile/${i}.tm`), file);
  }
  const { status } = await collect('hostile', '-o', 'safe', '--date', '2026-02-04');
  expect(status).toBe(0);
  const folders = (await partsOf('safe')).filter((name) => name.startsWith('sites/'));
  expect(folders.map((name) => name.split('/')[2]!.replace('release=', '')).sort()).toEqual([
    '%27%28%2A%29%21%7E',
    '%2Fetc',
    '%EF%BF%BD',
    '.',
    '..%2F..%2Fup',
    '__HIVE_DEFAULT_PARTITION__',
    'a%3Db%2Fc',
    `${'x'.repeat(130)}-7b0bd700ce066ef3`,
  ]);
  expect(existsSync(join(folder, '../up'))).toBe(false);
});

test('other folders, and datasets that are being written, are left alone', async () => {
  const running = String(process.ppid);
  writeFileSync(join(folder, 'two/_lock'), running);
  expect(await collect('pages', '-o', 'two')).toMatchObject({
    status: 1,
    stderr: `tracemalloc: can't write the dataset two: process ${running} writes it; wait, or remove _lock if it does not\n`,
  });
  rmSync(join(folder, 'two/_lock'));
  expect((await collect('pages', '-o', 'pages')).stderr).toContain('neither empty nor a dataset');
  expect((await collect('nowhere', '-o', 'two')).stderr).toContain('there is no folder nowhere');
  expect((await collect('pages', '-o', 'two', '--date', '2026-02-31')).status).toBe(2);
});
