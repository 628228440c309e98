// Whether a memory limit ends every program that grows without end, and keeps the process:
//   npm run hostile-programs -- [--host brython|skulpt|lua] [--limit 2MiB] [--every N] [--from N] [--timeout 60]
// Programs are made of what they make, where they keep it, how they are built, and what they do about
// the error (programs.ts). Each runs as `tracemalloc run` runs it, many in a process; --every 20 takes
// one of 20, --from 500 those from there on; after each fifty it says how far it is. A program that does not end within the seconds of CPU time, or takes its process with
// it, is named, and the command ends with status 1.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type HostileProgram, luaPrograms, pythonPrograms } from './programs.ts';

const { values } = parseArgs({
  options: {
    host: { type: 'string' },
    limit: { type: 'string', default: '2MiB' },
    every: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    timeout: { type: 'string', default: '60' },
  },
});

const programsOf: Readonly<Record<string, readonly HostileProgram[]>> = {
  brython: pythonPrograms,
  skulpt: pythonPrograms,
  lua: luaPrograms,
};
const chosen = values.host === undefined ? Object.keys(programsOf) : [values.host];
const every = Number(values.every);
const from = Number(values.from);
const seconds = Number(values.timeout);
if (
  chosen.some((host) => programsOf[host] === undefined) ||
  !(every >= 1) ||
  !(from >= 0) ||
  !(seconds > 0)
) {
  process.stderr.write(
    'usage: npm run hostile-programs -- [--host brython|skulpt|lua] [--limit SIZE] [--every N] [--from N] [--timeout SECONDS]\n',
  );
  process.exit(2);
}

/** CPU time of a process, as far as the system tells. */
function cpuSeconds(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return 0;
  }
}

/** Runs programs in one process, as far as it lives. @returns how each ended that began. */
function runSome(host: string, numbers: readonly number[]): Promise<string[]> {
  const child = spawn(
    process.execPath,
    [
      '--conditions=@tracemalloc/source',
      `--import=${import.meta.resolve('tsx')}`,
      fileURLToPath(new URL('run-some.ts', import.meta.url)),
      host,
      values.limit,
      numbers.join(','),
    ],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const endings: string[] = [];
  let begun = 0;
  let isLate = false;
  let lastTime = 0;
  let lastLine = Date.now();
  // A machine that is busy breaks none; what sleeps for ever has no CPU time.
  const timer = setInterval(() => {
    const isSlow = cpuSeconds(child.pid!) - lastTime > seconds;
    if (!isSlow && Date.now() - lastLine < 20_000 * seconds) return;
    isLate = true;
    child.kill('SIGKILL');
  }, 500);
  const wait = (): void => {
    lastTime = cpuSeconds(child.pid!);
    lastLine = Date.now();
  };
  createInterface({ input: child.stdout }).on('line', (line) => {
    wait();
    if (line === 'begins') begun++;
    else endings.push(line);
  });
  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      clearInterval(timer);
      if (begun > endings.length) {
        endings.push(isLate ? 'DID NOT END' : `TOOK THE PROCESS (${signal ?? code})`);
      }
      resolve(endings);
    });
  });
}

let faults = 0;
for (const host of chosen) {
  const programs = programsOf[host]!;
  const counts = new Map<string, number>();
  let left = programs
    .map((_, number) => number)
    .filter((number) => number >= from && number % every === 0);
  const total = left.length;
  while (left.length > 0) {
    const some = left.slice(0, 50);
    const endings = await runSome(host, some);
    for (const [i, ending] of endings.entries()) {
      counts.set(ending, (counts.get(ending) ?? 0) + 1);
      if (!/^[A-Z]/.test(ending)) continue;
      faults++;
      const { name, source } = programs[some[i]!]!;
      process.stdout.write(`${host}: ${ending}: ${name}\n${source.replaceAll(/^/gm, '    ')}\n`);
    }
    if (endings.length === 0) throw new Error(`${host} did not start`);
    left = left.slice(endings.length);
    process.stderr.write(`${host}: ${total - left.length} of ${total}\n`);
  }
  const parts = [...counts].map(([ending, count]) => `${count} ${ending}`);
  process.stdout.write(`${host}: ${total} programs under ${values.limit}: ${parts.join(', ')}\n`);
}
process.exitCode = faults === 0 ? 0 : 1;
