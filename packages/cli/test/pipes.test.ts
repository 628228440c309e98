import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const node = `"${process.execPath}" --conditions=@tracemalloc/source --import=tsx`;
const command = `${node} scripts/run-from-source.ts run -q -c "$PROGRAM"`;

/** Runs a program in a shell's pipeline. */
function pipeline(text: string, program: string) {
  const { stdout, stderr } = spawnSync('sh', ['-c', text.replace('RUN', command)], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, PROGRAM: program },
  });
  return { stdout, stderr };
}

test('a program reads its standard input by line, whole, and by input()', () => {
  const program = `import sys
print(input(), sys.stdin.readline(), end='')
for line in sys.stdin: print(line.strip().upper())
`;
  expect(pipeline("printf 'a\\nb\\nc\\nd' | RUN", program)).toEqual({
    stdout: 'a b\nC\nD\n',
    stderr: '',
  });
});

test('a reader that has had enough ends the program without a stack trace', () => {
  const program = 'for i in range(50_000): print(i)';
  expect(pipeline('RUN | head -2', program)).toEqual({ stdout: '0\n1\n', stderr: '' });
});
