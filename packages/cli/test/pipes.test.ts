import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { type RawTrace, Snapshot } from '@tracemalloc/core';
import { dump } from '@tracemalloc/core/codec';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BundledCommand, bundleCommand } from '../../../test/setup/bundle-command.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

let command: BundledCommand;
let tracemalloc: string;
beforeAll(async () => {
  command = await bundleCommand();
  tracemalloc = `"${process.execPath}" "${command.script}"`;
});
afterAll(() => command?.remove());

/** Runs a program in a shell's pipeline. */
function pipeline(text: string, program: string) {
  return shell(text.replace('RUN', `${tracemalloc} run -q -c "$PROGRAM"`), { PROGRAM: program });
}

function shell(text: string, env: Record<string, string>, input: Uint8Array | string = '') {
  const { stdout, stderr } = spawnSync('sh', ['-c', text], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ...env },
    input,
  });
  return { stdout, stderr };
}

test('a program reads its standard input by character, by line, whole, and by input()', () => {
  const program = `import sys
print(input(), sys.stdin.read(1), sys.stdin.readline(2), input(), sys.stdin.readline(), end='')
for line in sys.stdin: print(line.strip().upper())
`;
  expect(pipeline("printf 'a\\nwxyz\\nb\\nc\\nd' | RUN", program)).toEqual({
    stdout: 'a w xy z b\nC\nD\n',
    stderr: '',
  });
});

test('a reader that has had enough ends the program without a stack trace', () => {
  const program = 'for i in range(50_000): print(i)';
  expect(pipeline('RUN | head -2', program)).toEqual({ stdout: '0\n1\n', stderr: '' });
});

test('so does one of a report or a file, which all go to standard output by the same way', () => {
  const traces = Array.from(
    { length: 3000 },
    (_, i): RawTrace => [0, 1, [[`${i}.py`.padStart(60), 1]]],
  );
  const files = dump(Snapshot.fromTraces(traces, 1));
  // More than a pipe holds, so that the rest is written when nobody reads any more.
  const text = `${tracemalloc} convert --to csv - - | head -1 | cut -c 1-10; echo end`;
  expect(shell(text, {}, files)).toEqual({ stdout: 'domain,typ\nend\n', stderr: '' });
});

test('a program that is watched has its own streams, tells where it is served, and reports at its end', async () => {
  const program = 'import sys\nkept = [bytes(1000) for i in range(9)]\nprint(sys.stdin.read())\n';
  const child = spawn(process.execPath, [command.script, 'run', '--live-child', '-c', program], {
    stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
  });
  const written = Promise.all([text(child.stdout!), text(child.stderr!)]);
  const [{ url }] = (await once(child, 'message')) as [{ url: string }];
  const { body } = await fetch(url.replace('/?', '/updates?'));
  const updates = text(body as unknown as AsyncIterable<Uint8Array>);
  child.stdin!.end('its input');
  const [stdout, stderr] = await written;
  const last = JSON.parse((await updates).trim().split('\n').at(-1)!);
  expect([stdout, stderr.split('\n')[0], last.isOver]).toEqual([
    'its input\n',
    'Top 10 lines',
    true,
  ]);
});
