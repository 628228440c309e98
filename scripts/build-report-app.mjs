// Bundles packages/report/app, the page of the HTML report, into a module of two strings. It is no
// part of the repository: setup.mjs makes it again whenever the sources differ from those it names.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const root = new URL('../', import.meta.url);
const output = new URL('packages/report/src/html/app-bundle.ts', root);

// All that the bundle is made of, and this file.
const folders = [
  'packages/report/app',
  'packages/report/src/html',
  'packages/report/src/findings',
  'packages/report/src/text',
  'packages/core/src',
];
const files = ['scripts/build-report-app.mjs', 'packages/report/package.json'];

function sourcesHash() {
  const found = folders.flatMap((folder) =>
    readdirSync(new URL(`${folder}/`, root), { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.(tsx?|css)$/.test(path) && path !== 'app-bundle.ts')
      .map((path) => `${folder}/${path.replaceAll('\\', '/')}`),
  );
  const hash = createHash('sha256');
  for (const path of [...files, ...found.sort()]) {
    hash.update(`${path}\n`).update(readFileSync(new URL(path, root)));
  }
  return hash.digest('hex');
}

const digest = (text) => `sha256-${createHash('sha256').update(text).digest('base64')}`;

/** An element's text must not end the element, nor hold what a parser would change. */
function checkEmbeddable(text, name) {
  const found = /<\/(?:script|style)|<!--|<script|[\0\r]/i.exec(text);
  if (found) throw new Error(`the page's ${name} holds ${JSON.stringify(found[0])}`);
}

export async function buildReportApp() {
  const stamp = `// Made by scripts/build-report-app.mjs of sources with the hash ${sourcesHash()}.\n`;
  if (existsSync(output) && readFileSync(output, 'utf8').startsWith(stamp)) return;
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('packages/report/app/main.tsx', root))],
    outdir: fileURLToPath(new URL('packages/report/dist', root)),
    write: false,
    bundle: true,
    format: 'iife',
    platform: 'browser',
    target: ['es2022'],
    minify: true,
    charset: 'ascii',
    legalComments: 'none',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    conditions: ['@tracemalloc/source'],
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  const textOf = (extension) => outputFiles.find((file) => file.path.endsWith(extension)).text;
  const parts = { script: textOf('.js').trim(), style: textOf('.css').trim() };
  let text = stamp;
  for (const [name, content] of Object.entries(parts)) {
    checkEmbeddable(content, name);
    const title = name[0].toUpperCase() + name.slice(1);
    text += `export const app${title}: string = ${JSON.stringify(content)};\n`;
    text += `export const app${title}Hash: string = '${digest(content)}';\n`;
  }
  writeFileSync(output, text);
  const kilobytes = (gzipSync(parts.script + parts.style).length / 1000).toFixed(1);
  console.log(`page of the HTML report: ${kilobytes} kB gzipped`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildReportApp();
