import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The command `tracemalloc` as one script, for tests that start it as a process. */
export type BundledCommand = { readonly script: string; readonly remove: () => void };

/** Made from the sources. Started from them as they are, half of a short run is their compilation. */
export async function bundleCommand(): Promise<BundledCommand> {
  const folder = mkdtempSync(join(tmpdir(), 'tracemalloc-command-'));
  await build({
    entryPoints: [
      { in: `${root}scripts/run-from-source.ts`, out: 'run-from-source' },
      { in: `${root}packages/cli/src/live/watcher.ts`, out: 'watcher' },
    ],
    outdir: join(folder, 'dist'),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    conditions: ['@tracemalloc/source'],
    // Only the view in a terminal needs them.
    external: ['ink', 'react'],
    // What is CommonJS asks for Node's modules by it.
    banner: {
      js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
    },
  });
  // Its version is in there.
  copyFileSync(`${root}packages/cli/package.json`, join(folder, 'package.json'));
  return {
    script: join(folder, 'dist/run-from-source.mjs'),
    remove: () => rmSync(folder, { recursive: true }),
  };
}
