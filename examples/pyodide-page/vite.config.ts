import { createReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { defaultClientConditions, defineConfig, type Plugin } from 'vite';

const folder = dirname(createRequire(import.meta.url).resolve('pyodide/package.json'));

const types: Readonly<Record<string, string>> = {
  mjs: 'text/javascript; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  wasm: 'application/wasm',
  json: 'application/json',
  zip: 'application/zip',
};

/** Serves the installed Pyodide, unchanged, under /pyodide/: nothing comes from elsewhere. */
function installedPyodide(): Plugin {
  return {
    name: 'installed-pyodide',
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const [, name, ending] =
          /^\/pyodide\/([\w.-]+\.(mjs|js|wasm|json|zip))(?:\?|$)/.exec(request.url ?? '') ?? [];
        if (name === undefined) return next();
        response.setHeader('Content-Type', types[ending!]!);
        createReadStream(join(folder, name))
          .on('error', () => {
            response.statusCode = 404;
            response.end();
          })
          .pipe(response);
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
  plugins: [installedPyodide()],
});
