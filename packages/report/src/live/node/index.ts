/**
 * Serves what lives to viewers, on Node.
 *
 * @module @tracemalloc/report/live/node
 */
export { LiveServer } from './live-server.ts';
export { receiveLive } from './receive-live.ts';
export { type LiveService, type ServeLiveOptions, serveLive } from './serve-live.ts';
export type { LiveServerOptions } from './server-options.ts';
