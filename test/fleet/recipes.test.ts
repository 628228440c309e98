import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { Snapshot } from '@tracemalloc/core';
import { dump, load } from '@tracemalloc/core/codec';
import { mergeSnapshots } from '@tracemalloc/core/merge';
import { parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { planted, syntheticFleet } from '../../benchmarks/fleet/synthetic-fleet.ts';
import { tracemallocIn } from '../../packages/cli/test/command.ts';

// The queries of docs/fleet.md, as they stand there.
const manual = readFileSync(new URL('../../docs/fleet.md', import.meta.url), 'utf8');
const fleet = [...syntheticFleet({ snapshots: 120, sites: 30, density: 0.8 })].map(
  ({ snapshot }) => snapshot,
);
type Row = Record<string, string | number | null>;
let folder: string;
let database: DuckDBConnection;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tracemalloc-fleet-'));
  mkdirSync(join(folder, 'pages'));
  for (const [i, snapshot] of fleet.entries()) {
    writeFileSync(join(folder, `pages/${i}.tm`), dump(snapshot));
  }
  const { status } = await tracemallocIn(folder, ['collect', 'pages', '-o', 'dataset']);
  expect(status).toBe(0);
  database = await (await DuckDBInstance.create(':memory:')).connect();
  await query('Queries');
});
afterAll(() => {
  database.closeSync();
  rmSync(folder, { recursive: true });
});

/** What the query under a heading gives. */
async function query(heading: string): Promise<Row[]> {
  const [, text = ''] =
    new RegExp(`^##+ ${heading}\\n[\\s\\S]*?\`\`\`sql\\n([\\s\\S]*?)\`\`\``, 'm').exec(manual) ??
    [];
  expect(text).not.toBe('');
  const here = text
    .replaceAll("'dataset/", `'${folder}/dataset/`)
    .replace("'fleet.parquet'", `'${folder}/fleet.parquet'`);
  const result = await database.runAndReadAll(here);
  return result.getRowObjectsJson() as Row[];
}

/** Bytes by line. */
function linesOf(snapshot: Snapshot): Map<string, number> {
  const lines = snapshot.statistics('lineno');
  return new Map(lines.map(({ traceback, size }) => [`${traceback}`, size]));
}

const lineOf = ({ file, line }: Row) => `${file}:${line}`;
const isOf = (field: string, value: string) => (snapshot: Snapshot) =>
  snapshot.metadata[field] === value;
const roughly = (value: number) => Number(value.toPrecision(9));

test('top lines over all pages are those of the merged snapshot', async () => {
  const top = mergeSnapshots(fleet).statistics('lineno').slice(0, 10);
  const rows = await query('Top lines over all pages');
  expect(rows.map((row) => [lineOf(row), row['bytes'], row['blocks']])).toEqual(
    top.map(({ traceback, size, count }) => [`${traceback}`, size, count]),
  );
  const pages = fleet.filter((snapshot) => linesOf(snapshot).has(lineOf(rows[0]!))).length;
  expect(rows[0]!['pages']).toBe(String(pages));
});

test('what grew from one release to the next is the difference of their means, with its interval', async () => {
  const rows = await query('What grew from one release to the next');
  const [before, after] = ['1.0', '1.1'].map((release) => fleet.filter(isOf('release', release)));
  const mean = (pages: readonly Snapshot[], line: string) =>
    (linesOf(mergeSnapshots(pages)).get(line) ?? 0) / pages.length;
  const variance = (pages: readonly Snapshot[], line: string) => {
    const own = mean(pages, line);
    const squares = pages.map((page) => ((linesOf(page).get(line) ?? 0) - own) ** 2);
    return squares.reduce((sum, one) => sum + one) / (pages.length - 1) / pages.length;
  };
  expect(rows.map(lineOf)).toContain(planted.grown);
  for (const row of rows) {
    const line = lineOf(row);
    const growth = mean(after!, line) - mean(before!, line);
    const margin = 1.959964 * Math.sqrt(variance(before!, line) + variance(after!, line));
    expect([row['growth'], row['low'], row['high']].map((value) => roughly(Number(value)))).toEqual(
      [growth, growth - margin, growth + margin].map(roughly),
    );
  }
});

test('the line that leaks in every tenth session is the one that grows in more than 5 % of them', async () => {
  const rows = await query('Lines that grow in more than 5 % of the sessions');
  expect(rows.map(lineOf)).toEqual([planted.leaking]);
  const grown = Array.from(
    { length: fleet.length / 2 },
    (_, session) =>
      fleet[session * 2 + 1]!.compareTo(fleet[session * 2]!, 'lineno').find(
        ({ traceback }) => `${traceback}` === planted.leaking,
      )!.sizeDiff,
  ).filter((bytes) => bytes > 2048);
  expect([rows[0]!['part'], rows[0]!['grown']]).toEqual([
    grown.length / (fleet.length / 2),
    grown.reduce((sum, bytes) => sum + bytes) / grown.length,
  ]);
});

test('a regression of one host is told with its host', async () => {
  const rows = await query('Regressions by host');
  expect(rows.map((row) => [row['host'], lineOf(row)])).toEqual([
    ['skulpt 1.2.0', planted.onOneHost],
  ]);
  const [before, after] = ['1.0', '1.1'].map((release) =>
    fleet.filter(isOf('release', release)).filter(isOf('host', 'skulpt 1.2.0')),
  );
  const mean = (pages: readonly Snapshot[]) =>
    linesOf(mergeSnapshots(pages)).get(planted.onOneHost)! / pages.length;
  expect([rows[0]!['before'], rows[0]!['after']]).toEqual([mean(before!), mean(after!)]);
});

test('a flame graph of the fleet is the page of the merged snapshot', async () => {
  await query('A flame graph of the fleet');
  const expected = mergeSnapshots(fleet.filter(isOf('release', '1.1')));
  const args = ['convert', 'fleet.parquet', 'fleet.tm'];
  expect((await tracemallocIn(folder, args)).status).toBe(0);
  const found = load(readFileSync(join(folder, 'fleet.tm')));
  for (const key of ['traceback', 'type', 'function'] as const) {
    expect(new Set(found.statistics(key).map(String))).toEqual(
      new Set(expected.statistics(key).map(String)),
    );
  }
  const report = ['report', 'fleet.parquet', '-o', 'fleet.html'];
  expect((await tracemallocIn(folder, report)).status).toBe(0);
});

test('a second reader finds the same sums', async () => {
  let bytes = 0;
  for (const name of readdirSync(join(folder, 'dataset/sites'), {
    recursive: true,
    encoding: 'utf8',
  })) {
    if (!name.endsWith('.parquet')) continue;
    const file = readFileSync(join(folder, 'dataset/sites', name));
    const buffer = file.buffer.slice(file.byteOffset, file.byteOffset + file.length) as ArrayBuffer;
    const rows = await parquetReadObjects({ file: buffer, columns: ['live_bytes'] });
    for (const row of rows) bytes += row['live_bytes'];
  }
  const [total] = (
    await database.runAndReadAll('SELECT sum(live_bytes) AS bytes FROM sites')
  ).getRowObjectsJson() as Row[];
  const merged = mergeSnapshots(fleet).data.sites.liveSize.reduce((sum, size) => sum + size, 0);
  expect([bytes, total!['bytes']]).toEqual([merged, merged]);
});
