// Install the workspace when it is not installed, or when the lockfile changed since; then make the
// page of the HTML report, which is no part of the repository, when its sources changed since.
// Runs on bare Node + npm (no pnpm, no corepack): `npm test` and `npm start` call it first.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { buildReportApp } from './build-report-app.mjs';

const root = new URL('..', import.meta.url);
const read = (path) => readFileSync(new URL(path, root));
const stampFile = new URL('node_modules/.cache/setup-stamp', root);

const stamp = createHash('sha256')
  .update(read('pnpm-lock.yaml'))
  .update(read('pnpm-workspace.yaml'))
  .update(read('package.json'))
  .update(process.version)
  .digest('hex');

if (!existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== stamp) {
  const { packageManager } = JSON.parse(read('package.json').toString());
  const result = spawnSync(
    'npx',
    ['--yes', packageManager, 'install', '--frozen-lockfile', '--prefer-offline'],
    { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' },
  );
  if (result.status !== 0) process.exit(result.status ?? 1);
  mkdirSync(new URL('.', stampFile), { recursive: true });
  writeFileSync(stampFile, stamp);
}
await buildReportApp();
