import { once } from 'node:events';
import { type RequestOptions, request } from 'node:http';
import { connect } from 'node:net';
import type { Tracer } from '@tracemalloc/core';
import { load } from '@tracemalloc/core/codec';
import { peek } from '@tracemalloc/core/live';
import { connectLive, type LiveSocket, type LiveUpdate } from '@tracemalloc/report/live';
import {
  LiveServer,
  type LiveService,
  receiveLive,
  type ServeLiveOptions,
  serveLive,
} from '@tracemalloc/report/live/node';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { traced } from './traced.ts';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const one of undo.splice(0).reverse()) await one();
});

async function served(tracer: Tracer, options: ServeLiveOptions = {}): Promise<LiveService> {
  const service = await serveLive(tracer, { interval: 50, token: 'secret', ...options });
  undo.push(() => service.close());
  return service;
}

const at = (url: string, path: string, query = ''): string => url.replace('/?', `${path}?`) + query;
const socketAt = (url: string, path: string, query = ''): WebSocket => {
  const socket = new WebSocket(at(url, path, query).replace('http', 'ws'));
  socket.on('error', () => undefined);
  undo.push(() => socket.terminate());
  return socket;
};

/** Updates over HTTP until `enough` says so, or the end. */
async function lines(
  url: string,
  query: string,
  enough: (updates: readonly LiveUpdate[]) => boolean,
): Promise<LiveUpdate[]> {
  const stop = new AbortController();
  const { body } = await fetch(at(url, '/updates', query), { signal: stop.signal });
  const updates: LiveUpdate[] = [];
  let rest = '';
  for await (const bytes of body!.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + bytes).split('\n');
    rest = parts.pop()!;
    updates.push(...parts.map((line) => JSON.parse(line) as LiveUpdate));
    if (enough(updates)) break;
  }
  return updates;
}

const one = ({ length }: { readonly length: number }): boolean => length > 0;
const nextMessage = async (socket: WebSocket): Promise<LiveUpdate> =>
  JSON.parse(String((await once(socket, 'message'))[0])) as LiveUpdate;
const closeOf = async (socket: WebSocket): Promise<[number, string]> => {
  const [code, reason] = await once(socket, 'close');
  return [code as number, String(reason)];
};

describe('a tracer that is served', () => {
  test('shows what lives to viewers of lines and of messages alike', async () => {
    const { url } = await served(traced({ '': 100, web: 20 }));
    const [all] = await lines(url, '', one);
    expect(all).toMatchObject({ current: 120, peak: 120, blocks: 2, labels: ['', 'web'] });
    const web = await nextMessage(socketAt(url, '/updates', '&label=web'));
    expect({ ...web, time: 0 }).toEqual({
      type: 'update',
      time: 0,
      current: 120,
      peak: 120,
      blocks: 2,
      label: 'web',
      labels: ['', 'web'],
      rows: [
        {
          functionName: 'web',
          filename: 'app.py',
          lineno: 0,
          totalSize: 20,
          ownSize: 20,
          count: 1,
        },
      ],
      others: 0,
      isOver: false,
    });
  });

  test('is looked at again by who went and came back, and by several at once', async () => {
    const tracer = traced({ '': 100 });
    const { url } = await served(tracer);
    await lines(url, '', one);
    const [a, b] = [socketAt(url, '/updates'), socketAt(url, '/updates')];
    await Promise.all([nextMessage(a), nextMessage(b)]);
    tracer.clearTraces();
    const isEmpty = (updates: readonly LiveUpdate[]) => updates.at(-1)?.current === 0;
    expect((await lines(url, '', isEmpty)).at(-1)?.blocks).toBe(0);
  });

  test('is not read while nobody looks', async () => {
    const tracer = traced({ '': 100 });
    let reads = 0;
    Object.defineProperty(tracer, 'on', {
      get: () => {
        reads++;
        return true;
      },
    });
    const { url } = await served(tracer);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(reads).toBe(0);
    const socket = socketAt(url, '/updates');
    await nextMessage(socket);
    socket.close();
    await once(socket, 'close');
    await new Promise((resolve) => setTimeout(resolve, 120));
    const before = reads;
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect([before > 0, reads - before]).toEqual([true, 0]);
  });

  test('lets a viewer choose another label', async () => {
    const { url } = await served(traced({ '': 100, web: 20 }));
    const socket = socketAt(url, '/updates');
    expect((await nextMessage(socket)).label).toBe(null);
    socket.send('{"type":"choose","label":"web","limit":1}');
    await expect.poll(async () => (await nextMessage(socket)).label).toBe('web');
  });

  test('tells viewers when it is over', async () => {
    const { url, close } = await serveLive(traced({ '': 100 }));
    const socket = socketAt(url, '/updates');
    const read = lines(url, '', () => false);
    await nextMessage(socket);
    const ended = closeOf(socket);
    await close();
    expect([(await read).at(-1)?.isOver, await ended]).toEqual([true, [1000, '']]);
  });

  test('gives a snapshot file, which says what it is of', async () => {
    const { url } = await served(traced({ '': 100 }));
    await lines(url, '', one);
    const bytes = await (await fetch(at(url, '/snapshot'))).arrayBuffer();
    expect(load(bytes).metadata).toMatchObject({ host: 'a test', unsettled: true });
  });
});

