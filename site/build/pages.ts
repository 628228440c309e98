// The viewer and the playground, as files that open from a disk or a server: classic scripts, since
// modules do not load from a disk, and nothing that is fetched.
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { instrumentBrython } from '@tracemalloc/adapters/brython/instrument';
import { type BuildOptions, build } from 'esbuild';
import { appScriptHash } from '../../packages/report/src/html/app-bundle.ts';

const site = fileURLToPath(new URL('../', import.meta.url));
const output = `${site}dist/`;
const require = createRequire(import.meta.url);

const options = {
  bundle: true,
  format: 'iife',
  platform: 'browser',
  target: ['es2022'],
  minify: true,
  charset: 'utf8',
  legalComments: 'none',
  conditions: ['@tracemalloc/source'],
  // Of interpreters that run on Node as well, and look where they are first.
  external: ['path', 'fs', 'child_process', 'crypto', 'url', 'module', 'node:*'],
} as const satisfies BuildOptions;

export async function buildPages(): Promise<void> {
  mkdirSync(`${output}playground/hosts`, { recursive: true });
  copyFileSync(`${site}site.css`, `${output}site.css`);
  await Promise.all([buildViewer(), buildPlayground(), ...Object.keys(hosts).map(packHost)]);
}

async function buildViewer(): Promise<void> {
  await bundle('viewer/main.ts', 'viewer.js');
  await bundle('viewer/open.ts', 'open.js', { globalName: 'tracemallocViewer' });
  copyFileSync(`${site}viewer/viewer.css`, `${output}viewer.css`);
  writePage('viewer/index.html', 'index.html', [
    ...pagePolicy,
    `script-src 'self' '${appScriptHash}'`,
    "worker-src 'self'",
    "connect-src 'self'",
  ]);
}

async function buildPlayground(): Promise<void> {
  const runner = await runnerPage();
  await bundle('playground/main.ts', 'playground/playground.js', {
    define: { runnerPage: JSON.stringify(runner.html) },
  });
  await bundle('playground/render-report.ts', 'playground/report.js', {
    globalName: 'tracemallocReport',
  });
  copyFileSync(`${site}playground/playground.css`, `${output}playground/playground.css`);
  writePage('playground/index.html', 'playground/index.html', [
    ...pagePolicy,
    // What the frame has inherits from here, and its own policy takes the network away.
    `script-src 'self' '${appScriptHash}' ${runner.scripts}`,
    "worker-src 'self' blob:",
    "connect-src 'self' blob:",
  ]);
}

/**
 * What the pages may do. A report in a frame has this policy besides its own, so that its script and
 * its style are allowed; CodeMirror writes a style element.
 */
const pagePolicy = [
  "default-src 'none'",
  "style-src 'self' 'unsafe-inline'",
  "frame-src 'self' blob:",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
];

/**
 * The frame that programs run in, whatever they do without network and storage. It is a part of the
 * page, since a service worker has nothing to say to a frame without an origin.
 */
async function runnerPage(): Promise<{ html: string; scripts: string }> {
  const { outputFiles } = await build({
    ...options,
    entryPoints: [`${site}playground/runner.ts`],
    write: false,
  });
  const script = outputFiles[0]!.text.trim();
  const scripts = `'${sha256(script)}' blob: 'unsafe-eval' 'wasm-unsafe-eval'`;
  const policy = `default-src 'none'; script-src ${scripts}; worker-src blob:; connect-src blob:`;
  const html = `<meta http-equiv="Content-Security-Policy" content="${policy}"><script>${script}</script>`;
  return { html, scripts };
}

function writePage(from: string, to: string, policy: readonly string[]): void {
  const text = readFileSync(`${site}${from}`, 'utf8');
  writeFileSync(
    `${output}${to}`,
    text.replace('POLICY', () => policy.join('; ')),
  );
}

function sha256(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

async function bundle(from: string, to: string, more: BuildOptions = {}): Promise<void> {
  await build({ ...options, ...more, entryPoints: [`${site}${from}`], outfile: `${output}${to}` });
}

type Parts = { readonly scripts: readonly string[]; readonly files: Record<string, Buffer> };

/** What the worker of each interpreter has beside our own script, which comes last. */
const hosts: Readonly<Record<string, () => Parts>> = {
  skulpt: () => ({
    scripts: [read('skulpt', 'dist/skulpt.min.js'), read('skulpt', 'dist/skulpt-stdlib.js')],
    files: {},
  }),
  brython: () => ({
    scripts: [
      // It looks for its own address, which a worker made of text has not.
      '"use strict";globalThis.__BRYTHON__={brython_path:"https://playground.invalid/"};',
      instrumentBrython(read('brython', 'brython.js')).code,
      read('brython', 'brython_stdlib.js'),
    ],
    files: {},
  }),
  pyodide: () => ({
    scripts: [],
    files: {
      'pyodide.asm.wasm': readFileSync(partOf('pyodide', 'pyodide.asm.wasm')),
      'python_stdlib.zip': readFileSync(partOf('pyodide', 'python_stdlib.zip')),
      'pyodide-lock.json': withoutPackages(read('pyodide', 'pyodide-lock.json')),
    },
  }),
  lua: () => ({
    scripts: [],
    files: { 'glue.wasm': readFileSync(partOf('wasmoon', 'dist/glue.wasm')) },
  }),
};

/** No package can be fetched, so none is named. */
function withoutPackages(lock: string): Buffer {
  return Buffer.from(JSON.stringify({ ...(JSON.parse(lock) as object), packages: {} }));
}

async function packHost(name: string): Promise<void> {
  const { outputFiles } = await build({
    ...options,
    entryPoints: [`${site}playground/worker/${name}.ts`],
    write: false,
  });
  const { scripts, files } = hosts[name]!();
  const packed = {
    scripts: [...scripts, outputFiles[0]!.text],
    files: Object.fromEntries(
      Object.entries(files).map(([file, bytes]) => [file, bytes.toString('base64')]),
    ),
  };
  const text = `(globalThis.playgroundHosts??={}).${name}=${JSON.stringify(packed)};\n`;
  writeFileSync(`${output}playground/hosts/${name}.js`, text);
}

function partOf(name: string, path: string): string {
  const manifest =
    name === 'wasmoon'
      ? join(dirname(require.resolve(name)), '..', 'package.json')
      : require.resolve(`${name}/package.json`);
  return join(dirname(manifest), path);
}

function read(name: string, path: string): string {
  return readFileSync(partOf(name, path), 'utf8');
}
