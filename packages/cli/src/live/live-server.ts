import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Snapshot, type SnapshotData } from '@tracemalloc/core';
import { dump } from '@tracemalloc/core/codec';
import { liveUpdate } from '@tracemalloc/report/live';

/** How a {@link LiveServer} is reached. */
export type LiveServerOptions = {
  /** Default: 0, any that is free. */
  readonly port?: number;
  /** Default: `127.0.0.1`, this machine alone. */
  readonly hostname?: string;
  /** What viewers must know. Default: a random one. */
  readonly token?: string;
};

type Viewer = {
  readonly response: ServerResponse;
  readonly label: string | null;
  readonly limit: number;
};

const base = 'http://live';

const limitOf = (parameters: URLSearchParams): number => Number(parameters.get('limit') ?? 200);

/** Viewers at a time; each costs a summary at every update. */
const mostViewers = 16;
/** Rows of an update at most. */
const mostRows = 1000;
/** Milliseconds that a request may take to arrive. */
const requestTimeout = 10_000;

/**
 * Serves what lives to viewers, as docs/live.md says: `/updates` is a line of JSON for each update,
 * `/snapshot` a snapshot file. A viewer that reads too slowly misses updates, and holds up nobody.
 */
export class LiveServer {
  readonly token: string;
  readonly #server: Server;
  readonly #viewers = new Set<Viewer>();
  readonly #hostname: string;
  readonly #port: number;
  #last: { readonly data: SnapshotData; readonly time: number; readonly isOver: boolean } | null =
    null;
  /** Called when the first viewer comes. */
  onViewer: () => void = () => undefined;

  constructor({
    port = 0,
    hostname = '127.0.0.1',
    token = randomBytes(16).toString('hex'),
  }: LiveServerOptions = {}) {
    this.token = token;
    this.#hostname = hostname;
    this.#port = port;
    this.#server = createServer((request, response) => this.#answer(request, response));
    this.#server.requestTimeout = requestTimeout;
    this.#server.headersTimeout = requestTimeout;
  }

  /** Whether anybody looks. */
  get isWatched(): boolean {
    return this.#viewers.size > 0;
  }

  /** Begins to serve. @returns what viewers open. @throws Error of the system, such as a port in use. */
  listen(): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#port, this.#hostname, () => {
        this.#server.off('error', reject);
        const { address, port, family } = this.#server.address() as AddressInfo;
        const host = family === 'IPv6' ? `[${address}]` : address;
        resolve(`http://${host}:${port}/?token=${encodeURIComponent(this.token)}`);
      });
    });
  }

  /** Sends an update to whoever looks. @param time Milliseconds since the program started. */
  publish(data: SnapshotData, time: number, isOver = false): void {
    this.#last = { data, time, isOver };
    for (const viewer of this.#viewers) this.#send(viewer);
  }

  /** Ends it; viewers are told by the end of their lines. */
  close(): Promise<void> {
    for (const { response } of this.#viewers) response.end();
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeIdleConnections();
      // Who doesn't read would keep it open.
      setTimeout(() => this.#server.closeAllConnections(), 200).unref();
    });
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const wrong = this.#problemOf(request);
    if (wrong !== null) {
      response.writeHead(wrong.status, { 'content-type': 'text/plain; charset=utf-8' });
      response.end(`${wrong.reason}\n`);
      return;
    }
    const { pathname, searchParams } = new URL(request.url!, base);
    if (pathname === '/snapshot') {
      response.writeHead(200, { 'content-type': 'application/octet-stream' });
      response.end(dump(Snapshot.fromData(this.#last!.data)));
      return;
    }
    response.writeHead(200, {
      'content-type': 'application/x-ndjson; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    response.flushHeaders();
    const label = searchParams.get('label');
    const viewer = { response, limit: limitOf(searchParams), label };
    this.#viewers.add(viewer);
    response.on('close', () => this.#viewers.delete(viewer));
    response.on('error', () => this.#viewers.delete(viewer));
    this.onViewer();
    this.#send(viewer);
  }

  /** Why a request is refused; `null`: it is not. */
  #problemOf({ method, url }: IncomingMessage): { status: number; reason: string } | null {
    if (method !== 'GET') return { status: 405, reason: 'only GET is answered' };
    if (!URL.canParse(url ?? '', base)) return { status: 400, reason: 'that is no address' };
    const { pathname, searchParams } = new URL(url!, base);
    if (!this.#knows(searchParams.get('token') ?? '')) {
      return {
        status: 403,
        reason: 'the token is missing or wrong: it is in the address that was printed',
      };
    }
    if (pathname === '/snapshot') {
      return this.#last === null ? { status: 503, reason: 'there is nothing yet' } : null;
    }
    if (pathname !== '/updates') return { status: 404, reason: 'there are /updates and /snapshot' };
    const limit = limitOf(searchParams);
    if (!Number.isInteger(limit) || limit < 1 || limit > mostRows) {
      return { status: 400, reason: `limit must be an integer in 1..${mostRows}` };
    }
    if (this.#viewers.size < mostViewers) return null;
    return { status: 503, reason: `${mostViewers} look already` };
  }

  #send({ response, label, limit }: Viewer): void {
    if (this.#last === null || response.writableNeedDrain || response.destroyed) return;
    const { data, time, isOver } = this.#last;
    response.write(`${JSON.stringify(liveUpdate(data, { time, isOver }, { label, limit }))}\n`);
    if (isOver) response.end();
  }

  #knows(token: string): boolean {
    const given = Buffer.from(token);
    const own = Buffer.from(this.token);
    return given.length === own.length && timingSafeEqual(given, own);
  }
}
