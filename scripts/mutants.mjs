// npm run mutants -- core/table core/tracer/domains …: changes the sources of folders or files in
// hundreds of small ways, and shows which changes no test notices. docs/mutants.md has the scores.

import { existsSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { Stryker } from '@stryker-mutator/core';

/** Folders of sources, and the package's tests that are about them: with all, a run takes hours. */
const known = {
  'core/analysis': '{analysis,statistics}',
  'core/table': '{table,tracer,api,merge}',
  'core/tracer': '{tracer,api}',
  'core/statistics': '{statistics,snapshot,api,analysis,merge}',
  'report/text': 'text',
};
const wanted = process.argv.slice(2);
const folderOf = (path) => path.split('/').slice(0, 2).join('/');
const unknown = wanted.filter((path) => !Object.hasOwn(known, folderOf(path)));
if (wanted.length === 0 || unknown.length > 0) {
  const got = unknown.length === 0 ? 'nothing' : unknown.join(' ');
  console.error(`name one or more of ${Object.keys(known).join(', ')}; got ${got}`);
  process.exit(2);
}

for (const path of wanted) {
  const folder = folderOf(path);
  const [name, ...rest] = path.split('/');
  const pattern = path === folder ? '/**/*.ts' : '.ts';
  // The vitest configuration reads it.
  process.env.MUTANTS_TESTS = `packages/${name}/test/${known[folder]}/**/*.test.ts`;
  const file = path.replaceAll('/', '-');
  const jsonReport = `node_modules/.cache/mutants/${file}-report.json`;
  const results = await new Stryker({
    mutate: [`packages/${name}/src/${rest.join('/')}${pattern}`],
    testRunner: 'vitest',
    // pnpm hides plugins from the search by name.
    plugins: ['@stryker-mutator/vitest-runner'],
    vitest: { configFile: 'scripts/mutants.vitest.config.ts' },
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
  if (existsSync(jsonReport)) print(path, JSON.parse(readFileSync(jsonReport, 'utf8')));
  else console.log(`${path}: ${results.length} mutants`);
}

/** The score of each file, and each mutant that no test noticed. */
function print(folder, report) {
  const rows = [];
  for (const [path, { mutants, source }] of Object.entries(report.files)) {
    const counted = mutants.filter((mutant) => isCounted(mutant.status));
    const alive = counted.filter((mutant) => !isKilled(mutant.status));
    rows.push({ path, counted: counted.length, killed: counted.length - alive.length });
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
  const all = { counted: 0, killed: 0 };
  for (const { path, counted, killed } of rows) {
    console.log(`${score(killed, counted)}  ${path}`);
    all.counted += counted;
    all.killed += killed;
  }
  console.log(`${score(all.killed, all.counted)}  ${folder}`);
}

/** Those that can't be compiled, or are left out, count for nothing. */
function isCounted(status) {
  return ['Killed', 'Timeout', 'Survived', 'NoCoverage'].includes(status);
}

function isKilled(status) {
  return status === 'Killed' || status === 'Timeout';
}

function score(killed, counted) {
  const percent = counted === 0 ? 100 : (100 * killed) / counted;
  return `${percent.toFixed(1).padStart(5)} % of ${String(counted).padStart(4)}`;
}
