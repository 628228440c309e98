import process from 'node:process';
import { defaultClientConditions, defineConfig } from 'vite';

/** The page posts to where it comes from, and that goes on to the collector. */
export default defineConfig({
  resolve: { conditions: ['@tracemalloc/source', ...defaultClientConditions] },
  server: { proxy: { '/v1': process.env['COLLECTOR'] ?? 'http://127.0.0.1:7070' } },
});
