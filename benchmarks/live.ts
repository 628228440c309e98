// What being watched costs the guest: CPU time of the program's own thread in `tracemalloc run`, with nobody
// to be served, with a server and no viewer, and with a viewer that reads two updates a second; runs that take
// turns, the median of their ratios. On Linux, which tells each thread's time. `npm run bench:live`.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { createInterface } from 'node:readline';

const rounds = 5;
const ways = ['not served', 'not watched', 'watched'] as const;

/** Some 1e5 events a second, and 2e4 live blocks. */
const program = `
kept = [[n] for n in range(20000)]
for round in range(60):
    for n in range(2000):
        kept[n] = [[n], {'a': n}, 'x' + str(n)]
`;

/** Seconds of the program's thread; and updates that were read. */
async function run(way: (typeof ways)[number]): Promise<[seconds: number, updates: number]> {
  const served = way === 'not served' ? [] : ['--live-port', '0'];
  const script = 'scripts/run-from-source.ts';
  const child = spawn(
    process.execPath,
    [
      '--conditions=@tracemalloc/source',
      '--import=tsx',
      script,
      'run',
      '-q',
      ...served,
      '-c',
      program,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let updates = 0;
  createInterface({ input: child.stderr }).on('line', (line) => {
    const [, url] = /live at (\S+),/.exec(line) ?? [];
    if (way === 'watched' && url !== undefined) void read(url, () => updates++);
  });
  let ticks = 0;
  const timer = setInterval(() => {
    try {
      const stat = readFileSync(`/proc/${child.pid}/task/${child.pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      ticks = Number(fields[11]) + Number(fields[12]);
    } catch {
      // It has ended.
    }
  }, 20);
  const code = await new Promise((resolve) => child.once('close', resolve));
  clearInterval(timer);
  if (code !== 0) throw new Error(`the program ended with ${String(code)}`);
  return [ticks / 100, updates];
}

async function read(url: string, onUpdate: () => void): Promise<void> {
  const { body } = await fetch(url.replace('/?', '/updates?'));
  let text = '';
  const decoder = new TextDecoder();
  for await (const bytes of body!) {
    text += decoder.decode(bytes as Uint8Array, { stream: true });
    for (; text.includes('\n'); text = text.slice(text.indexOf('\n') + 1)) onUpdate();
  }
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1]!;

const seconds: Record<(typeof ways)[number], number[]> = {
  'not served': [],
  'not watched': [],
  watched: [],
};
let seen = 0;
for (let round = 0; round < rounds; round++) {
  // Another order each time: what else the machine does meets all of them.
  for (let i = 0; i < ways.length; i++) {
    const way = ways[(i + round) % ways.length]!;
    const [time, updates] = await run(way);
    seconds[way].push(time);
    seen += updates;
  }
}
for (const way of ways) {
  const ratios = seconds[way].map((time, i) => time / seconds['not served'][i]!);
  process.stdout.write(
    `${way.padEnd(12)} ${median(seconds[way]).toFixed(2)} s  ${median(ratios).toFixed(3)} ×\n`,
  );
}
process.stdout.write(`${(seen / rounds).toFixed(1)} updates a run\n`);
