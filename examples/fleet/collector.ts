// A collector: takes snapshots that pages post, checks each by reading it, and keeps it as a file.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type HttpBindings, type ServerType, serve } from '@hono/node-server';
import { getConnInfo } from '@hono/node-server/conninfo';
import { Hono } from 'hono';
import { cors } from 'hono/cors';
import { RateLimit } from './rate-limit.ts';
import { SnapshotStore } from './store.ts';
import { whyNoSnapshot } from './why-no-snapshot.ts';

export type CollectorOptions = {
  readonly folder: string;
  /** Who knows it may post: `Authorization: Bearer …`, or `?token=…` of a beacon, which has no headers. */
  readonly token: string;
  readonly port?: number;
  /** Bytes of a body. */
  readonly maxBytes?: number;
  /** Bytes that a snapshot may take when it is read, and a gzipped one may inflate to. */
  readonly maxSnapshotBytes?: number;
  /** Requests a second of one address, and of all. */
  readonly perAddress?: number;
  readonly perSecond?: number;
  /** Bodies that are on their way at once; more are told to come again. */
  readonly maxOpen?: number;
  /** Ends a request that takes longer. */
  readonly requestMs?: number;
  /** Waits until the disk has it: for a loss of power; that of the process needs no waiting. */
  readonly sync?: boolean;
};

/** Starts it. @returns the server and where it listens. */
export async function startCollector(
  options: CollectorOptions,
): Promise<{ readonly server: ServerType; readonly url: string }> {
  const { port = 0, requestMs = 10_000 } = options;
  const serverOptions = {
    headersTimeout: Math.min(requestMs, 5000),
    requestTimeout: requestMs,
    keepAliveTimeout: 5000,
    // How often the two are looked at.
    connectionsCheckingInterval: Math.min(requestMs / 2, 1000),
  };
  const { fetch } = collector(options);
  return new Promise((resolve) => {
    const server = serve(
      { fetch, port, hostname: '127.0.0.1', serverOptions },
      (info: AddressInfo) => resolve({ server, url: `http://127.0.0.1:${info.port}/v1/snapshots` }),
    );
  });
}

function collector(options: CollectorOptions): Hono<{ Bindings: HttpBindings }> {
  const { maxBytes = 64 * 1024, maxSnapshotBytes = 32 * 2 ** 20, maxOpen = 64 } = options;
  const { perAddress = 20, perSecond = 1000 } = options;
  const addresses = new RateLimit(perAddress, perAddress * 2);
  const all = new RateLimit(perSecond, perSecond);
  let open = 0;
  const store = new SnapshotStore(options.folder, options.sync);
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.use('*', cors({ origin: '*', allowMethods: ['POST'] }));
  app.post(
    '/v1/snapshots',
    // What costs least comes first: who it is, how often, whether there is room, and then the body.
    async (context, next) => {
      const bearer = context.req.header('authorization')?.replace(/^Bearer /i, '');
      if (!isSame(bearer ?? context.req.query('token') ?? '', options.token)) {
        return context.text('the token is not the one that this collector knows\n', 401);
      }
      const { address = '' } = getConnInfo(context).remote;
      const now = performance.now();
      if (!addresses.allows(address, now) || !all.allows('', now)) {
        return context.text('too many requests\n', 429, { 'Retry-After': '1' });
      }
      if (open >= maxOpen) {
        return context.text('busy\n', 503, { 'Retry-After': '1' });
      }
      open++;
      try {
        return await next();
      } finally {
        open--;
      }
    },
    async (context) => {
      let body: Buffer | null;
      try {
        body = await bodyOf(context.env.incoming, maxBytes);
      } catch {
        // The client is gone, or was too slow: nobody hears the answer, and it is no fault of ours.
        return context.text('the body ended early\n', 400);
      }
      if (body === null) return context.text(`a body has at most ${maxBytes} bytes\n`, 413);
      const why = whyNoSnapshot(body, maxSnapshotBytes);
      if (why !== null) return context.text(`it is no snapshot: ${why}\n`, 400);
      await store.keep(body);
      return context.body(null, 204);
    },
  );
  return app;
}

/** Comparing takes as long whatever is compared. */
function isSame(a: string, b: string): boolean {
  const [hashA, hashB] = [a, b].map((text) => createHash('sha256').update(text).digest());
  return timingSafeEqual(hashA!, hashB!);
}

/**
 * The bytes of a request, or null when they are more than `maxBytes`. Node's own stream: by way of
 * the web's a small post took twice as long.
 */
async function bodyOf(incoming: IncomingMessage, maxBytes: number): Promise<Buffer | null> {
  if (Number(incoming.headers['content-length'] ?? 0) > maxBytes) return null;
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}
