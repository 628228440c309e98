import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { defaultClientConditions, defineConfig, type Plugin } from 'vite';

const folder = join(dirname(createRequire(import.meta.url).resolve('skulpt/package.json')), 'dist');

/** Serves the installed Skulpt, unchanged, under /skulpt/. */
function installedSkulpt(): Plugin {
  return {
    name: 'installed-skulpt',
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const name = /^\/skulpt\/(skulpt(?:\.min|-stdlib)\.js)$/.exec(request.url ?? '')?.[1];
        if (name === undefined) return next();
        response.setHeader('Content-Type', 'text/javascript; charset=utf-8');
        response.end(readFileSync(join(folder, name)));
      });
    },
  };
}

export default defineConfig({
  root: import.meta.dirname,
  resolve: { conditions: ['@tracemalloc/source', ...defaultClientConditions] },
  // What is imported are modules already. Bundled while a page loads, they would make it load again.
  optimizeDeps: { noDiscovery: true },
  server: { host: '127.0.0.1', port: 5173 },
  plugins: [installedSkulpt()],
});
