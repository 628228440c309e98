import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { Snapshot, type SnapshotData } from '@tracemalloc/core';
import { dump } from '@tracemalloc/core/codec';
import { type WebSocket, WebSocketServer } from 'ws';
import { type LiveChoice, liveUpdate } from '../live-update.ts';
import { checkedOptions, choiceOf, type LiveServerOptions, listenError } from './server-options.ts';
import { LineViewer, SocketViewer, type Viewer } from './viewers.ts';

const base = 'http://live';

/** Viewers at a time; each costs a summary at every update. */
const mostViewers = 16;
/** Milliseconds that a request may take to arrive. */
const requestTimeout = 10_000;
/** Milliseconds that are left to who still reads when it ends. */
const patience = 200;
/** Bytes of what a viewer may say at once. */
const longestChoice = 4096;

/** Why a request is refused. */
type Refusal = { readonly status: number; readonly reason: string };

/**
 * Serves what lives to viewers, as docs/live.md says: `/updates` is a line of JSON for each update,
 * over HTTP or a message each over WebSocket; `/snapshot` is a snapshot file. A viewer that reads
 * too slowly misses updates, and holds up nobody. For who has the copies from elsewhere; a tracer
 * of this thread is served by `serveLive`.
 */
export class LiveServer {
  /** What viewers must know. */
  readonly token: string;
  readonly #server: Server;
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: longestChoice });
  readonly #viewers = new Set<Viewer>();
  readonly #hostname: string;
  readonly #port: number;
  #last: { readonly data: SnapshotData; readonly time: number; readonly isOver: boolean } | null =
    null;
  /** Lines of the last update, by what was chosen of it. */
  readonly #lines = new Map<string, string>();
  /** Called when a viewer comes. */
  onViewer: () => void = () => undefined;
  /** What takes a program that connects to `/source`, once it knows the token; `null`: none may. */
  onSource: ((request: IncomingMessage, socket: Duplex, head: Buffer) => void) | null = null;

  /** @throws TypeError or RangeError for bad options. */
  constructor(options: LiveServerOptions = {}) {
    const { port, hostname, token } = checkedOptions(options);
    this.token = token ?? randomBytes(16).toString('hex');
    this.#hostname = hostname;
    this.#port = port;
    this.#server = createServer((request, response) => this.#answer(request, response));
    this.#server.requestTimeout = requestTimeout;
    this.#server.headersTimeout = requestTimeout;
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /** Whether anybody looks. */
  get isWatched(): boolean {
    return this.#viewers.size > 0;
  }

  /** Begins to serve. @returns what viewers open. @throws Error that says why the port can't be served. */
  listen(): Promise<string> {
    return new Promise((resolve, reject) => {
      const fail = (error: NodeJS.ErrnoException): void =>
        reject(listenError(error, this.#hostname, this.#port));
      this.#server.once('error', fail);
      this.#server.listen(this.#port, this.#hostname, () => {
        this.#server.off('error', fail);
        const { address, port, family } = this.#server.address() as AddressInfo;
        const host = family === 'IPv6' ? `[${address}]` : address;
        resolve(`http://${host}:${port}/?token=${encodeURIComponent(this.token)}`);
      });
    });
  }

  /** Keeps no process alive from here on. */
  unref(): void {
    this.#server.unref();
    this.#server.on('connection', (socket) => socket.unref());
  }

  /** Sends an update to whoever looks. @param time Milliseconds since the program started. */
  publish(data: SnapshotData, time: number, isOver = false): void {
    this.#last = { data, time, isOver };
    this.#lines.clear();
    for (const viewer of this.#viewers) this.#send(viewer);
  }

  /** Forgets the last update, and lets viewers go: what comes next is of another program. */
  clear(): void {
    this.#last = null;
    this.#lines.clear();
    for (const viewer of this.#viewers) viewer.end();
  }

  /** Ends it; viewers are told by the end of their lines. */
  close(): Promise<void> {
    for (const viewer of this.#viewers) viewer.end();
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeIdleConnections();
      // Who doesn't read would keep it open.
      setTimeout(() => {
        for (const client of this.#sockets.clients) client.terminate();
        this.#server.closeAllConnections();
      }, patience).unref();
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
    this.#welcome(new LineViewer(response, choiceOf(searchParams) as LiveChoice));
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const wrong = this.#problemOf(request);
    if (wrong !== null) {
      refuse(socket, wrong);
      return;
    }
    const { pathname, searchParams } = new URL(request.url!, base);
    if (pathname === '/source') {
      this.onSource!(request, socket, head);
      return;
    }
    if (pathname !== '/updates') {
      refuse(socket, { status: 400, reason: 'only /updates is a WebSocket' });
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (client: WebSocket) => {
      this.#welcome(new SocketViewer(client, choiceOf(searchParams) as LiveChoice));
    });
  }

  #welcome(viewer: Viewer): void {
    this.#viewers.add(viewer);
    viewer.onGone(() => this.#viewers.delete(viewer));
    this.#send(viewer);
    this.onViewer();
  }

  /** Why a request is refused; `null`: it is not. */
  #problemOf({ method, url, headers }: IncomingMessage): Refusal | null {
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
    if (pathname === '/source' && this.onSource !== null) {
      const isSocket = headers.upgrade !== undefined;
      return isSocket ? null : { status: 400, reason: 'programs connect by WebSocket' };
    }
    if (pathname !== '/updates') return { status: 404, reason: 'there are /updates and /snapshot' };
    const choice = choiceOf(searchParams);
    if (typeof choice === 'string') return { status: 400, reason: choice };
    if (this.#viewers.size < mostViewers) return null;
    return { status: 503, reason: `${mostViewers} look already` };
  }

  #send(viewer: Viewer): void {
    if (this.#last === null || viewer.isBusy) return;
    viewer.send(this.#lineOf(viewer.choice));
    if (this.#last.isOver) viewer.end();
  }

  #lineOf(choice: LiveChoice): string {
    const key = JSON.stringify([choice.label, choice.limit]);
    const known = this.#lines.get(key);
    if (known !== undefined) return known;
    const { data, time, isOver } = this.#last!;
    const line = JSON.stringify(liveUpdate(data, { time, isOver }, choice));
    this.#lines.set(key, line);
    return line;
  }

  #knows(token: string): boolean {
    const given = Buffer.from(token);
    const own = Buffer.from(this.token);
    return given.length === own.length && timingSafeEqual(given, own);
  }
}

const statusTexts: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  503: 'Service Unavailable',
};

function refuse(socket: Duplex, { status, reason }: Refusal): void {
  socket.end(
    `HTTP/1.1 ${status} ${statusTexts[status]}\r\ncontent-type: text/plain; charset=utf-8\r\nconnection: close\r\n\r\n${reason}\n`,
  );
}
