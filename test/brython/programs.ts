import { readFileSync } from 'node:fs';
import { type Agreement, type Answer, agreementOf } from '../python/parity.ts';
import { answerOf, type ProgramSet } from '../python/program-set.ts';
import { createGuest, type Guest } from './guest.ts';

/** Runs every program of a set in Brython and compares it with CPython's answer. */
export async function compareWithCpython(set: ProgramSet): Promise<Agreement[]> {
  const agreements: Agreement[] = [];
  for (const [program, answer] of Object.entries(set.answers)) {
    agreements.push(agreementOf(program, answer, await answerOfGuest(program, set)));
  }
  return agreements;
}

async function answerOfGuest(program: string, set: ProgramSet): Promise<Answer> {
  const guest = await createGuest();
  const { tracer, runtime } = guest;
  const source = readFileSync(set.folder + program, 'utf8');
  importStandardModules(guest, source);
  tracer.start(set.nframe);
  const { exitCode } = runtime.run({ source, filename: program, folder: set.folder });
  if (exitCode !== 0) throw new Error(`${program} ended with exit status ${exitCode}`);
  const snapshot = tracer.takeSnapshot();
  tracer.stop();
  return answerOf(snapshot, set);
}

/** In CPython these are frozen or loaded before the program runs. */
function importStandardModules(guest: Guest, source: string): void {
  const imports = source
    .split('\n')
    .filter((line) => /^(?:from|import) (?:collections|dataclasses)\b/.test(line));
  guest.run(imports.join('\n'), 'imports_of_program.py');
}
