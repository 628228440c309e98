// npm run mutants -- core/table core/tracer/domains core/table/rows:1-5 …: changes the sources of
// folders, files or lines in hundreds of small ways, and shows which changes no test notices. With
// no names, all folders. It fails where the tests notice too few. docs/mutants.md has the scores.

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { Instrumenter } from '@stryker-mutator/instrumenter';
import { tried } from './try-all.mjs';

/** Folders of sources, and the package's tests that are about them: with all, a run takes hours. */
const known = {
  'core/analysis': '{analysis,statistics}',
  'core/statistics': '{statistics,snapshot,api,analysis,merge}',
  'core/table': '{table,merge,api,tracer}',
  'core/tracer': '{tracer,api}',
  'report/text': 'text',
};
/** Share of the changes to a folder that the tests must notice, in per cent. */
const least = 90;

process.chdir(fileURLToPath(new URL('../..', import.meta.url)));
const folderOf = (path) => path.split('/').slice(0, 2).join('/');
const asked = process.argv.slice(2);
const unknown = asked.filter((path) => !Object.hasOwn(known, folderOf(path)));
if (unknown.length > 0) {
  console.error(`name some of ${Object.keys(known).join(', ')}; got ${unknown.join(' ')}`);
  process.exit(2);
}

const scores = [];
for (const path of asked.length === 0 ? Object.keys(known) : asked) {
  scores.push({ path, ...printed(await changed(path)) });
}
for (const { path, counted, killed } of scores) {
  const isLow = percent(killed, counted) < least;
  console.log(`${score(killed, counted)}  ${path}${isLow ? `: less than ${least} %` : ''}`);
  if (isLow) process.exitCode = 1;
}

/** Changes one folder, file or range of lines. @returns what the tests said of each change. */
async function changed(path) {
  const folder = folderOf(path);
  const [name, ...rest] = path.split('/');
  const [source, lines] = rest.join('/').split(':');
  const files =
    path === folder
      ? filesIn(`packages/${name}/src/${source}`)
      : [`packages/${name}/src/${source}.ts`];
  const quiet = { debug() {}, info() {}, isDebugEnabled: () => false, warn: console.warn };
  const { files: instrumented, mutants } = await new Instrumenter(quiet).instrument(
    files.map((file) => ({
      name: file,
      mutate: lines === undefined ? true : [rangeOf(lines)],
      content: readFileSync(file, 'utf8'),
    })),
    { plugins: null, ignorers: [], excludedMutations: [], noHeader: false },
  );
  const cache = `node_modules/.cache/mutants/${path.replaceAll(/[/:]/g, '-')}`;
  rmSync(cache, { recursive: true, force: true });
  mkdirSync(cache, { recursive: true });
  // The vitest configuration puts these in the place of the sources.
  const contents = Object.fromEntries(instrumented.map((file) => [file.name, file.content]));
  writeFileSync(`${cache}/sources.json`, JSON.stringify(contents));
  const tests = `packages/${name}/test/${known[folder]}/**/*.test.ts`;
  const verdicts = await tried(cache, tests);
  return mutants.map((mutant) => ({ ...mutant, verdict: verdicts.get(mutant.id) ?? 'unreached' }));
}

function filesIn(folder) {
  const names = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.ts'));
  return names.sort().map((name) => `${folder}/${name}`);
}

/** `3-5` or `3`: lines as the instrumenter counts them, from 0, and to the end of the last. */
function rangeOf(lines) {
  const [first, last = first] = lines.split('-').map(Number);
  return { start: { line: first - 1, column: 0 }, end: { line: last, column: 0 } };
}

/** Prints each mutant that no test noticed, and the score of each file. @returns their sum. */
function printed(mutants) {
  const all = { counted: 0, killed: 0 };
  const rows = [];
  for (const path of new Set(mutants.map((mutant) => mutant.fileName))) {
    const counted = mutants.filter(
      (mutant) => mutant.fileName === path && mutant.verdict !== 'loading',
    );
    const alive = counted.filter((mutant) => mutant.verdict !== 'killed');
    const killed = counted.length - alive.length;
    rows.push(`${score(killed, counted.length)}  ${path}`);
    all.counted += counted.length;
    all.killed += killed;
    const lines = readFileSync(path, 'utf8').split('\n');
    for (const { location, replacement, verdict } of alive) {
      const { start, end } = location;
      const line = lines[start.line];
      const old = line.slice(start.column, end.line === start.line ? end.column : line.length);
      const one = replacement.replaceAll(/\s+/g, ' ');
      console.log(`${path}:${start.line + 1}: ${old} → ${one} (${verdict})`);
    }
  }
  for (const row of rows) console.log(row);
  return all;
}

function percent(killed, counted) {
  return counted === 0 ? 100 : (100 * killed) / counted;
}

function score(killed, counted) {
  return `${percent(killed, counted).toFixed(1).padStart(5)} % of ${String(counted).padStart(4)}`;
}
