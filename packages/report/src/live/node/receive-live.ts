import { load } from '@tracemalloc/core/codec';
import { type WebSocket, WebSocketServer } from 'ws';
import { Pulse } from '../pulse.ts';
import { LiveServer } from './live-server.ts';
import type { LiveService, ServeLiveOptions } from './serve-live.ts';

/** Bytes of a copy at most. */
const biggestCopy = 2 ** 28;
/** Close codes of WebSocket. */
const closeCode = { refused: 1008, unusable: 1007, later: 1013 } as const;

/** The program that is connected. */
type Source = { readonly socket: WebSocket; readonly started: number; isAsked: boolean };

/**
 * Waits for programs that call `connectLive(tracer, url)`, one at a time, and serves them to viewers as
 * `serveLive` does: for pages, which can't serve. A program is asked for a copy only while somebody
 * looks; what it sends is read as a snapshot file from anywhere is, and what is none ends its connection.
 *
 * @throws RangeError or TypeError for bad options, Error where the port can't be served.
 */
export async function receiveLive({
  interval,
  ...options
}: ServeLiveOptions = {}): Promise<LiveService> {
  const server = new LiveServer(options);
  const sockets = new WebSocketServer({ noServer: true, maxPayload: biggestCopy });
  let source: Source | null = null;
  const pulse = new Pulse(() => {
    if (source === null || !server.isWatched) return false;
    if (!source.isAsked) {
      source.isAsked = true;
      source.socket.send('look');
    }
    return true;
  }, interval);
  server.onViewer = () => pulse.start();
  server.onSource = (request, socket, head) =>
    sockets.handleUpgrade(request, socket, head, (client) => {
      client.on('error', () => client.terminate());
      if (source !== null) {
        client.close(closeCode.later, 'another program is connected');
        return;
      }
      const own: Source = { socket: client, started: performance.now(), isAsked: false };
      source = own;
      client.on('message', (bytes, isBinary) => receive(server, own, bytes as Buffer, isBinary));
      client.on('close', () => {
        source = null;
        server.clear();
      });
      pulse.start();
    });
  const url = await server.listen();
  return {
    url,
    close() {
      pulse.stop();
      for (const client of sockets.clients) client.terminate();
      return server.close();
    },
  };
}

function receive(server: LiveServer, source: Source, bytes: Buffer, isBinary: boolean): void {
  const { socket } = source;
  if (!source.isAsked) {
    socket.close(closeCode.refused, 'a program answers one copy to each look');
    return;
  }
  source.isAsked = false;
  // Nothing is traced.
  if (!isBinary) return;
  try {
    server.publish(load(bytes).data, performance.now() - source.started);
  } catch {
    socket.close(closeCode.unusable, 'that is no snapshot file');
  }
}
