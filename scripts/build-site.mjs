// The viewer as a static site in site/dist: it needs no server, and asks nobody for anything.
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const source = new URL('../site/viewer/', import.meta.url);
const output = new URL('../site/dist/', import.meta.url);
const files = ['index.html', 'viewer.css', 'viewer.js'];

mkdirSync(output, { recursive: true });
await build({
  entryPoints: [fileURLToPath(new URL('main.ts', source))],
  outfile: fileURLToPath(new URL('viewer.js', output)),
  bundle: true,
  // A classic script: modules do not load from a disk.
  format: 'iife',
  platform: 'browser',
  target: ['es2022'],
  minify: true,
  conditions: ['@tracemalloc/source'],
});
for (const name of ['index.html', 'viewer.css'])
  copyFileSync(new URL(name, source), new URL(name, output));

const hash = createHash('sha256');
for (const name of files) hash.update(readFileSync(new URL(name, output)));
const cacheName = `viewer-${hash.digest('hex').slice(0, 16)}`;
writeFileSync(
  new URL('sw.js', output),
  `const cacheName = '${cacheName}';
const files = ${JSON.stringify(['./', ...files])};
addEventListener('install', (event) => {
  event.waitUntil(caches.open(cacheName).then((cache) => cache.addAll(files)).then(() => skipWaiting()));
});
addEventListener('activate', (event) => {
  const old = (name) => name.startsWith('viewer-') && name !== cacheName;
  const clean = caches.keys().then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name))));
  event.waitUntil(clean.then(() => clients.claim()));
});
addEventListener('fetch', (event) => {
  if (event.request.method !== 'GET' || new URL(event.request.url).origin !== location.origin) return;
  event.respondWith(caches.match(event.request).then((hit) => hit ?? fetch(event.request)));
});
`,
);
console.log('site/dist/index.html: open it, or serve the folder');