const noToken = 'the token is missing or wrong: it is in the address that was printed';

test.each([
  ['GET', '/updates', 403, noToken],
  ['GET', '/updates?token=geheim', 403, noToken],
  ['GET', '/source?token=secret', 404, 'there are /updates and /snapshot'],
  ['POST', '/updates?token=secret', 405, 'only GET is answered'],
  ['GET', '/etc/passwd?token=secret', 404, 'there are /updates and /snapshot'],
  ['GET', '/updates?token=secret&limit=0', 400, 'limit must be an integer in 1..1000'],
  ['GET', '/updates?token=secret&limit=', 400, 'limit must be an integer in 1..1000'],
  ['GET', '/updates?token=secret&limit=x', 400, 'limit must be an integer in 1..1000'],
  ['GET', '/snapshot?token=secret', 503, 'there is nothing yet'],
  ['UPGRADE', '/updates', 403, noToken],
  ['UPGRADE', '/updates?token=secret&limit=-1', 400, 'limit must be an integer in 1..1000'],
  ['UPGRADE', '/snapshot?token=secret', 503, 'there is nothing yet'],
  ['UPGRADE', '/source?token=secret', 404, 'there are /updates and /snapshot'],
])('%s %s is refused with %d', async (method, path, status, reason) => {
  const { url } = await served(traced({}));
  const { port, hostname } = new URL(url);
  const headers = {
    connection: 'upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  };
  const isUpgrade = method === 'UPGRADE';
  const options: RequestOptions = isUpgrade ? { headers } : { method };
  const answer = await new Promise<[number | undefined, string]>((resolve, reject) => {
    const sent = request({ path, port, hostname, ...options }, (response) => {
      let text = '';
      response.on('data', (part) => {
        text += String(part);
      });
      response.on('end', () => resolve([response.statusCode, text.trim()]));
    });
    sent.on('error', reject).end();
  });
  expect(answer).toEqual([status, reason]);
});

test('a port in use is one clear error', async () => {
  const { url } = await served(traced({}));
  const port = Number(new URL(url).port);
  await expect(serveLive(traced({}), { port })).rejects.toThrow(
    `port ${port} of 127.0.0.1 can't be served: it is in use already (EADDRINUSE); name another one, or 0 for any that is free`,
  );
});

test.each<[ServeLiveOptions, string]>([
  [{ port: -1 }, 'port must be an integer in 0..65535 (0 = any that is free), got -1'],
  [{ port: 65536 }, 'port must be an integer in 0..65535 (0 = any that is free), got 65536'],
  [{ hostname: '' }, 'hostname must be a name or an address, got '],
  [{ token: '' }, 'token must be a text that is not empty, or left out for a random one'],
  [{ interval: 0 }, 'interval must be 50..60000 milliseconds, got 0'],
  [{ interval: Number.NaN }, 'interval must be 50..60000 milliseconds, got NaN'],
])('%j is refused', async (options, message) => {
  await expect(serveLive(traced({}), options)).rejects.toThrow(message);
});

describe('viewers that do harm elsewhere', () => {
  test.each([
    ['text', 'hello'],
    ['no object', '[1]'],
    ['another type', '{"type":"eval"}'],
    ['no label', '{"type":"choose","label":7}'],
    ['no limit', '{"type":"choose","limit":1e9}'],
    ['bytes', Buffer.alloc(100, 7)],
    ['too much', 'x'.repeat(5000)],
  ])('send %s, and are let go, while others look on', async (_, junk) => {
    const { url } = await served(traced({ '': 100 }));
    const good = socketAt(url, '/updates');
    const bad = socketAt(url, '/updates');
    await nextMessage(bad);
    bad.send(junk);
    const [code, reason] = await closeOf(bad);
    expect([code === 1008 || code === 1009, reason]).toEqual([
      true,
      code === 1009 ? '' : expect.stringMatching(/^(a viewer may say|limit must be)/),
    ]);
    expect((await nextMessage(good)).current).toBe(100);
  });

  test('send no WebSocket after having asked for one', async () => {
    const { url } = await served(traced({ '': 100 }));
    const raw = connect(Number(new URL(url).port), '127.0.0.1');
    raw.on('error', () => undefined);
    raw.write(
      'GET /updates?token=secret HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    raw.write(Buffer.alloc(1000, 0xff));
    raw.resume();
    await once(raw, 'close');
    expect((await lines(url, '', one))[0]?.current).toBe(100);
  });

  test('never read: updates are not for them, and hold up nobody', async () => {
    const server = new LiveServer();
    undo.push(() => server.close());
    const url = await server.listen();
    const data = peek(traced({ ['x'.repeat(100_000)]: 1 }))!;
    const lazy = await fetch(at(url, '/updates'));
    const sleepy = socketAt(url, '/updates');
    await once(sleepy, 'open');
    (sleepy as unknown as { _socket: { pause(): void } })._socket.pause();
    const before = process.memoryUsage().rss;
    for (let i = 0; i < 200; i++) server.publish(data, i);
    const grown = process.memoryUsage().rss - before;
    const [last] = await lines(url, '', one);
    expect([last?.time, grown < 2 ** 26]).toEqual([199, true]);
    await lazy.body!.cancel();
  });

  test('are too many', async () => {
    const { url } = await served(traced({ '': 1 }));
    const sockets = Array.from({ length: 16 }, () => socketAt(url, '/updates'));
    await Promise.all(sockets.map((socket) => once(socket, 'open')));
    const more = await fetch(at(url, '/updates'));
    expect([more.status, await more.text()]).toEqual([503, '16 look already\n']);
  });
});

describe('a program that can not serve', () => {
  const options = { WebSocket: WebSocket as unknown as new (url: string) => LiveSocket };

  async function received(): Promise<LiveService> {
    const service = await receiveLive({ interval: 50, token: 'secret' });
    undo.push(() => service.close());
    return service;
  }

  test('connects, is looked at as others are, and the next one after it', async () => {
    const { url } = await received();
    for (const size of [100, 200]) {
      const connection = connectLive(traced({ '': size, web: 1 }), url, options);
      const read = lines(url, '&label=web', (updates) => {
        if (updates.length === 3) connection.close();
        return false;
      });
      const seen = (await read).map(({ current, label }) => [current, label]);
      expect(seen.slice(0, 3)).toEqual(Array(3).fill([size + 1, 'web']));
    }
  });

  test('comes back when who listens does', async () => {
    const first = await receiveLive({ token: 'secret' });
    const port = Number(new URL(first.url).port);
    const connection = connectLive(traced({ '': 5 }), first.url, options);
    undo.push(() => connection.close());
    await lines(first.url, '', one);
    await first.close();
    const second = await receiveLive({ port, token: 'secret' });
    undo.push(() => second.close());
    expect((await lines(second.url, '', one))[0]?.current).toBe(5);
  });

  test.each([
    ['what was not asked for', 'x', [1008, 'a program answers one copy to each look']],
    ['no snapshot', Buffer.alloc(50, 3), [1007, 'that is no snapshot file']],
  ])('and sends %s is let go', async (_, junk, expected) => {
    const { url } = await received();
    const bad = socketAt(url, '/source');
    await once(bad, 'open');
    if (typeof junk !== 'string') {
      socketAt(url, '/updates');
      await once(bad, 'message');
    }
    bad.send(junk);
    expect(await closeOf(bad)).toEqual(expected);
    const connection = connectLive(traced({ '': 9 }), url, options);
    undo.push(() => connection.close());
    expect((await lines(url, '', one))[0]?.current).toBe(9);
  });

  test('waits while another one is connected', async () => {
    const { url } = await received();
    const first = socketAt(url, '/source');
    await once(first, 'open');
    expect(await closeOf(socketAt(url, '/source'))).toEqual([1013, 'another program is connected']);
  });

  test('is told what is wrong with its call', () => {
    const tracer = traced({});
    expect(() => connectLive(tracer, 'file:///x', options)).toThrow(
      "url must be an address that tracemalloc live --listen printed, such as ws://127.0.0.1:9000/?token=…, got 'file:///x'",
    );
  });
});
