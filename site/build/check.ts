// Whether the site that was built is whole: every link leads somewhere, nothing is loaded of others,
// and a first visit is small.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const site = fileURLToPath(new URL('../dist', import.meta.url));
const { SITE_BASE: siteBase = '/' } = process.env;
const mostBytes = 200_000;

/** What a first visit to a page loads, before anything is chosen in it. */
const firstViews: Readonly<Record<string, readonly string[]>> = {
  viewer: ['index.html', 'site.css', 'viewer.css', 'viewer.js'],
  playground: [
    'playground/index.html',
    'site.css',
    'playground/playground.css',
    'playground/playground.js',
  ],
};

const problems: string[] = [];
const pages = readdirSync(site, { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => path.endsWith('.html'));
const texts = new Map(pages.map((path) => [path, readFileSync(join(site, path), 'utf8')]));

/** Text of an attribute; what typedoc and VitePress escape. */
const unescaped = (text: string): string =>
  text.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&#39;', "'");

function fileOf(page: string, target: string): string {
  const path = decodeURIComponent(target.split(/[?#]/)[0]!);
  if (path === '') return page;
  const file = path.startsWith('/')
    ? posix.normalize(path).slice(siteBase.length)
    : relative(site, join(site, dirname(page), path)).replaceAll('\\', '/');
  return file === '' || file.endsWith('/') ? `${file}index.html` : file;
}

function hasAnchor(file: string, anchor: string): boolean {
  const text = texts.get(file);
  // These two make their places themselves, when they are shown.
  const isMade = file === 'playground/index.html' || file === 'api/hierarchy.html';
  if (text === undefined || anchor === '' || isMade) return true;
  return text.includes(`id="${anchor}"`) || text.includes(`id="${decodeURIComponent(anchor)}"`);
}

function checkLink(page: string, attribute: string, target: string): void {
  // The API reference says in which line of the sources a name is: those are not a part of the site.
  if (/^(?:data|blob|mailto|javascript):|\.ts#L\d+$/.test(target)) return;
  if (/^(?:[a-z]+:)?\/\//.test(target)) {
    if (attribute === 'src') problems.push(`${page} loads ${target}`);
    return;
  }
  const file = fileOf(page, target);
  const path = join(site, file);
  if (!existsSync(path) || !statSync(path).isFile()) problems.push(`${page} → ${target}: no file`);
  else if (!hasAnchor(file, target.split('#')[1] ?? '')) {
    problems.push(`${page} → ${target}: no such place in it`);
  }
}

let links = 0;
for (const [page, text] of texts) {
  for (const [, attribute, value] of text.matchAll(/\s(href|src)="([^"]*)"/g)) {
    links++;
    checkLink(page, attribute!, unescaped(value!));
  }
  for (const [, address] of text.matchAll(/<link [^>]*href="((?:https?:)?\/\/[^"]*)"/g)) {
    problems.push(`${page} loads ${address}`);
  }
}
for (const [name, files] of Object.entries(firstViews)) {
  const bytes = files
    .map((file) => gzipSync(readFileSync(join(site, file)), { level: 9 }).length)
    .reduce((sum, length) => sum + length, 0);
  process.stdout.write(`${name}: ${(bytes / 1000).toFixed(1)} kB gzipped at first\n`);
  if (bytes > mostBytes) problems.push(`${name}: more than ${mostBytes} bytes at first`);
}
process.stdout.write(`${pages.length} pages, ${links} links\n`);
for (const problem of problems) process.stderr.write(`${problem}\n`);
if (problems.length > 0) process.exitCode = 1;
