import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The server of `npm run page`, `page:skulpt` or `page:pyodide`, on a port of its own. */
export async function servePage(folder: string): Promise<{ server: ChildProcess; url: string }> {
  const flags = ['--conditions=@tracemalloc/source', '--import=tsx'];
  const vite = 'node_modules/vite/bin/vite.js';
  // Vite's own loader of configurations would find the packages' built files.
  const args = [...flags, vite, folder, '--configLoader', 'native', '--port', '0', '--strictPort'];
  const server = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, NO_COLOR: '1' },
  });
  let printed = '';
  for await (const [piece] of iterate(server)) {
    printed += piece;
    const url = /http:\/\/127\.0\.0\.1:\d+\//.exec(printed)?.[0];
    if (url !== undefined) return { server, url };
  }
  throw new Error(`the page's server ended:\n${printed}`);
}

async function* iterate(server: ChildProcess): AsyncGenerator<[string]> {
  const ended = once(server, 'exit').then(() => null);
  for (;;) {
    const next = await Promise.race([once(server.stdout!, 'data'), ended]);
    if (next === null) return;
    yield [String(next[0])];
  }
}
