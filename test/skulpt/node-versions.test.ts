import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';

const nodes = fileURLToPath(new URL('../../node_modules/.cache/nodes/', import.meta.url));
const skulpt = join(createRequire(import.meta.url).resolve('skulpt/package.json'), '../dist');
const own = Number(process.versions.node.split('.')[0]);
const run = promisify(execFile);
const binaryOf = (major: number): string =>
  major === own ? process.execPath : `${nodes}${major}/bin/node`;

let folder: string;
let script: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'skulpt-shapes-'));
  script = join(folder, 'shapes.mjs');
  await build({
    entryPoints: [fileURLToPath(new URL('shapes.ts', import.meta.url))],
    outfile: script,
    bundle: true,
    format: 'esm',
    platform: 'node',
    conditions: ['@tracemalloc/source'],
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

test.for([...new Set([own, 22, 24])])(
  'objects of many shapes are counted on Node %i',
  async (major, context) => {
    const binary = binaryOf(major);
    if (!existsSync(binary)) {
      return context.skip('fetch that Node with `npm run node-versions`');
    }
    const { stdout } = await run(binary, [script, skulpt]);
    expect(stdout).toBe('0 of 48 lines miss objects\n');
  },
);

// V8 12 mended what the guard is for.
test.runIf(own < 22)('without their guard, the setters would not return', async () => {
  const { stdout } = await run(process.execPath, [script, skulpt, '--unguarded']);
  expect(stdout).toMatch(/^RecursionError/);
});
