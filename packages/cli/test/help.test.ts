import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { tracemallocIn } from './command.ts';

const manual = readFileSync(new URL('../../../docs/cli.md', import.meta.url), 'utf8');

async function help(...command: string[]): Promise<string> {
  const { status, stdout, stderr } = await tracemallocIn(tmpdir(), [...command, '--help'], {
    width: 100,
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

/** `diff` of `  diff [options] <old> <new>  print what changed …`. */
async function commandNames(): Promise<string[]> {
  const [, list = ''] = (await help()).split(/Commands:\n|\n\nExamples:/);
  const names = Array.from(list.matchAll(/^ {2}(\w+)(?:\|\w+)? /gm), ([, name = '']) => name);
  return names.filter((name) => name !== 'help');
}

test('every command has examples in its help, and the manual speaks of no other command', async () => {
  const names = await commandNames();
  for (const name of names) {
    const [, examples = ''] = (await help(name)).split('Examples:\n');
    expect(examples).toMatch(new RegExp(`tracemalloc ${name} `));
  }
  const headings = Array.from(manual.matchAll(/^## ([a-z]+)$/gm), ([, name]) => name);
  expect(headings.sort()).toEqual(names.sort());
});

test('every option of the manual is one of the command line', async () => {
  const texts = await Promise.all((await commandNames()).map((name) => help(name)));
  const known = new Set(texts.join().match(/--[a-z][a-z-]+/g));
  const examples = manual.match(/(?<=^tracemalloc [^#\n]*)--[a-z][a-z-]+/gm) ?? [];
  // One is an option of somebody's program.
  expect(examples.filter((option) => !known.has(option))).toEqual(['--its-own']);
});
