import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const folder = new URL('../../src/python/tools/', import.meta.url);

/** `pympler/asizeof.py` is the module `pympler.asizeof`. */
const moduleName = (file: string): string =>
  file.replace(/(?:\/__init__)?\.py$/, '').replaceAll('/', '.');

test('tool-sources.ts holds the Python files of guest/', async () => {
  const entries = readdirSync(new URL('guest/', folder), { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.py'))
    .sort()
    .map((name) => {
      const source = readFileSync(new URL(`guest/${name}`, folder), 'utf8');
      return `  ${JSON.stringify(moduleName(name))}: ${JSON.stringify(source)},\n`;
    });
  await expect(
    `// Made of guest/*.py by "npm run test:update": change those files and run it.\n` +
      `// biome-ignore-all format: generated\n` +
      `export const toolSources: Readonly<Record<string, string>> = {\n${entries.join('')}};\n`,
  ).toMatchFileSnapshot(new URL('tool-sources.ts', folder).pathname);
});
