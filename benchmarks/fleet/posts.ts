// What the collector of examples/fleet takes for a post.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { snapshotBody } from '../../examples/fleet/page-snapshot.ts';
import { syntheticFleet } from './synthetic-fleet.ts';

export type PostsOptions = {
  readonly posts: number;
  readonly sites: number;
  /** Connections, each with a post on its way at a time. */
  readonly clients: number;
  /** Of the collector. */
  readonly processes: number;
  /** Sends a few bytes that are no snapshots. */
  readonly invalid: boolean;
};

/** Starts a collector over `folder`, posts to it, and prints how fast it answers and what it takes. */
export async function posts(folder: string, options: PostsOptions): Promise<void> {
  const script = fileURLToPath(new URL('../../examples/fleet/serve.ts', import.meta.url));
  const flags = ['--conditions=@tracemalloc/source', '--import=tsx'];
  const args = [folder, 'token', '0', String(options.processes)];
  const collector = spawn(process.execPath, [...flags, script, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const url = await new Promise<string>((resolve) => {
      collector.stdout.once('data', (line: Buffer) => resolve(line.toString().trim()));
    });
    const requests = bodies(options).map((body) => requestOf(new URL(url), body));
    await drive(Number(new URL(url).port), requests, { ...options, posts: 500 });
    const [begin, cpu] = [performance.now(), cpuSeconds(collector.pid!)];
    const statuses = await drive(Number(new URL(url).port), requests, options);
    const seconds = (performance.now() - begin) / 1000;
    const taken = cpuSeconds(collector.pid!) - cpu;
    const answers = Array.from(statuses, ([status, count]) => `${status} × ${count}`).join(', ');
    const bytes = requests.reduce((sum, { length }) => sum + length, 0) / requests.length;
    console.log(
      `${options.posts} posts of ${bytes.toFixed(0)} bytes: ${answers}; ${(options.posts / seconds).toFixed(0)} a second; ` +
        `${((1000 * taken) / options.posts).toFixed(2)} ms of CPU each, ${peakMiB(collector.pid!)} MiB at most; ` +
        `${readdirSync(folder, { recursive: true }).length} names in the folder`,
    );
  } finally {
    collector.kill();
  }
}

function bodies({ invalid, sites }: PostsOptions): Uint8Array[] {
  if (invalid) return ['', '{}', 'x'.repeat(40)].map((text) => Buffer.from(text));
  const fleet = syntheticFleet({ snapshots: 100, sites });
  return Array.from(fleet, ({ snapshot }) => snapshotBody(snapshot));
}

function requestOf({ host, pathname }: URL, body: Uint8Array): Buffer {
  const head = `POST ${pathname}?token=token HTTP/1.1\r\nHost: ${host}\r\nContent-Length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

/** Plain sockets, so that the client takes as little as it can of the same cores. */
async function drive(
  port: number,
  requests: readonly Buffer[],
  { posts, clients }: PostsOptions,
): Promise<Map<string, number>> {
  const statuses = new Map<string, number>();
  let next = 0;
  const client = (socket: Socket): Promise<void> =>
    new Promise((resolve, reject) => {
      const send = (): void => {
        if (next === posts) socket.end();
        else socket.write(requests[next++ % requests.length]!);
      };
      socket.on('data', (answer) => {
        const status = answer.toString('latin1', 9, 12);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        send();
      });
      socket.on('error', reject).on('close', () => resolve());
      send();
    });
  await Promise.all(Array.from({ length: clients }, () => client(connect(port, '127.0.0.1'))));
  return statuses;
}

/** What a process and its children have taken since they began. */
function cpuSeconds(pid: number): number {
  const ticks = processesOf(pid).map((one) => {
    const fields = readFileSync(`/proc/${one}/stat`, 'utf8').split(') ')[1]!.split(' ');
    return Number(fields[11]) + Number(fields[12]);
  });
  return ticks.reduce((sum, each) => sum + each, 0) / 100;
}

/** Of the biggest of them. */
function peakMiB(pid: number): number {
  const peaks = processesOf(pid).map((one) => {
    const status = readFileSync(`/proc/${one}/status`, 'utf8');
    return Number(/VmHWM:\s*(\d+)/.exec(status)![1]);
  });
  return Math.round(Math.max(...peaks) / 1024);
}

function processesOf(pid: number): string[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return [String(pid), ...children.split(' ').filter((child) => child !== '')];
}
