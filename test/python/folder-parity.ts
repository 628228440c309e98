import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { load } from '@tracemalloc/core/codec';
import { type Agreement, type Answer, agreementOf } from './parity.ts';
import { answerOf } from './program-set.ts';

/** What one host made of the programs of a folder. */
export type FolderParity = {
  readonly agreements: readonly Agreement[];
  /** Programs that did not run, and the last line of what they wrote. */
  readonly refused: readonly string[];
};

const nframe = 25;
const generator = fileURLToPath(new URL('generate_programs.py', import.meta.url));
const cli = fileURLToPath(new URL('../../scripts/run-from-source.ts', import.meta.url));

/** What CPython answers for each program of a folder that ends within ten seconds there. */
export function answersOfCpython(folder: string, command: string): ReadonlyMap<string, Answer> {
  const answers = new Map<string, Answer>();
  for (const name of readdirSync(folder).filter((one) => one.endsWith('.py'))) {
    const { status, stdout } = spawnSync(command, ['-I', generator, join(folder, name)], {
      encoding: 'utf8',
      timeout: 10_000,
      input: '',
      maxBuffer: 2 ** 28,
    });
    // The programs print, too; the answer is the last line.
    if (status === 0) answers.set(name, JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as Answer);
  }
  return answers;
}

/** Runs the programs as `tracemalloc run` does, and compares them with CPython's answers. */
export function compareFolder(
  folder: string,
  host: 'brython' | 'skulpt',
  answers: ReadonlyMap<string, Answer>,
): FolderParity {
  const agreements: Agreement[] = [];
  const refused: string[] = [];
  const scratch = mkdtempSync(join(tmpdir(), 'parity-'));
  const output = join(scratch, 'run.tm');
  for (const [program, answer] of answers) {
    rmSync(output, { force: true });
    const { status, stderr } = spawnSync(
      process.execPath,
      [
        '--conditions=@tracemalloc/source',
        `--import=${import.meta.resolve('tsx')}`,
        ...[cli, 'run', '-q', '--nframe', String(nframe), '--interpreter', host, '-o', output],
        join(folder, program),
      ],
      { encoding: 'utf8', timeout: 120_000, input: '', maxBuffer: 2 ** 28 },
    );
    if (status !== 0) {
      refused.push(`${program}: ${stderr.trimEnd().split('\n').at(-1)}`);
      continue;
    }
    const snapshot = load(readFileSync(output));
    const set = { name: 'programs' as const, folder: `${resolve(folder)}/`, nframe, answers: {} };
    agreements.push(agreementOf(program, answer, answerOf(snapshot, set)));
  }
  rmSync(scratch, { recursive: true });
  return { agreements, refused };
}
