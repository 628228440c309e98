/**
 * Runs the programs of test/python in both hosts and compares them with CPython's answers:
 * `npm run parity` prints it all, `npm run parity -- SET` some sets, `npm run parity -- --write` writes docs/parity.md.
 */
import { writeFileSync } from 'node:fs';
import process from 'node:process';
import { compareWithCpython as compareBrython } from '../brython/programs.ts';
import { golden, measureInSkulpt } from '../skulpt/containers.ts';
import { compareWithCpython as compareSkulpt } from '../skulpt/programs.ts';
import { type Agreement, parityTable } from './parity.ts';
import { type HostResults, parityPage } from './parity-page.ts';
import { programSet, setNames } from './program-set.ts';

const only = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const results: HostResults[] = [];
for (const name of setNames.filter((set) => only.length === 0 || only.includes(set))) {
  const set = programSet(name);
  const { agreements, refused } = await compareSkulpt(set);
  results.push({ name, brython: await compareBrython(set), skulpt: agreements, refused });
}
if (process.argv.includes('--write')) {
  const page = parityPage(results, measureInSkulpt(golden.containers));
  writeFileSync(new URL('../../docs/parity.md', import.meta.url), page);
} else {
  const details = results.flatMap(({ name, brython, skulpt }) => [
    ...section(`Brython, ${name}`, brython),
    ...section(`Skulpt, ${name}`, skulpt),
  ]);
  process.stdout.write(`${details.join('\n')}\n`);
}

/** A host's table, and what differs in each program. */
function section(host: string, agreements: readonly Agreement[]): string[] {
  const details = agreements.flatMap(({ program, differences }) =>
    differences.length === 0 ? [] : [program, ...differences.map((text) => `  ${text}`), ''],
  );
  return [host, parityTable(agreements), '', ...details];
}
