import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { tracemallocIn } from './command.ts';

async function script(shell: string): Promise<string> {
  return (await tracemallocIn(tmpdir(), ['completion', shell])).stdout;
}

/** What bash offers for the last word of a line. */
async function offered(...words: string[]): Promise<string[]> {
  const line = words.map((word) => `'${word}'`).join(' ');
  const question = `${await script('bash')}
COMP_WORDS=(tracemalloc ${line}); COMP_CWORD=${words.length}
_tracemalloc; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = spawnSync('bash', ['-c', question], { encoding: 'utf8', cwd: tmpdir() });
  return stdout.split('\n').filter((word) => word !== '');
}

test.each<[string[], string[]]>([
  [['c'], ['check', 'convert', 'completion']],
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
  [
    ['run', '--interpreter', ''],
    ['brython', 'skulpt', 'lua'],
  ],
  [['table', '--key', '=', 'fu'], ['function']],
  [['top', 'some'], []],
])('bash completes %j', async (words, expected) => {
  expect(await offered(...words)).toEqual(expected);
});

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
