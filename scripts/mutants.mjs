// npm run mutants -- core/table core/tracer/domains core/table/rows:1-5 …: changes the sources of
// folders, files or lines in hundreds of small ways, and shows which changes no test notices. With
// no names, all folders. It fails where the tests notice too few. docs/mutants.md has the scores.

import { existsSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { Stryker } from '@stryker-mutator/core';

/** Folders of sources, and the package's tests that are about them: with all, a run takes hours. */
const known = {
  'core/analysis': '{analysis,statistics}',
  'core/statistics': '{statistics,snapshot,api,analysis,merge}',
  'core/table': '{table,merge,api}',
  'core/tracer': '{tracer,api}',
  'report/text': 'text',
};
/** Share of the changes to a folder that the tests must notice, in per cent. */
const least = 90;

// Inputs are drawn as often as in CI.
process.env.TEST_RUNS ??= '1';

const folderOf = (path) => path.split('/').slice(0, 2).join('/');
const asked = process.argv.slice(2);
const unknown = asked.filter((path) => !Object.hasOwn(known, folderOf(path)));
if (unknown.length > 0) {
  console.error(`name some of ${Object.keys(known).join(', ')}; got ${unknown.join(' ')}`);
  process.exit(2);
}

const scores = [];
for (const path of asked.length === 0 ? Object.keys(known) : asked) {
  const report = await changed(path);
  // Where nothing can be changed, there is no report.
  if (report !== null) scores.push({ path, ...printed(report) });
}
for (const { path, counted, killed } of scores) {
  const isLow = percent(killed, counted) < least;
  console.log(`${score(killed, counted)}  ${path}${isLow ? `: less than ${least} %` : ''}`);
  if (isLow) process.exitCode = 1;
}

/** Changes one folder, file or range of lines. @returns Stryker's report. */
async function changed(path) {
  const folder = folderOf(path);
  const [name, ...rest] = path.split('/');
  const [source, lines] = rest.join('/').split(':');
  const pattern = path === folder ? '/**/*.ts' : `.ts${lines === undefined ? '' : `:${lines}`}`;
  // The vitest configuration reads it.
  process.env.MUTANTS_TESTS = `packages/${name}/test/${known[folder]}/**/*.test.ts`;
  const file = path.replaceAll(/[/:]/g, '-');
  const jsonReport = `node_modules/.cache/mutants/${file}-report.json`;
  await new Stryker({
    mutate: [`packages/${name}/src/${source}${pattern}`],
    testRunner: 'vitest',
    // pnpm hides plugins from the search by name.
    plugins: ['@stryker-mutator/vitest-runner'],
    // Which tests are about a change is known already, by test and not by file.
    vitest: { configFile: 'scripts/mutants.vitest.config.ts', related: false },
    coverageAnalysis: 'perTest',
    // Mutants of code that runs once, on loading, need a whole process each.
    ignoreStatic: true,
    concurrency: 1,
    timeoutMS: 10_000,
    incremental: true,
    incrementalFile: `node_modules/.cache/mutants/${file}.json`,
    // Its rewriting of tsconfig files needs a TypeScript before 7.
    tsconfigFile: 'none.json',
    ignorePatterns: ['.stryker-tmp', '/docs', 'packages/*/dist', 'coverage'],
    tempDirName: `.stryker-tmp/${file}`,
    reporters: ['json', 'progress-append-only'],
    jsonReporter: { fileName: jsonReport },
    packageManager: 'pnpm',
  }).runMutationTest();
  return existsSync(jsonReport) ? JSON.parse(readFileSync(jsonReport, 'utf8')) : null;
}

/** Prints each mutant that no test noticed, and the score of each file. @returns their sum. */
function printed(report) {
  const all = { counted: 0, killed: 0 };
  const rows = [];
  for (const [path, { mutants, source }] of Object.entries(report.files)) {
    const counted = mutants.filter((mutant) => isCounted(mutant.status));
    const alive = counted.filter((mutant) => !isKilled(mutant.status));
    const killed = counted.length - alive.length;
    rows.push(`${score(killed, counted.length)}  ${path}`);
    all.counted += counted.length;
    all.killed += killed;
    const lines = source.split('\n');
    for (const mutant of alive) {
      const { start, end } = mutant.location;
      const line = lines[start.line - 1];
      const until = end.line === start.line ? end.column - 1 : line.length;
      const old = line.slice(start.column - 1, until);
      const one = mutant.replacement.replaceAll(/\s+/g, ' ');
      console.log(`${path}:${start.line}: ${old} → ${one} (${mutant.status})`);
    }
  }
  for (const row of rows) console.log(row);
  return all;
}

/** Those that can't be compiled, or are left out, count for nothing. */
function isCounted(status) {
  return ['Killed', 'Timeout', 'Survived', 'NoCoverage'].includes(status);
}

function isKilled(status) {
  return status === 'Killed' || status === 'Timeout';
}

function percent(killed, counted) {
  return counted === 0 ? 100 : (100 * killed) / counted;
}

function score(killed, counted) {
  return `${percent(killed, counted).toFixed(1).padStart(5)} % of ${String(counted).padStart(4)}`;
}
