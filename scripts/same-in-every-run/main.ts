/**
 * Whether a program's snapshot in Brython has the same bytes in every run, and which metrics differ
 * if not: `npm run same-in-every-run -- [RUNS] [PROGRAM.py …]`, by default 10 runs of each program of
 * `npm run parity`, in this Node and in those that `npm run node-versions` fetched.
 * Each run has a process of its own, as a user's has. Exit status 1 where something differs.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { basename } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { setNames } from '../../test/python/program-set.ts';
import { metrics } from './metrics.ts';

const cache = pathOf('../../node_modules/.cache/');
// Beside this package's modules, so that Brython is found from there.
const worker = pathOf('../../packages/cli/node_modules/.cache/same-in-every-run.mjs');

function pathOf(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

/** This Node, and others by their major version. */
function nodes(): [name: string, path: string][] {
  const others = ['22', '24'].map((major): [string, string] => [
    major,
    `${cache}nodes/${major}/bin/node`,
  ]);
  return [
    [process.versions.node, process.execPath],
    ...others.filter(([, path]) => existsSync(path)),
  ];
}

function programsOf(folder: string): string[] {
  const path = pathOf(`${folder}/`);
  const names = readdirSync(path).filter((name) => name.endsWith('.py'));
  return names.map((name) => `${path}${name}`);
}

/** In how many of so many runs the bytes, and each metric, were as in most. */
function sameRuns(node: string, file: string, runs: number): readonly number[] {
  const found = ['bytes', ...metrics].map(() => new Map<string, number>());
  for (let run = 0; run < runs; run++) {
    const hashes = JSON.parse(execFileSync(node, [worker, file], { encoding: 'utf8' })) as string[];
    for (const [i, counts] of found.entries()) {
      counts.set(hashes[i]!, (counts.get(hashes[i]!) ?? 0) + 1);
    }
  }
  return found.map((counts) => Math.max(...counts.values()));
}

async function main(runs: number, files: readonly string[]): Promise<void> {
  await build({
    entryPoints: [pathOf('run.ts')],
    outfile: worker,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: ['node20'],
    conditions: ['@tracemalloc/source'],
    external: ['brython', 'brython/*', 'skulpt', 'skulpt/*'],
    banner: {
      js: "import { createRequire as from } from 'node:module'; const require = from(import.meta.url);",
    },
  });
  for (const [name, node] of nodes()) {
    let sum = 0;
    for (const file of files) {
      const [bytes = 0, ...same] = sameRuns(node, file, runs);
      sum += bytes;
      const differ = metrics.flatMap((metric, i) =>
        same[i]! < runs ? [`${metric} ${same[i]}`] : [],
      );
      const text = `${bytes} of ${runs} ${differ.join(', ')}`;
      process.stdout.write(`Node ${name} ${basename(file)}: ${text.trim()}\n`);
    }
    process.stdout.write(`Node ${name}, all: ${sum} of ${runs * files.length}\n`);
    if (sum < runs * files.length) process.exitCode = 1;
  }
}

const [runs = '10', ...files] = process.argv.slice(2);
const sets = setNames.map((set) => `../../test/python/${set}`);
await main(Number(runs), files.length > 0 ? files : sets.flatMap(programsOf));
