// Synthetic fleets, and what they cost: figures of docs/fleet.md.
//   npm run fleet -- generate FOLDER --snapshots 10000 --sites 5000 [--density 0.05] [--unique 50]
//   npm run fleet -- query DATASET   the queries of docs/fleet.md, in DuckDB
//   npm run fleet -- merge FOLDER [--times 10]   time and memory of merging its files, as it grows
//   npm run fleet -- posts FOLDER [--posts 10000] [--sites 200] [--clients 32] [--processes 1] [--invalid]
//                                    posts a second of a collector that keeps them in FOLDER
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import { dump, load } from '@tracemalloc/core/codec';
import { SnapshotMerger } from '@tracemalloc/core/merge';
import { posts } from './posts.ts';
import { syntheticFleet } from './synthetic-fleet.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    snapshots: { type: 'string', default: '1000' },
    sites: { type: 'string', default: '5000' },
    density: { type: 'string', default: '1' },
    unique: { type: 'string', default: '0' },
    times: { type: 'string', default: '1' },
    posts: { type: 'string', default: '10000' },
    clients: { type: 'string', default: '32' },
    processes: { type: 'string', default: '1' },
    invalid: { type: 'boolean', default: false },
  },
});
const [command, folder] = positionals;

if (folder === undefined) throw new Error('name a folder: generate FOLDER, or merge FOLDER');
if (command === 'generate') generate(folder);
else if (command === 'merge') merge(folder);
else if (command === 'query') await query(folder);
else if (command === 'posts') {
  const { invalid } = values;
  const [count, sites, clients, processes] = [
    values.posts,
    values.sites,
    values.clients,
    values.processes,
  ].map(Number) as [number, number, number, number];
  await posts(folder, { posts: count, sites, clients, processes, invalid });
} else {
  const known = 'generate FOLDER, merge FOLDER, query DATASET or posts FOLDER';
  throw new Error(`there is no ${command}: ${known}`);
}

function generate(into: string): void {
  mkdirSync(into, { recursive: true });
  const [snapshots, sites] = [Number(values.snapshots), Number(values.sites)];
  const options = { density: Number(values.density), unique: Number(values.unique) };
  let bytes = 0;
  for (const { name, snapshot } of syntheticFleet({ snapshots, sites, ...options })) {
    const file = dump(snapshot);
    bytes += file.length;
    writeFileSync(join(into, name), file);
  }
  console.log(`${snapshots} snapshots, ${Math.round(bytes / snapshots)} bytes each`);
}

function merge(from: string): void {
  const names = readdirSync(from).filter((name) => name.endsWith('.tm'));
  const files = Array.from({ length: Number(values.times) }, () => names).flat();
  const merger = new SnapshotMerger({ maxTraces: 2 ** 21, maxSites: 150_000 });
  let [most, bytes] = [0, 0];
  for (const [i, name] of files.entries()) {
    const path = join(from, name);
    bytes += statSync(path).size;
    merger.add(load(readFileSync(path)));
    const { rss } = process.memoryUsage();
    most = Math.max(most, rss);
    if ((i + 1) % Math.ceil(files.length / 8) === 0 || i + 1 === files.length) {
      const { user, system } = process.cpuUsage();
      console.log(
        `${i + 1} files, ${(bytes / 1e6).toFixed(0)} MB: ${((user + system) / 1e6).toFixed(1)} s of CPU, ${(most / 2 ** 20).toFixed(0)} MiB at most`,
      );
    }
  }
  const { sites, traces } = merger.finish().data;
  most = Math.max(most, process.memoryUsage().rss);
  console.log(
    `${sites.length} sites, ${traces.length} rows of blocks, ${(most / 2 ** 20).toFixed(0)} MiB`,
  );
}

async function query(dataset: string): Promise<void> {
  const manual = readFileSync(new URL('../../docs/fleet.md', import.meta.url), 'utf8');
  const database = await (await DuckDBInstance.create(':memory:')).connect();
  const headings = manual.matchAll(
    /^##+ (?<heading>.*)\n(?:(?!^##)[\s\S])*?```sql\n(?<text>[\s\S]*?)```/gm,
  );
  for (const { groups } of headings) {
    const { heading, text } = groups as { heading: string; text: string };
    const here = text
      .replaceAll("'dataset/", `'${dataset}/`)
      .replace("'fleet.parquet'", `'${dataset}-fleet.parquet'`);
    const [begin, cpu] = [performance.now(), process.cpuUsage()];
    const rows = await (await database.runAndReadAll(here)).getRowObjectsJson();
    const { user, system } = process.cpuUsage(cpu);
    console.log(
      `${heading}: ${rows.length} rows, ${((performance.now() - begin) / 1000).toFixed(2)} s, ${((user + system) / 1e6).toFixed(2)} s of CPU, ${(process.memoryUsage().rss / 2 ** 20).toFixed(0)} MiB`,
    );
  }
}
