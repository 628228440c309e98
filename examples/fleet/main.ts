// All of it: pages post to a collector, their snapshots become a dataset, a query, and a report.
//   npm run fleet-example
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { DuckDBInstance } from '@duckdb/node-api';
import { type Io, main as tracemalloc } from '@tracemalloc/cli';
import { startCollector } from './collector.ts';
import { snapshotBody } from './page-snapshot.ts';
import { pages } from './pages.ts';

/**
 * Runs it in a folder of its own. @param io of the command; by default the process's.
 * @returns what the query gives: the lines with most memory.
 */
export async function runFleet(
  count: number,
  print: (text: string) => void,
  io?: Io,
): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-'));
  const [posted, dataset] = [join(folder, 'posted'), join(folder, 'dataset')];
  const token = crypto.randomUUID();
  const limits = { perAddress: 10_000, perSecond: 10_000 };
  const { server, url } = await startCollector({ folder: posted, token, ...limits });
  try {
    for (const page of pages(count)) {
      const body = snapshotBody(page) as Uint8Array<ArrayBuffer>;
      const { status } = await fetch(`${url}?token=${token}`, { method: 'POST', body });
      if (status !== 204) throw new Error(`the collector answers ${status}`);
    }
  } finally {
    server.close();
  }
  print(`${count} pages posted to ${url}`);
  await tracemalloc(['collect', posted, '-o', dataset], io);
  const database = await (await DuckDBInstance.create(':memory:')).connect();
  const result = await database.runAndReadAll(
    `SELECT file, line, sum(live_bytes) AS bytes FROM '${dataset}/sites/**/*.parquet'
     GROUP BY ALL ORDER BY bytes DESC, file, line LIMIT 5`,
  );
  const lines = result
    .getRowObjectsJson()
    .map(({ file, line, bytes }) => `${file}:${line}  ${bytes} bytes`);
  database.closeSync();
  print(lines.join('\n'));
  const report = join(folder, 'fleet.html');
  await tracemalloc(['report', '-o', report, `${dataset}/sites/**/*.parquet`], io);
  return lines;
}

if (process.argv[1] === import.meta.filename) await runFleet(40, console.log);
