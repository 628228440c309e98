import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tracemallocIn } from './command.ts';
import { folderOfSnapshots } from './snapshots.ts';

test('a snapshot goes into Parquet, and every command reads it there', async () => {
  const folder = folderOfSnapshots();
  const there = await tracemallocIn(folder, ['convert', 'counted.tm', '-o', 'counted.parquet']);
  expect(there.stderr).toMatch(/^Wrote counted\.parquet \(\d+ bytes\)\n$/);
  const back = await tracemallocIn(folder, ['convert', 'counted.parquet', 'back.tm']);
  expect(back.status).toBe(0);
  for (const args of [['summary'], ['table', '--metric', 'peak'], ['stats', '--json']]) {
    const [command, ...options] = args as [string, ...string[]];
    const [before, after] = await Promise.all(
      ['counted.tm', 'back.tm'].map((file) => tracemallocIn(folder, [command, ...options, file])),
    );
    expect(after!.stdout.replaceAll('back.tm', 'counted.tm')).toBe(before!.stdout);
  }
});

test('convert wants its new file once', async () => {
  const folder = folderOfSnapshots();
  for (const args of [[], ['a.csv', '-o', 'b.csv']]) {
    const { status, stderr } = await tracemallocIn(folder, ['convert', 'counted.tm', ...args]);
    expect([status, stderr]).toEqual([2, expect.stringMatching(/name (the|one) new file/)]);
  }
});

test('a Parquet file of others is an error that says so', async () => {
  const folder = folderOfSnapshots();
  writeFileSync(join(folder, 'other.parquet'), 'PAR1 and nothing');
  expect(await tracemallocIn(folder, ['top', 'other.parquet'])).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('other.parquet: the Parquet file is no table of sites'),
  });
});
