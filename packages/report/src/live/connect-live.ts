import { Snapshot, type Tracer } from '@tracemalloc/core';
import { dump } from '@tracemalloc/core/codec';
import { peek } from '@tracemalloc/core/live';
import { pauseAfter } from './pulse.ts';

/** What is used of a browser's `WebSocket`, or of the package ws's. */
export type LiveSocket = {
  /** Is set to `arraybuffer`. */
  binaryType: string;
  /** `message` has text or bytes as its `data`; `close` and `error` have nothing. */
  addEventListener(
    type: 'message' | 'close' | 'error',
    listener: (event: { readonly data?: unknown }) => void,
  ): void;
  /** Sends text or bytes. */
  send(data: string | Uint8Array): void;
  /** Ends the connection. */
  close(): void;
};

/** How {@link connectLive} connects. */
export type ConnectLiveOptions = {
  /** Default: the host's own, which browsers, Deno and Node from 22 on have. */
  readonly WebSocket?: new (
    url: string,
  ) => LiveSocket;
};

/** A tracer that is connected, or tries to be. */
export type LiveConnection = {
  /** Ends it. */
  close(): void;
};

/** Milliseconds until it is tried again, doubled each time. */
const firstWait = 1000;
const longestWait = 30_000;

/**
 * Shows what lives in a tracer to `tracemalloc live --listen`, whose address `url` is: for pages and
 * workers, which can't serve. It copies only when somebody looks, between turns and for a thirtieth of
 * the time at most. Where nobody listens (any more) it tries again, every 30 seconds in the end.
 *
 * @throws TypeError when `url` is no address, or the host has no WebSocket and none was passed.
 */
export function connectLive(
  tracer: Tracer,
  url: string,
  { WebSocket = hostSocket() }: ConnectLiveOptions = {},
): LiveConnection {
  const address = sourceAddress(url);
  let socket: LiveSocket | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let answerTimer: ReturnType<typeof setTimeout> | undefined;
  let isClosed = false;
  let wait = firstWait;
  let notBefore = 0;

  const answer = (to: LiveSocket): void => {
    if (to !== socket) return;
    const before = performance.now();
    const data = peek(tracer);
    to.send(data === null ? 'nothing' : dump(Snapshot.fromData(data)));
    const after = performance.now();
    notBefore = after + pauseAfter(after - before, 0);
  };
  const connect = (): void => {
    const own = new WebSocket(address);
    socket = own;
    own.binaryType = 'arraybuffer';
    own.addEventListener('message', ({ data }) => {
      if (data !== 'look') return;
      wait = firstWait;
      // Who asks too often is answered late.
      clearTimeout(answerTimer);
      answerTimer = setTimeout(() => answer(own), Math.max(0, notBefore - performance.now()));
    });
    own.addEventListener('error', () => undefined);
    own.addEventListener('close', () => {
      socket = null;
      if (isClosed) return;
      timer = setTimeout(connect, wait);
      wait = Math.min(longestWait, 2 * wait);
    });
  };
  connect();
  return {
    close() {
      isClosed = true;
      clearTimeout(timer);
      clearTimeout(answerTimer);
      const last = socket;
      socket = null;
      last?.close();
    },
  };
}

function hostSocket(): new (url: string) => LiveSocket {
  const { WebSocket } = globalThis as { WebSocket?: new (url: string) => LiveSocket };
  if (WebSocket !== undefined) return WebSocket;
  throw new TypeError(
    'this host has no WebSocket (Node has one from version 22 on): pass one, such as that of the package ws, as options.WebSocket',
  );
}

function sourceAddress(url: string): string {
  if (!URL.canParse(url) || !/^(?:https?|wss?):$/.test(new URL(url).protocol)) {
    throw new TypeError(
      `url must be an address that tracemalloc live --listen printed, such as ws://127.0.0.1:9000/?token=…, got '${url}'`,
    );
  }
  const address = new URL(url);
  address.protocol = address.protocol.replace('http', 'ws');
  address.pathname = '/source';
  return address.href;
}
