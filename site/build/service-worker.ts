import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';

/**
 * Files that are loaded when somebody asks for one of them, by what their paths begin with: those of
 * an interpreter, and the API reference, are more than all the rest together.
 */
const onDemand = [
  'playground/hosts/skulpt.',
  'playground/hosts/brython.',
  'playground/hosts/pyodide.',
  'playground/hosts/lua.',
  'api/',
];

/**
 * Writes the service worker: once loaded, the site needs no network. A build has a name, made of all
 * its files, and the whole cache of another build is dropped.
 *
 * @param folder The site, ending in a slash.
 */
export function writeServiceWorker(folder: string): void {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path !== 'sw.js' && statSync(`${folder}${path}`).isFile())
    .sort();
  const hash = createHash('sha256');
  for (const path of files) hash.update(`${path}\0`).update(readFileSync(`${folder}${path}`));
  const name = `site-${hash.digest('hex').slice(0, 16)}`;
  const groups: Record<string, string[]> = Object.fromEntries(
    onDemand.map((start) => [start, files.filter((path) => path.startsWith(start))]),
  );
  const first = files.filter((path) => !onDemand.some((start) => path.startsWith(start)));
  writeFileSync(`${folder}sw.js`, source(name, first, groups));
}

function source(
  name: string,
  files: readonly string[],
  groups: Readonly<Record<string, readonly string[]>>,
): string {
  return `// Made by site/build/service-worker.ts.
const name = '${name}';
const files = ${JSON.stringify(files)};
const groups = ${JSON.stringify(groups)};
const fill = async (paths) => {
  const cache = await caches.open(name);
  await cache.addAll(paths.map((path) => new Request(path, { cache: 'reload' })));
};
addEventListener('install', (event) => event.waitUntil(fill(files).then(() => skipWaiting())));
addEventListener('activate', (event) => {
  const old = (other) => other.startsWith('site-') && other !== name;
  const clean = caches.keys().then((names) => Promise.all(names.filter(old).map((other) => caches.delete(other))));
  event.waitUntil(clean.then(() => clients.claim()));
});
const answer = async (event) => {
  const url = new URL(event.request.url);
  url.search = '';
  url.hash = '';
  if (url.pathname.endsWith('/')) url.pathname += 'index.html';
  const cache = await caches.open(name);
  const kept = await cache.match(url.href);
  if (kept !== undefined) return kept;
  const path = url.href.slice(registration.scope.length);
  const group = Object.keys(groups).find((start) => path.startsWith(start));
  if (group !== undefined) event.waitUntil(fill(groups[group]).catch(() => undefined));
  return fetch(event.request);
};
addEventListener('fetch', (event) => {
  if (event.request.method !== 'GET' || !event.request.url.startsWith(registration.scope)) return;
  event.respondWith(answer(event));
});
`;
}
