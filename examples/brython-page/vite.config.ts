import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { instrumentBrython } from '@tracemalloc/adapters/brython/instrument';
import { defaultClientConditions, defineConfig, type Plugin } from 'vite';

const folder = dirname(createRequire(import.meta.url).resolve('brython/package.json'));

/** Serves Brython under /brython/, brython.js instrumented; and as it comes under /plain/. */
function tracedBrython(): Plugin {
  const files = new Map<string, () => string>([
    ['/brython/brython.js', () => instrumentBrython(read('brython.js')).code],
    ['/plain/brython.js', () => read('brython.js')],
    ['/brython/brython_stdlib.js', () => read('brython_stdlib.js')],
  ]);
  const served = new Map<string, string>();
  return {
    name: 'traced-brython',
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const path = (request.url ?? '').replace(/\?.*/, '');
        const file = files.get(path);
        if (file === undefined) return next();
        const code = served.get(path) ?? file();
        served.set(path, code);
        response.setHeader('Content-Type', 'text/javascript; charset=utf-8');
        response.end(code);
      });
    },
  };
}

function read(name: string): string {
  return readFileSync(join(folder, name), 'utf8');
}

export default defineConfig({
  root: import.meta.dirname,
  resolve: { conditions: ['@tracemalloc/source', ...defaultClientConditions] },
  // What is imported are modules already. Bundled while a page loads, they would make it load again.
  optimizeDeps: { noDiscovery: true },
  server: { host: '127.0.0.1', port: 5173 },
  plugins: [tracedBrython()],
});
