import type { Tracer } from '@tracemalloc/core';
import { peek } from '@tracemalloc/core/live';
import { Pulse } from '../pulse.ts';
import { LiveServer } from './live-server.ts';
import type { LiveServerOptions } from './server-options.ts';

/** How {@link serveLive} serves. */
export type ServeLiveOptions = LiveServerOptions & {
  /** Milliseconds between updates, 50 … 60000. Default: 500. Longer where looking takes longer. */
  readonly interval?: number;
};

/** A tracer that is served. */
export type LiveService = {
  /** What viewers open: `tracemalloc live URL`. It has the token. */
  readonly url: string;
  /** Shows viewers the end, and gives the port back. */
  close(): Promise<void>;
};

/**
 * Serves what lives in a tracer of this thread to viewers, such as `tracemalloc live`: on this machine
 * alone and with a token, unless the options say otherwise. Nothing is done while nobody looks; else
 * it looks between turns, for a thirtieth of the time at most. It keeps no process alive.
 *
 * @throws RangeError or TypeError for bad options, Error where the port can't be served.
 */
export async function serveLive(
  tracer: Tracer,
  { interval, ...options }: ServeLiveOptions = {},
): Promise<LiveService> {
  const started = performance.now();
  const server = new LiveServer(options);
  const publish = (isOver: boolean): void => {
    const data = peek(tracer);
    if (data !== null) server.publish(data, performance.now() - started, isOver);
  };
  const pulse = new Pulse(() => {
    if (server.isWatched) publish(false);
    return server.isWatched;
  }, interval);
  server.onViewer = () => pulse.start();
  const url = await server.listen();
  server.unref();
  return {
    url,
    async close() {
      pulse.stop();
      server.onViewer = () => undefined;
      if (server.isWatched) publish(true);
      await server.close();
    },
  };
}
