import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Io } from '@tracemalloc/cli';
import { dump, load } from '@tracemalloc/core/codec';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { syntheticFleet } from '../../benchmarks/fleet/synthetic-fleet.ts';
import { type CollectorOptions, startCollector } from '../../examples/fleet/collector.ts';
import { runFleet } from '../../examples/fleet/main.ts';
import { snapshotBody } from '../../examples/fleet/page-snapshot.ts';
import { sendOnHide } from '../../examples/fleet/send-on-hide.ts';

const pageOf = (sites: number) => [...syntheticFleet({ snapshots: 1, sites })][0]!.snapshot;
const [snapshot, small] = [pageOf(3000), pageOf(5)];
const folders: string[] = [];
const newFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'tracemalloc-fleet-'));
  folders.push(folder);
  return folder;
};
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const sumOf = (values: Iterable<number>) => [...values].reduce((sum, value) => sum + value, 0);
const filesOf = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.\w+$/.test(name));

describe('what a page sends', () => {
  test('fits into a beacon, and its sums are those of the snapshot', () => {
    const whole = snapshotBody(small);
    expect(load(whole).statistics('traceback').map(String)).toEqual(
      small.statistics('traceback').map(String),
    );
    const body = snapshotBody(snapshot, { maxBytes: 20_000 });
    expect(body.length).toBeLessThanOrEqual(20_000);
    const { sites } = load(body).data;
    for (const counter of ['liveSize', 'liveCount', 'peakSize', 'totalCount'] as const) {
      expect(sumOf(sites[counter]!)).toBe(sumOf(snapshot.data.sites[counter]!));
    }
    expect(sites.length).toBeLessThan(snapshot.data.sites.length);
    const lines = load(body).statistics('lineno');
    expect(String(lines[0])).toContain('<other sites>');
  });

  test('has hashed names, or none, where that was chosen', () => {
    const text = (body: Uint8Array) => load(body).data.strings.join('\n');
    expect(text(snapshotBody(small))).toContain('app/mod0.py');
    const hashed = text(snapshotBody(small, { privacy: 'hashed', salt: 'a' }));
    expect(hashed).toMatch(/^\n(#[0-9a-f]{13}\n?)+$/);
    expect(text(snapshotBody(small, { privacy: 'hashed', salt: 'a' }))).toBe(hashed);
    expect(text(snapshotBody(small, { privacy: 'hashed', salt: 'b' }))).not.toBe(hashed);
    const dropped = load(snapshotBody(small, { privacy: 'dropped' }));
    expect(dropped.data.strings.filter((name) => /mod|^f\d/.test(name))).toEqual([]);
    expect(dropped.statistics('type').map(String)).toEqual(small.statistics('type').map(String));
    const told = small.withMetadata({ url: 'https://secret.example/', user: 'ada' });
    expect(Object.keys(load(snapshotBody(told)).metadata)).not.toContain('user');
  });

  test('goes out when the page is hidden, once for each time, and not when it is shown', async () => {
    const sent: [string, Blob][] = [];
    const listeners = new Set<() => void>();
    vi.stubGlobal('document', {
      visibilityState: 'visible',
      addEventListener: (_: string, listener: () => void) => listeners.add(listener),
      removeEventListener: (_: string, listener: () => void) => listeners.delete(listener),
    });
    vi.stubGlobal('navigator', { sendBeacon: (...args: [string, Blob]) => sent.push(args) > 0 });
    try {
      const undo = sendOnHide(() => small, { url: '/here?token=t', release: '2.0' });
      const change = (state: string) => {
        (document as { visibilityState: string }).visibilityState = state;
        for (const listener of listeners) listener();
      };
      change('visible');
      expect(sent).toEqual([]);
      change('hidden');
      expect(sent.map(([url]) => url)).toEqual(['/here?token=t']);
      const { metadata } = load(await sent[0]![1].arrayBuffer());
      expect(metadata).toMatchObject({
        release: '2.0',
        session: expect.stringMatching(/^[0-9a-f-]{36}$/),
      });
      undo();
      expect(listeners.size).toBe(0);
      sendOnHide(() => small, { url: '/here', release: '2.0', share: 0 });
      expect(listeners.size).toBe(0);
    } finally {
      vi.unstubAllGlobals();
    }
  });
});

describe('the collector', () => {
  const open: { close(): void }[] = [];
  afterEach(() => {
    for (const server of open.splice(0)) server.close();
  });

  async function start(options: Partial<CollectorOptions> = {}) {
    const folder = newFolder();
    const { server, url } = await startCollector({
      folder,
      token: 'right',
      perAddress: 1000,
      ...options,
    });
    open.push(server);
    const post = async (body: Uint8Array, query = '?token=right', headers = {}) => {
      const init = { method: 'POST', body: body as Uint8Array<ArrayBuffer>, headers };
      return (await fetch(url + query, init)).status;
    };
    return { folder, url, post };
  }

  test('keeps what is a snapshot, byte for byte, and knows who may post', async () => {
    const { folder, post } = await start();
    const body = snapshotBody(small);
    expect(await post(body)).toBe(204);
    expect(await post(body, '', { authorization: 'Bearer right' })).toBe(204);
    expect(await post(body, '?token=wrong')).toBe(401);
    expect(await post(body, '')).toBe(401);
    const files = filesOf(folder);
    expect(files).toHaveLength(2);
    for (const file of files) {
      expect(file).toMatch(/^\d{4}-\d\d-\d\d\/\d{9}-[0-9a-f]{18}\.tm\.gz$/);
      expect(readFileSync(join(folder, file)).equals(body)).toBe(true);
    }
  });

  test('refuses what is none: nothing of it is kept', async () => {
    const { folder, post } = await start();
    const plain = dump(small);
    const hostile: [Uint8Array, number][] = [
      [new Uint8Array(0), 400],
      [new TextEncoder().encode('{"a":1}'), 400],
      [new Uint8Array(70_000), 413],
      // 60 MB of zeros, and a snapshot after which they come.
      [gzipSync(new Uint8Array(60_000_000)), 400],
      [gzipSync(Buffer.concat([plain, new Uint8Array(50_000_000)])), 400],
      [Buffer.concat([snapshotBody(small), Buffer.from('more')]), 400],
      [Buffer.concat([gzipSync(plain), gzipSync(plain)]), 400],
      [gzipSync(plain).subarray(0, -1), 400],
      [Uint8Array.of(0x1f, 0x8b, 8, 0), 400],
      [gzipSync(gzipSync(plain)), 400],
      ...Array.from({ length: 20 }, (_, i): [Uint8Array, number] => [
        plain.subarray(0, Math.floor((plain.length * i) / 20)),
        400,
      ]),
      ...Array.from({ length: 20 }, (_, i): [Uint8Array, number] => {
        const damaged = plain.slice();
        damaged[Math.floor((plain.length * (i + 0.5)) / 20)]! ^= 0x5a;
        return [damaged, 400];
      }),
    ];
    const statuses: number[] = [];
    for (const [body] of hostile) statuses.push(await post(body));
    expect(statuses).toEqual(hostile.map(([, status]) => status));
    expect(filesOf(folder)).toEqual([]);
  });

  test('waits for the disk where that was asked for: of many posts none is lost or named early', async () => {
    const { folder, post } = await start({ sync: true });
    const body = snapshotBody(small);
    const statuses = await Promise.all(Array.from({ length: 30 }, () => post(body)));
    expect(statuses).toEqual(statuses.map(() => 204));
    const files = filesOf(folder);
    expect(files).toHaveLength(30);
    for (const file of files) {
      expect(file).toMatch(/^\d{4}-\d\d-\d\d\/\d{9}-[0-9a-f]{18}\.tm\.gz$/);
      expect(readFileSync(join(folder, file)).equals(body)).toBe(true);
    }
  });

  test('limits how often an address may post, and how many bodies are open', async () => {
    const body = snapshotBody(small);
    const few = await start({ perAddress: 2 });
    const statuses: number[] = [];
    for (let i = 0; i < 6; i++) statuses.push(await few.post(body));
    expect(statuses.slice(0, 4)).toEqual([204, 204, 204, 204]);
    expect(statuses.at(-1)).toBe(429);
    const busy = await start({ maxOpen: 0 });
    expect(await busy.post(body)).toBe(503);
  });

  test('does not wait for clients that send nothing', async () => {
    const { url, post, folder } = await start({ requestMs: 300, maxOpen: 2 });
    const { port } = new URL(url);
    const slow = Array.from({ length: 2 }, () => {
      const socket = connect(Number(port), '127.0.0.1');
      socket.write(
        `POST /v1/snapshots?token=right HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\nab`,
      );
      return new Promise<void>((resolve) => {
        socket.on('error', () => resolve()).on('close', () => resolve());
        socket.resume();
      });
    });
    const said = vi.spyOn(console, 'error');
    await Promise.all(slow);
    expect(await post(snapshotBody(small))).toBe(204);
    expect(filesOf(folder)).toHaveLength(1);
    // Whoever hangs up would fill its log.
    expect(said).not.toHaveBeenCalled();
  });

  test('loses nothing that it has answered when it is killed', async () => {
    const folder = newFolder();
    const script = fileURLToPath(new URL('../../examples/fleet/serve.ts', import.meta.url));
    const flags = ['--conditions=@tracemalloc/source', '--import=tsx'];
    const child: ChildProcess = spawn(process.execPath, [...flags, script, folder, 'right'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const url = await new Promise<string>((resolve) => {
      child.stdout!.once('data', (line: Buffer) => resolve(line.toString().trim()));
    });
    const body = snapshotBody(small) as Uint8Array<ArrayBuffer>;
    let answered = 0;
    const post = async () => {
      for (;;) {
        const { status } = await fetch(`${url}?token=right`, { method: 'POST', body });
        if (status === 204) answered++;
        if (answered >= 40) child.kill('SIGKILL');
      }
    };
    await Promise.all(Array.from({ length: 4 }, () => post().catch(() => {})));
    const files = filesOf(folder).filter((name) => name.endsWith('.tm.gz'));
    expect(files.length).toBeGreaterThanOrEqual(answered);
    for (const file of files) {
      expect(readFileSync(join(folder, file)).equals(body)).toBe(true);
    }
  });
});

test('one command shows it all: pages, collector, dataset, query, report', async () => {
  const printed: string[] = [];
  const io = {
    stdout: (text: string) => printed.push(text),
    stderr: (text: string) => printed.push(text),
    env: {},
    cwd: newFolder(),
  } as unknown as Io;
  const lines = await runFleet(8, (text) => printed.push(text), io);
  // Two of eight pages leak: 500 blocks of 400 bytes there, and 5 on the others.
  expect(lines[0]).toBe('app/cache.py:12  412000 bytes');
  expect(lines).toHaveLength(5);
  expect(printed.join('')).toMatch(/8 pages posted.*Added 8 snapshots .*Wrote .*fleet\.html/s);
});
