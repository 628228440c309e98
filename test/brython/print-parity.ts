import { type Agreement, parityTable } from '../python/parity.ts';
import { programSet } from '../python/program-set.ts';
import { compareWithCpython as compareSkulpt } from '../skulpt/programs.ts';
import { compareWithCpython } from './programs.ts';

for (const name of ['programs', 'courses', 'unseen'] as const) {
  const set = programSet(name);
  const brython = await compareWithCpython(set);
  const { agreements: skulpt, refused } = await compareSkulpt(set);
  const common = new Set(skulpt.map(({ program }) => program));
  const lines = [
    ...section(`Brython, ${name}`, brython),
    ...section(`Skulpt, ${name}`, skulpt),
    'Skulpt cannot run',
    ...refused.map(({ program, reason }) => `  ${program}: ${reason}`),
    '',
    'Brython, the programs that Skulpt can run',
    parityTable(brython.filter(({ program }) => common.has(program))),
    '',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** A host's table, and what differs in each program. */
function section(host: string, agreements: readonly Agreement[]): string[] {
  const details = agreements.flatMap(({ program, differences }) =>
    differences.length === 0 ? [] : [program, ...differences.map((text) => `  ${text}`), ''],
  );
  return [host, parityTable(agreements), '', ...details];
}
