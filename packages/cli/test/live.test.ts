import { request } from 'node:http';
import { type Snapshot, Tracer } from '@tracemalloc/core';
import { load } from '@tracemalloc/core/codec';
import { peek } from '@tracemalloc/core/live';
import type { LiveUpdate } from '@tracemalloc/report/live';
import { afterEach, expect, test } from 'vitest';
import { LiveServer } from '../src/live/live-server.ts';
import { initialLive, type LiveAction, reduceLive } from '../src/live/live-state.ts';
import { liveLines } from '../src/live/live-view.ts';
import { readUpdates } from '../src/live/read-updates.ts';

/** A tracer with a block of each label: `{ '': 100, web: 20 }`. */
function traced(sizes: Readonly<Record<string, number>>): Tracer {
  const tracer = new Tracer();
  tracer.start(5);
  const frame = (name: string) => tracer.frame(tracer.string('app.py'), 3, tracer.string(name));
  const domain = tracer.domain({ name: 'guest', ids: 'serial' });
  for (const [i, [label, size]] of Object.entries(sizes).entries()) {
    tracer.setLabel(tracer.label(label));
    tracer.stack[0] = frame(label || 'main');
    tracer.alloc(domain, i, size, tracer.capture(1));
  }
  return tracer;
}

let server: LiveServer;
afterEach(() => server?.close());

async function serve(): Promise<string> {
  server = new LiveServer({ token: 'secret' });
  return server.listen();
}

/** The updates that a viewer gets of what is published after it came. */
async function seen(url: string, label: string | null, tracer: Tracer): Promise<LiveUpdate[]> {
  const updates: LiveUpdate[] = [];
  const { signal } = new AbortController();
  server.onViewer = () => server.publish(peek(tracer)!, 7, true);
  await readUpdates(url, { label, onUpdate: (update) => updates.push(update), signal });
  return updates;
}

test('a viewer is told what lives, of all or of a label, and when it is over', async () => {
  const url = await serve();
  const tracer = traced({ '': 100, web: 20 });
  const [all] = await seen(url, null, tracer);
  expect(all).toMatchObject({ current: 120, peak: 120, blocks: 2, labels: ['', 'web'], time: 7 });
  const [web] = await seen(url, 'web', tracer);
  expect(web).toMatchObject({ label: 'web', isOver: true, others: 0 });
  expect(web!.rows).toEqual([
    { functionName: 'web', filename: 'app.py', lineno: 0, totalSize: 20, ownSize: 20, count: 1 },
  ]);
});

test('a snapshot is a file of ours', async () => {
  const url = await serve();
  server.publish(peek(traced({ '': 100 }))!, 0);
  const response = await fetch(url.replace('/?', '/snapshot?'));
  const snapshot: Snapshot = load(new Uint8Array(await response.arrayBuffer()));
  expect([snapshot.traces.length, snapshot.metadata['unsettled']]).toEqual([1, true]);
});

test.each([
  ['GET', '/updates', 403, 'the token is missing or wrong: it is in the address that was printed'],
  [
    'GET',
    '/updates?token=geheim',
    403,
    'the token is missing or wrong: it is in the address that was printed',
  ],
  ['POST', '/updates?token=secret', 405, 'only GET is answered'],
  ['GET', '/etc/passwd?token=secret', 404, 'there are /updates and /snapshot'],
  ['GET', '/updates?token=secret&limit=0', 400, 'limit must be an integer in 1..1000'],
  ['GET', '/updates?token=secret&limit=x', 400, 'limit must be an integer in 1..1000'],
  ['GET', '/snapshot?token=secret', 503, 'there is nothing yet'],
])('%s %s is refused with %d', async (method, path, status, reason) => {
  const { port, hostname } = new URL(await serve());
  const answer = await new Promise<[number | undefined, string]>((resolve, reject) => {
    const sent = request({ method, path, port, hostname }, (response) => {
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

test('a port in use is an error that says so', async () => {
  const { port } = new URL(await serve());
  await expect(new LiveServer({ port: Number(port) }).listen()).rejects.toThrow(/EADDRINUSE/);
});

test('who does not read holds up nobody', async () => {
  const url = await serve();
  const data = peek(traced({ ['x'.repeat(100_000)]: 1 }))!;
  const lazy = await fetch(url.replace('/?', '/updates?'));
  for (let i = 0; i < 200; i++) server.publish(data, i);
  const read = new Promise<number>((resolve) => {
    const onUpdate = ({ time }: LiveUpdate): void => resolve(time);
    const { signal } = new AbortController();
    void readUpdates(url, { label: null, onUpdate, signal }).catch(() => undefined);
  });
  expect(await read).toBe(199);
  await lazy.body!.cancel();
});

/** The screen after some actions on two functions' update. */
function screen(...actions: LiveAction[]): string[] {
  const row = { filename: 'a\x1b[2Jb.py', lineno: 0 };
  const update: LiveUpdate = {
    type: 'update',
    time: 1500,
    current: 4096,
    peak: 8192,
    blocks: 30,
    label: null,
    labels: ['', 'web'],
    rows: [
      { ...row, functionName: 'main', totalSize: 4096, ownSize: 1024, count: 30 },
      { ...row, functionName: 'load', totalSize: 3072, ownSize: 3072, count: 20 },
    ],
    others: 0,
    isOver: false,
  };
  const all: LiveAction[] = [{ type: 'update', update }, ...actions];
  const state = all.reduce(reduceLive, initialLive);
  return liveLines(state, { title: 'app.py', width: 78, rows: 5 });
}

test('the screen has memray’s columns, and shows no control character of the guest’s', () => {
  expect(screen().slice(3)).toEqual([
    '4096 B in 30 blocks, peak 8192 B, 1.5 s · all labels',
    '     Total    Total %        Own      Own %     Blocks  Function',
    '    4096 B     100.0%     1024 B      25.0%         30  main  a\\x1b[2Jb.py',
    '    3072 B      75.0%     3072 B      75.0%         20  load  a\\x1b[2Jb.py',
    'q quit  t total  o own  a blocks  ←→ label  space pause  b baseline  / filter',
  ]);
});

test('keys sort, filter, and make figures differences to a baseline', () => {
  expect(screen({ type: 'sort', by: 'own' })[5]).toContain('load');
  expect(screen({ type: 'type', text: 'LOAD' })).toHaveLength(7);
  const [figures, , first] = screen({ type: 'baseline' }).slice(3);
  expect([figures, first?.slice(0, 10)]).toEqual([
    '4096 B in 30 blocks, peak 8192 B, 1.5 s · all labels · since the baseline',
    '       0 B',
  ]);
  expect(screen({ type: 'label', step: -1 })[3]).toContain('· web');
});
