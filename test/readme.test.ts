import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format } from 'node:util';
import { expect, test, vi } from 'vitest';

const root = fileURLToPath(new URL('../', import.meta.url));
const readme = readFileSync(`${root}README.md`, 'utf8');

/** The code blocks of the README in one language, in order. */
function blocks(language: string): string[] {
  const found = readme.matchAll(/^```(\w*)\n(.*?)^```$/gms);
  return [...found].filter(([, name]) => name === language).map(([, , body]) => body!);
}

test('the embedding example of the README is the one in examples/', () => {
  expect(blocks('js')).toEqual([readFileSync(`${root}examples/embedding.js`, 'utf8')]);
});

test('it prints what the README says', async () => {
  const lines: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((...values) => lines.push(format(...values)));
  // Here, where the library is loaded: a process of its own compiled it again.
  await import(`${root}examples/embedding.js`);
  expect(blocks('')).toContain(`${lines.join('\n')}\n`);
});

test.each(['core', 'adapters', 'formats', 'report', 'cli', 'mcp', 'vitest'])(
  'the README of %s names all that is installed with it, and no other package',
  (name) => {
    const folder = `${root}packages/${name}/`;
    const { dependencies = {}, peerDependencies = {} } = JSON.parse(
      readFileSync(`${folder}package.json`, 'utf8'),
    );
    const [, text] = /^Dependencies: (.*)$/m.exec(readFileSync(`${folder}README.md`, 'utf8'))!;
    const named = [...text!.matchAll(/`((?:@[a-z][\w-]*\/)?[a-z][\w-]*)`/g)].map(
      ([, found]) => found!,
    );
    const bundled = ['msgpackr'];
    const installed = Object.keys({ ...dependencies, ...peerDependencies });
    const others = installed.filter((dependency) => !dependency.startsWith('@tracemalloc/'));
    expect(named.filter((found) => !bundled.includes(found)).sort()).toEqual(others.sort());
  },
);
