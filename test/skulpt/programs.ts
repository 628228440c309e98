import { readFileSync } from 'node:fs';
import { attachSkulpt } from '@tracemalloc/adapters/skulpt';
import { runSkulptProgram } from '@tracemalloc/adapters/skulpt/node';
import { Tracer } from '@tracemalloc/core';
import { newSkulpt } from '../../packages/adapters/test/skulpt/new-skulpt.ts';
import { type Agreement, type Answer, agreementOf } from '../python/parity.ts';
import { answerOf, type ProgramSet } from '../python/program-set.ts';

/** Why Skulpt 1.2.0 can't run a program of a set. */
type Refusal = { readonly program: string; readonly reason: string };

export type Comparison = {
  readonly agreements: readonly Agreement[];
  readonly refused: readonly Refusal[];
};

/** Runs the programs of a set that Skulpt can run, and compares them with CPython's answers. */
export async function compareWithCpython(
  set: ProgramSet,
  programs: readonly string[] = Object.keys(set.answers),
): Promise<Comparison> {
  const agreements: Agreement[] = [];
  const refused: Refusal[] = [];
  for (const program of programs) {
    const answer = await answerOfGuest(program, set);
    if (typeof answer === 'string') refused.push({ program, reason: answer });
    else agreements.push(agreementOf(program, set.answers[program]!, answer));
  }
  return { agreements, refused };
}

/** What the guest allocated; the last line of its error where it can't run the program. */
async function answerOfGuest(program: string, set: ProgramSet): Promise<Answer | string> {
  const { Sk } = newSkulpt();
  const tracer = new Tracer();
  attachSkulpt(Sk, tracer);
  let errors = '';
  tracer.start(set.nframe);
  const { exitCode } = await runSkulptProgram(Sk, {
    source: readFileSync(set.folder + program, 'utf8'),
    filename: program,
    folder: set.folder,
    stdout: () => undefined,
    stderr: (text) => {
      errors += text;
    },
  });
  if (exitCode !== 0) return errors.trimEnd().split('\n').at(-1) ?? '';
  const answer = answerOf(tracer.takeSnapshot(), set);
  tracer.stop();
  return answer;
}
