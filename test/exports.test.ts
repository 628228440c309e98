import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

// What a user can import, written down. A changed file here is a changed public API.
const packages = ['core', 'adapters', 'formats', 'report', 'cli', 'mcp', 'vitest'];

function exportsOf(name: string): string[] {
  const url = new URL(`../packages/${name}/package.json`, import.meta.url);
  const manifest = JSON.parse(readFileSync(url, 'utf8'));
  return Object.keys(manifest.exports).filter((key) => !key.endsWith('.json'));
}

test.each(
  packages.flatMap((name) => exportsOf(name).map((key) => `@tracemalloc/${name}${key.slice(1)}`)),
)('%s exports what its golden file lists', async (specifier) => {
  const names = Object.keys(await import(specifier)).sort();
  const file = specifier.replace('@tracemalloc/', '').replaceAll('/', '.');
  await expect(`${names.join('\n')}\n`).toMatchFileSnapshot(`./golden/exports/${file}.txt`);
});
