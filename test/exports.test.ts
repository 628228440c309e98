import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { publicNames } from './architecture/public-names.ts';

// What a user can import, written down. A changed file here is a changed public API.
const packages = ['core', 'adapters', 'formats', 'report', 'cli', 'vitest'];

function exportsOf(name: string): string[] {
  const url = new URL(`../packages/${name}/package.json`, import.meta.url);
  const manifest = JSON.parse(readFileSync(url, 'utf8'));
  return Object.keys(manifest.exports).filter((key) => !key.endsWith('.json'));
}

const doors = packages.flatMap((name) =>
  exportsOf(name).map((key) => `@tracemalloc/${name}${key.slice(1)}`),
);

test.each(doors)('%s exports what its golden file lists', async (specifier) => {
  const names = Object.keys(await import(specifier)).sort();
  const file = specifier.replace('@tracemalloc/', '').replaceAll('/', '.');
  await expect(`${names.join('\n')}\n`).toMatchFileSnapshot(`./golden/exports/${file}.txt`);
});

test('every public name says in a doc comment what it is', () => {
  const root = fileURLToPath(new URL('../', import.meta.url));
  const silent = doors.flatMap((door) =>
    publicNames(fileURLToPath(import.meta.resolve(door)))
      .filter(({ isDocumented }) => !isDocumented)
      .map(({ name, file }) => `${door}: ${name} (${file.slice(root.length)})`),
  );
  expect(silent).toEqual([]);
});
