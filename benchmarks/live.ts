// What being watched costs the guest: CPU time of the program's own thread in one `tracemalloc run --live-port`, which
// works through equal pieces, one with nobody who looks, one with a viewer that reads all updates, and so on. Each
// watched piece is compared with the mean of those before and after it, so that warm code and what else the machine
// does meet both. On Linux, which tells each thread's time. `npm run bench:live -- [PIECES]`.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { createInterface } from 'node:readline';

const pieces = Number(process.argv[2] ?? 31);

/** Some 1e5 events a second over 2e4 live blocks, a line a piece. */
const program = `
kept = [[n] for n in range(20000)]
for piece in range(${pieces + 1}):
    print(piece, flush=True)
    for round in range(20):
        for n in range(2000):
            kept[n] = [[n], {'a': n}, 'x' + str(n)]
`;

const child = spawn(
  process.execPath,
  [
    '--conditions=@tracemalloc/source',
    '--import=tsx',
    'scripts/run-from-source.ts',
    ...['run', '-q', '--live-port', '0', '-c', program],
  ],
  { stdio: ['ignore', 'pipe', 'pipe'] },
);

/** Milliseconds that the program's thread has run. */
function threadTime(): number {
  const stat = readFileSync(`/proc/${child.pid}/task/${child.pid}/schedstat`, 'utf8');
  return Number(stat.split(' ')[0]) / 1e6;
}

let updates = 0;
/** Reads updates until it is aborted. */
async function view(url: string, signal: AbortSignal): Promise<void> {
  const { body } = await fetch(url.replace('/?', '/updates?'), { signal });
  for await (const bytes of body!) {
    updates += Buffer.from(bytes as Uint8Array).filter((byte) => byte === 10).length;
  }
}

let url = '';
createInterface({ input: child.stderr }).on('line', (line) => {
  url = / at (\S+),/.exec(line)?.[1] ?? url;
});
const times: number[] = [];
let viewer: AbortController | null = null;
createInterface({ input: child.stdout }).on('line', () => {
  times.push(threadTime());
  viewer?.abort();
  viewer = null;
  if (times.length % 2 === 1 || times.length > pieces) return;
  viewer = new AbortController();
  view(url, viewer.signal).catch(() => undefined);
});
const code = await new Promise((resolve) => child.once('close', resolve));
if (code !== 0) throw new Error(`the program ended with ${String(code)}`);

const cost = times.slice(1).map((time, i) => time - times[i]!);
/** Without the first pieces, in which code gets warm. */
const ratios = cost.flatMap((time, i) =>
  i % 2 === 1 && i > 2 && i + 1 < cost.length ? (2 * time) / (cost[i - 1]! + cost[i + 1]!) : [],
);
const sorted = [...ratios].sort((a, b) => a - b);
const at = (part: number): string => sorted[Math.floor(part * (sorted.length - 1))]!.toFixed(3);
const whole = cost.reduce((sum, time) => sum + time, 0);
process.stdout.write(
  `a watched piece takes ${at(0.5)} × as long (half of them ${at(0.25)} … ${at(0.75)}), of ${sorted.length}; ` +
    `${(whole / cost.length).toFixed(0)} ms a piece, ${updates} updates\n`,
);
