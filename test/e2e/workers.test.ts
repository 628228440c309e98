/// <reference lib="dom" />
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { instrumentBrython } from '@tracemalloc/adapters/brython/instrument';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath, openPage, titled } from './chromium.ts';

const folderOf = (name: string) =>
  dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
const read = (folder: string, name: string) => () => readFileSync(join(folderOf(folder), name));

/** What the pages' server has, beside `worker.js`. */
const files: Readonly<Record<string, () => string | Uint8Array>> = {
  'index.html': () => '<!doctype html><title>workers</title>',
  'brython.js': () => instrumentBrython(String(read('brython', 'brython.js')())).code,
  'brython_stdlib.js': read('brython', 'brython_stdlib.js'),
  'skulpt.min.js': read('skulpt', 'dist/skulpt.min.js'),
  'skulpt-stdlib.js': read('skulpt', 'dist/skulpt-stdlib.js'),
  'glue.wasm': read('wasmoon', 'dist/glue.wasm'),
};
const types: Readonly<Record<string, string>> = {
  html: 'text/html',
  js: 'text/javascript',
  wasm: 'application/wasm',
};

/** Serves them below a folder that says what else scripts may do: `/unsafe-eval/worker.js`. */
async function serveWorkers(): Promise<Server> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('workers/worker.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'iife',
    conditions: ['@tracemalloc/source'],
    // What wasmoon asks for on Node.
    external: ['module', 'url'],
    logLevel: 'error',
  });
  const all = { ...files, 'worker.js': () => outputFiles[0]!.contents };
  const served = new Map<string, string | Uint8Array>();
  const server = createServer((request, response) => {
    const [, word = '', name = ''] = request.url!.split('/');
    const file = all[name as keyof typeof all];
    if (file === undefined) return response.writeHead(404).end();
    const more = word === 'self' ? '' : ` '${word}'`;
    response.setHeader('Content-Security-Policy', `default-src 'self'; script-src 'self'${more}`);
    response.setHeader('Content-Type', types[name.split('.').at(-1)!]!);
    const body = served.get(name) ?? file();
    served.set(name, body);
    return response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

describe.runIf(chromiumPath !== undefined)(titled('a worker under a policy'), () => {
  let server: Server;
  let page: Page;
  beforeAll(async () => {
    [server, page] = await Promise.all([serveWorkers(), openPage()]);
  });
  afterAll(async () => {
    await page?.close();
    server?.close();
  });

  async function run(host: string, word: string): Promise<string> {
    const { port } = server.address() as AddressInfo;
    await page.goto(`http://127.0.0.1:${port}/${word}/index.html`);
    return page.evaluate((name) => {
      const worker = new Worker('worker.js');
      worker.postMessage(name);
      return new Promise<string>((resolve) => {
        worker.onmessage = (event) => resolve(event.data);
        worker.onerror = (event) => resolve(event.message);
      }).finally(() => worker.terminate());
    }, host);
  }

  test.each([
    ['core', 'self', /^main\.x:2$/],
    ['brython', 'unsafe-eval', /python_script_\d+:2$/],
    ['skulpt', 'unsafe-eval', /^main\.py:2$/],
    ['wasmoon', 'wasm-unsafe-eval', /^\[string "local a = 1\.\.\."\]:2$/],
  ])('%s traces with %s', async (host, word, line) => {
    expect(await run(host, word)).toMatch(line);
  });

  test.each([
    ['brython', 'wasm-unsafe-eval', /eval/],
    ['skulpt', 'wasm-unsafe-eval', /eval/],
    ['wasmoon', 'self', /WebAssembly/],
  ])('%s needs more than %s', async (host, word, error) => {
    expect(await run(host, word)).toMatch(error);
  });
});
