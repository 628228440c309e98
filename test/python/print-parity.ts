/**
 * Runs the programs of test/python in both hosts and compares them with CPython's answers:
 * `npm run parity` prints it all, `npm run parity -- SET` some sets, `npm run parity -- --write` writes docs/parity.md;
 * `npm run parity -- --folder FOLDER [--host brython|skulpt]` compares the programs of any folder, by python3.13 and `tracemalloc run`.
 */
import { writeFileSync } from 'node:fs';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { compareWithCpython as compareBrython } from '../brython/programs.ts';
import { golden, measureInSkulpt } from '../skulpt/containers.ts';
import { compareWithCpython as compareSkulpt } from '../skulpt/programs.ts';
import { answersOfCpython, compareFolder } from './folder-parity.ts';
import { type Agreement, parityTable } from './parity.ts';
import { type HostResults, parityPage } from './parity-page.ts';
import { programSet, setNames } from './program-set.ts';

const { values, positionals: only } = parseArgs({
  allowPositionals: true,
  options: {
    write: { type: 'boolean', default: false },
    folder: { type: 'string' },
    host: { type: 'string' },
  },
});
if (values.folder === undefined) await compareSets();
else compareFolders(values.folder, values.host);

async function compareSets(): Promise<void> {
  const results: HostResults[] = [];
  for (const name of setNames.filter((set) => only.length === 0 || only.includes(set))) {
    const set = programSet(name);
    const { agreements, refused } = await compareSkulpt(set);
    results.push({ name, brython: await compareBrython(set), skulpt: agreements, refused });
  }
  if (values.write) {
    const page = parityPage(results, measureInSkulpt(golden.containers));
    writeFileSync(new URL('../../docs/parity.md', import.meta.url), page);
    return;
  }
  const details = results.flatMap(({ name, brython, skulpt }) => [
    ...section(`Brython, ${name}`, brython),
    ...section(`Skulpt, ${name}`, skulpt),
  ]);
  process.stdout.write(`${details.join('\n')}\n`);
}

function compareFolders(folder: string, only: string | undefined): void {
  const answers = answersOfCpython(folder, 'python3.13');
  for (const host of ['brython', 'skulpt'] as const) {
    if (only !== undefined && only !== host) continue;
    const { agreements, refused } = compareFolder(folder, host, answers);
    const lines = [...section(host, agreements), ...refused.map((text) => `not run: ${text}`)];
    process.stdout.write(`${lines.join('\n')}\n\n`);
  }
}

/** A host's table, and what differs in each program. */
function section(host: string, agreements: readonly Agreement[]): string[] {
  const details = agreements.flatMap(({ program, differences }) =>
    differences.length === 0 ? [] : [program, ...differences.map((text) => `  ${text}`), ''],
  );
  return [host, parityTable(agreements), '', ...details];
}
