import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const folder = new URL('../../src/python/module/', import.meta.url);

// `npm run test:update` writes the file anew.
test('module-sources.ts holds the Python files beside it', async () => {
  const entries = ['tracemalloc', 'tracemalloc_extra'].map((name) => {
    const source = readFileSync(new URL(`${name}.py`, folder), 'utf8');
    return `  ${name}: ${JSON.stringify(source)},\n`;
  });
  await expect(
    `// Made of *.py by "npm run test:update": change those files and run it.
// biome-ignore-all format: generated
export const moduleSources: Readonly<Record<'tracemalloc' | 'tracemalloc_extra', string>> = {
${entries.join('')}};
`,
  ).toMatchFileSnapshot(new URL('module-sources.ts', folder).pathname);
});
