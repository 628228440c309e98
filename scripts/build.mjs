// tsc writes dist/*.js and dist/*.d.ts for every package; esbuild adds the one-file browser build,
// the files of the command and, before tsc, the page of the HTML report.
import { spawnSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import process from 'node:process';
import { build } from 'esbuild';
import { buildReportApp } from './build-report-app.mjs';
import { bundleCli } from './bundle-cli.mjs';

await buildReportApp();

const tsc = spawnSync('tsc', ['-b'], { stdio: 'inherit', shell: process.platform === 'win32' });
if (tsc.status !== 0) process.exit(tsc.status ?? 1);

// msgpackr's pure JavaScript becomes a part of the core: as a dependency it would bring a native module.
const codec = 'packages/core/dist/codec';
await build({
  entryPoints: [`${codec}/flat-map.js`],
  outfile: `${codec}/flat-map.js`,
  allowOverwrite: true,
  bundle: true,
  format: 'esm',
  platform: 'neutral',
  target: ['es2022'],
  plugins: [
    {
      name: 'only-msgpackr',
      setup({ onResolve }) {
        onResolve({ filter: /^\.\// }, ({ path, importer }) =>
          importer.endsWith('flat-map.js') ? { path, external: true } : undefined,
        );
      },
    },
  ],
});
copyFileSync('packages/core/node_modules/msgpackr/LICENSE', `${codec}/LICENSE-msgpackr`);

await build({
  entryPoints: ['packages/core/src/index.ts'],
  outfile: 'packages/core/dist/browser/tracemalloc.min.js',
  bundle: true,
  format: 'esm',
  platform: 'neutral',
  target: ['es2022'],
  minify: true,
  sourcemap: 'linked',
  conditions: ['@tracemalloc/source'],
});

await bundleCli();
