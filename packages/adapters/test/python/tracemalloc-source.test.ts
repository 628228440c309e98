import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const folder = new URL('../../src/python/module/', import.meta.url);
const python = readFileSync(new URL('tracemalloc.py', folder), 'utf8');

// `npm run test:update` writes the file anew.
test('tracemalloc-source.ts holds tracemalloc.py', async () => {
  await expect(
    `// Made of tracemalloc.py by "npm run test:update": change that file and run it.
// biome-ignore format: generated
export const TRACEMALLOC_SOURCE: string = ${JSON.stringify(python)};
`,
  ).toMatchFileSnapshot(new URL('tracemalloc-source.ts', folder).pathname);
});
