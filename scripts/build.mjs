// tsc writes dist/*.js and dist/*.d.ts for every package; esbuild adds the one-file browser build
// and, before tsc, the page of the HTML report.
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { build } from 'esbuild';
import { buildReportApp } from './build-report-app.mjs';

await buildReportApp();

const tsc = spawnSync('tsc', ['-b'], { stdio: 'inherit', shell: process.platform === 'win32' });
if (tsc.status !== 0) process.exit(tsc.status ?? 1);

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
