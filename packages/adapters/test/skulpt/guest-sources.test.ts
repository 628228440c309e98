import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const folder = new URL('../../src/skulpt/node/', import.meta.url);

test('guest-sources.ts holds the Python files of guest/', async () => {
  const entries = readdirSync(new URL('guest/', folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.py'))
    .sort()
    .map((name) => {
      const source = readFileSync(new URL(`guest/${name}`, folder), 'utf8');
      return `  ${JSON.stringify(name)}: ${JSON.stringify(source)},\n`;
    });
  await expect(
    `// Made of guest/ by "npm run test:update": change those files and run it.\n` +
      `// biome-ignore-all format: generated\n` +
      `export const guestSources: Readonly<Record<string, string>> = {\n${entries.join('')}};\n`,
  ).toMatchFileSnapshot(new URL('guest-sources.ts', folder).pathname);
});
