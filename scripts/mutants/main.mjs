// npm run mutants -- core/table core/tracer/domains core/table/rows:1-5 …: changes the sources of
// folders, files or lines in hundreds of small ways, and shows which changes no test notices. With
// no names, all folders. Those listed in scripts/mutants/survivors, with the reason why no test can
// notice them, are not tried, unless --listed is there, and count as not noticed. --update writes
// the lists. It fails where the tests notice too few, or a change lives that has no reason.
// docs/mutants.md has the scores.

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { Instrumenter } from '@stryker-mutator/instrumenter';
import { described, listedIn, writeList } from './listed.mjs';
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
const words = process.argv.slice(2);
const asked = words.filter((word) => !word.startsWith('--'));
const [isUpdate, triesListed] = ['--update', '--listed'].map((word) => words.includes(word));
const unknown = asked.filter((path) => !Object.hasOwn(known, folderOf(path)));
if (unknown.length > 0) {
  console.error(`name some of ${Object.keys(known).join(', ')}; got ${unknown.join(' ')}`);
  process.exit(2);
}

const scores = [];
for (const path of asked.length === 0 ? Object.keys(known) : asked) {
  scores.push({ path, ...printed(path, await changed(path)) });
}
for (const { path, counted, killed, unexplained } of scores) {
  const isLow = path === folderOf(path) && percent(killed, counted) < least;
  console.log(
    `${score(killed, counted)}  ${path}`,
    isLow ? `: less than ${least} %` : '',
    unexplained > 0 ? `: ${unexplained} live without a reason` : '',
  );
  if (isLow || unexplained > 0) process.exitCode = 1;
}

function listOf(path) {
  return `scripts/mutants/survivors/${folderOf(path).replace('/', '-')}.txt`;
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
  const { files: instrumented, mutants: bare } = await new Instrumenter(quiet).instrument(
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
  const mutants = described(bare, listedIn(listOf(path)));
  const skipped = triesListed ? [] : mutants.filter(({ reason }) => reason !== undefined);
  writeFileSync(`${cache}/listed.json`, JSON.stringify(skipped.map(({ id }) => id)));
  const tests = `packages/${name}/test/${known[folder]}/**/*.test.ts`;
  const verdicts = await tried(cache, tests);
  const untried = new Set(skipped.map(({ id }) => id));
  return mutants.map((mutant) => {
    const { id } = mutant;
    return { ...mutant, verdict: untried.has(id) ? 'listed' : (verdicts.get(id) ?? 'unreached') };
  });
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
function printed(path, mutants) {
  const all = { counted: 0, killed: 0, unexplained: 0 };
  const rows = [];
  const survivors = [];
  for (const file of new Set(mutants.map((mutant) => mutant.fileName))) {
    const counted = mutants.filter(
      ({ fileName, verdict }) => fileName === file && verdict !== 'loading',
    );
    const alive = counted.filter(({ verdict }) => verdict !== 'killed');
    rows.push(`${score(counted.length - alive.length, counted.length)}  ${file}`);
    all.counted += counted.length;
    all.killed += counted.length - alive.length;
    survivors.push(...alive);
  }
  for (const { text, reason, verdict } of survivors) {
    if (reason !== undefined) continue;
    all.unexplained += 1;
    console.log(`${text} (${verdict})`);
  }
  for (const { text, reason, verdict } of mutants) {
    if (reason !== undefined && verdict === 'killed') console.log(`noticed, but listed: ${text}`);
  }
  for (const row of rows) console.log(row);
  if (isUpdate && path === folderOf(path)) writeList(listOf(path), survivors);
  return all;
}

function percent(killed, counted) {
  return counted === 0 ? 100 : (100 * killed) / counted;
}

function score(killed, counted) {
  return `${percent(killed, counted).toFixed(1).padStart(5)} % of ${String(counted).padStart(4)}`;
}
