/// <reference lib="dom" />
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath, openPage, titled } from './chromium.ts';

const folder = fileURLToPath(new URL('notebook/', import.meta.url));
const worker = createRequire(import.meta.url)
  .resolve('@jupyterlite/javascript-kernel')
  .replace(/index\.js$/, 'comlink.worker.js');

async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'esm',
    conditions: ['@tracemalloc/source'],
    loader: { '.svg': 'text', '.css': 'empty' },
    logLevel: 'error',
  });
  return outputFiles[0]!.text;
}

/** A cell as docs/notebooks.md has it: `library.js` is where the library lies, the snapshot is made up. */
const cell = `
import('/library.js').then(({ Snapshot, mimeBundle }) => {
  const snapshot = Snapshot.fromTraces([[0, 4096, [['cell.js', 3]]]], 1);
  const data = mimeBundle(snapshot, { title: 'From a notebook' });
  postMessage({ type: 'display_data', bundle: { data, metadata: {}, transient: {} } });
});
undefined`;

type Message = { readonly header: { readonly msg_type: string }; readonly content: unknown };

/** What is used of the page's script. */
type Notebook = {
  readonly Kernel: new (
    options: Readonly<Record<string, unknown>>,
  ) => {
    readonly ready: Promise<void>;
    handleMessage(message: unknown): Promise<void>;
  };
  readonly MimeModel: new (options: object) => object;
  readonly standardRendererFactories: unknown;
  readonly RenderMimeRegistry: new (
    options: object,
  ) => {
    preferredMimeType(data: object, safe: 'any'): string;
    createRenderer(type: string): { node: Node; renderModel(model: object): Promise<void> };
  };
};

describe.runIf(chromiumPath !== undefined)(titled('a notebook'), () => {
  let server: Server;
  let url = '';

  beforeAll(async () => {
    const [pageScript, workerScript, libraryScript] = await Promise.all([
      bundle(`${folder}page.mjs`),
      bundle(worker),
      bundle(`${folder}library.mjs`),
    ]);
    const files: Readonly<Record<string, string>> = {
      '/page.js': pageScript,
      '/worker.js': workerScript,
      '/library.js': libraryScript,
      '/': '<!doctype html><title>Notebook</title><script type="module" src="/page.js"></script><main></main>',
    };
    server = createServer(({ url: path = '/' }, response) => {
      const type = path.endsWith('.js') ? 'text/javascript' : 'text/html';
      response.setHeader('Content-Type', type).end(files[path] ?? '');
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterAll(() => {
    server?.close();
  });

  test('a cell of JupyterLite’s JavaScript kernel shows the report, as JupyterLab shows outputs', async () => {
    const shown = await openPage({ viewport: { width: 1000, height: 800 } });
    const problems: string[] = [];
    shown.on('pageerror', (error) => problems.push(String(error)));
    await shown.goto(url);
    await shown.waitForFunction(() => 'notebook' in globalThis);
    const types = await shown.evaluate(async (code) => {
      const { notebook } = globalThis as unknown as { notebook: Notebook };
      const { Kernel, MimeModel, RenderMimeRegistry, standardRendererFactories } = notebook;
      const messages: Message[] = [];
      const kernel = new Kernel({
        id: 'k',
        name: 'javascript',
        location: '',
        sendMessage: (message: Message) => messages.push(message),
      });
      await kernel.ready;
      await kernel.handleMessage({
        channel: 'shell',
        header: { msg_id: '1', msg_type: 'execute_request', session: 's', username: '' },
        parent_header: {},
        metadata: {},
        content: { code, silent: false, store_history: true, user_expressions: {} },
      });
      const displayed = () => messages.find(({ header }) => header.msg_type === 'display_data');
      while (displayed() === undefined) await new Promise((done) => setTimeout(done, 20));
      const content = displayed()!.content as { data: Record<string, string> };
      const registry = new RenderMimeRegistry({ initialFactories: standardRendererFactories });
      const model = new MimeModel({ data: content.data, trusted: true });
      const type = registry.preferredMimeType(content.data, 'any');
      const renderer = registry.createRenderer(type);
      await renderer.renderModel(model);
      document.querySelector('main')!.append(renderer.node);
      return [type, ...Object.keys(content.data), content.data['text/plain']];
    }, cell);
    expect(types).toEqual(['text/html', 'text/html', 'text/plain', 'cell.js:3: 4096 B in 1 block']);
    const report = shown.frameLocator('main iframe');
    await expect.poll(() => report.locator('h1').textContent()).toBe('From a notebook');
    expect(await report.locator('.findings').textContent()).toContain('cell.js:3');
    expect(problems).toEqual([]);
    await shown.context().close();
  });
});
