// The static site in site/dist: viewer, playground, docs, API reference. `--pages` makes the first
// two only, and nothing where they are up to date, as tests of them do.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { buildDocs } from './docs.ts';
import { writeExample } from './example.ts';
import { buildPages } from './pages.ts';
import { writeServiceWorker } from './service-worker.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const output = `${root}site/dist/`;
const stampFile = `${root}node_modules/.cache/site-pages`;

/** What the pages are made of. */
const folders = ['site/build', 'site/viewer', 'site/playground', 'examples/leak-hunt', 'packages'];
const files = ['site/site.css', 'pnpm-lock.yaml'];

function sourcesHash(): string {
  const found = folders.flatMap((folder) =>
    readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.(?:tsx?|css|html|py)$/.test(path))
      .filter((path) => !/(?:^|[/\\])(?:node_modules|dist|test)[/\\]/.test(path))
      .map((path) => `${folder}/${path}`),
  );
  const hash = createHash('sha256');
  for (const path of [...files, ...found.sort()]) {
    hash.update(`${path}\0`).update(readFileSync(`${root}${path}`));
  }
  return hash.digest('hex');
}

async function makePages(): Promise<void> {
  const stamp = sourcesHash();
  const isDone = existsSync(`${output}sw.js`) && existsSync(stampFile);
  if (isDone && readFileSync(stampFile, 'utf8') === stamp) return;
  mkdirSync(output, { recursive: true });
  await buildPages();
  await writeExample(`${output}example.js`);
  writeServiceWorker(output);
  writeFileSync(stampFile, stamp);
}

if (process.argv.includes('--pages')) {
  await makePages();
} else {
  rmSync(output, { recursive: true, force: true });
  await makePages();
  await buildDocs();
  writeServiceWorker(output);
  process.stdout.write(
    'site/dist/index.html: open it; the docs need a server, any that serves files\n',
  );
}
