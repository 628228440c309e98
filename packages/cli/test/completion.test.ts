import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { knownHosts } from '../src/hosts/known-hosts.ts';
import { tracemallocIn } from './command.ts';

async function script(shell: string): Promise<string> {
  return (await tracemallocIn(tmpdir(), ['completion', shell])).stdout;
}

const cases: readonly (readonly [words: readonly string[], offered: readonly string[]])[] = [
  [['c'], ['cycles', 'check', 'convert', 'collect', 'completion']],
  [['top', '--met'], ['--metric']],
  [
    ['top', '--metric', ''],
    ['live', 'peak', 'temporary', 'allocated'],
  ],
  [
    ['diff', '--key', 'f'],
    ['filename', 'function'],
  ],
  [
    ['completion', ''],
    ['bash', 'zsh', 'fish'],
  ],
  [['help', 'st'], ['stats']],
  [['flamegraph', '--bas'], ['--baseline']],
  [['run', '--interpreter', ''], Object.keys(knownHosts)],
  [['table', '--key', '=', 'fu'], ['function']],
  [['top', 'some'], []],
];

/** What bash offers for the last word of each line: one bash for all, which reads the script once. */
async function offered(lines: readonly (readonly string[])[]): Promise<string[][]> {
  const questions = lines.map((words) => {
    const line = words.map((word) => `'${word}'`).join(' ');
    return `COMPREPLY=(); COMP_WORDS=(tracemalloc ${line}); COMP_CWORD=${words.length}
_tracemalloc; printf '%s\\n' "\${COMPREPLY[@]}"; echo ---`;
  });
  const { stdout } = spawnSync('bash', ['-c', [await script('bash'), ...questions].join('\n')], {
    encoding: 'utf8',
    cwd: tmpdir(),
  });
  const answers = stdout.split('---\n').slice(0, -1);
  return answers.map((answer) => answer.split('\n').filter((word) => word !== ''));
}

let answers: Promise<string[][]> | undefined;

test.each(cases.map(([words, expected], i) => [words, expected, i] as const))(
  'bash completes %j',
  async (_, expected, i) => {
    answers ??= offered(cases.map(([words]) => words));
    expect((await answers)[i]).toEqual(expected);
  },
);

test('every command and option is in the scripts for zsh and fish', async () => {
  const zsh = await script('zsh');
  const fish = await script('fish');
  expect(zsh).toContain(
    "'top:print the lines that allocated most, as CPython'\\''s documentation does'",
  );
  expect(zsh).toContain(
    "'*--metric=[memory that is live, was live at the peak, was freed at once, or was ever allocated]:value:(live peak temporary allocated)'",
  );
  expect(fish).toContain(
    "complete -c tracemalloc -n '__fish_seen_subcommand_from diff' -s n -l limit -r -d 'differences to list'",
  );
});
