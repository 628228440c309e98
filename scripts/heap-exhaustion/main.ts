// Whether a program that takes all of V8's memory leaves a snapshot behind, how old that is, and what it says:
//   npm run heap-exhaustion [-- --runs 100] [--heap 96] [--host brython|skulpt]
// Programs grow in ways that V8 has no room for; each runs as `tracemalloc run` with a heap of so many MiB, until V8 ends
// the process. Its last snapshot must open, name the program's lines, and be of at most a second before V8 gave up: of
// CPU time of the program's thread, so that a busy machine makes none old (Linux, which tells each thread's time).
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { load } from '../../packages/core/src/codec/index.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '100' },
    heap: { type: 'string', default: '96' },
    host: { type: 'string' },
  },
});

/** What grows, a statement of a loop over `n`; `kept` is a list. */
const growths: Readonly<Record<string, string>> = {
  lists: 'kept.append([n] * 20)',
  'lists in lists': 'kept = [kept, [n] * 10]',
  tuples: 'kept.append((n, n + 1, str(n)))',
  dicts: 'kept.append({n: n, str(n): [n]})',
  'one dict': 'table[str(n)] = [n]',
  'a dict of ints': 'table[n] = n * 1.5',
  sets: 'kept.append({n, n + 1, n + 2})',
  strs: 'kept.append(str(n) * 50)',
  'strs that grow': "kept.append('x' * n + str(n))",
  bytes: 'kept.append(bytes(500))',
  'bytes of ints': 'kept.append(bytes([n % 250] * 200))',
  floats: 'kept.append([n * 0.5 for _ in range(10)])',
  'big ints': 'kept.append(7 ** (n % 300 + 50))',
  objects: 'kept.append(Thing(n))',
  'attributes of one object': "setattr(thing, 'a' + str(n), [n])",
  functions: 'kept.append(lambda: n)',
  closures: 'kept.append(adder(n))',
  generators: 'g = walk(n); next(g); kept.append(g)',
  exceptions: 'kept.append(caught(n))',
  'lists that grow': 'kept.append(n); kept += [n] * 100',
  slices: 'kept.append(few[:]); few.append(n)',
  'sorted lists': 'kept.append(sorted([n, 2, 1] * 10))',
  'split strs': "kept.append(('a,' * 40).split(','))",
  'formatted strs': "kept.append('%d-%s' % (n, 'y' * 200))",
  classes: "kept.append(type('T' + str(n), (), {'x': n}))",
};

const head = `kept, table, few = [], {}, []
class Thing:
    def __init__(self, n):
        self.n = n
        self.more = [n]
thing = Thing(0)
def adder(n):
    big = [n] * 10
    return lambda m: m + n + len(big)
def walk(n):
    mine = [n] * 10
    yield mine
def caught(n):
    try:
        raise ValueError([n] * 10)
    except ValueError as error:
        return error
n = 0
while True:
    n += 1
    `;

/** When, and how much CPU time a process's first thread had by then, in milliseconds. */
type Sample = { readonly date: number; readonly ran: number };

function sampleOf(pid: number): Sample {
  const stat = readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8');
  return { date: Date.now(), ran: Number(stat.split(' ')[0]) / 1e6 };
}

/** What it had run at a date. */
function ranAt(samples: readonly Sample[], date: number): number {
  return samples.filter((sample) => sample.date <= date).at(-1)?.ran ?? 0;
}

/** How a run ended: the age of its last snapshot in milliseconds, or what is wrong. */
async function exhaust(host: string, growth: string): Promise<number | string> {
  const folder = mkdtempSync(join(tmpdir(), 'exhaustion-'));
  const child = spawn(
    process.execPath,
    [
      `--max-old-space-size=${values.heap}`,
      '--conditions=@tracemalloc/source',
      '--import=tsx',
      'scripts/run-from-source.ts',
      ...['run', '-q', '--interpreter', host, '-c', head + growth],
    ],
    { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, TMPDIR: folder } },
  );
  let text = '';
  let died = 0;
  const samples: Sample[] = [];
  const timer = setInterval(() => {
    try {
      samples.push(sampleOf(child.pid!));
    } catch {
      // It has ended.
    }
  }, 20);
  child.stderr.on('data', (bytes) => {
    text += String(bytes);
    if (died === 0 && text.includes('Last few GCs')) died = Date.now();
  });
  await new Promise((resolve) => child.once('close', resolve));
  clearInterval(timer);
  try {
    if (died === 0) return `did not exhaust V8: ${text.trim().split('\n').at(-1)}`;
    const [name] = readdirSync(folder).filter((one) => one.endsWith('.tm'));
    if (name === undefined) return 'NO SNAPSHOT';
    const path = join(folder, name);
    const { data } = load(readFileSync(path));
    const [biggest = -1] = [...data.sites.liveSize.keys()].sort(
      (a, b) => data.sites.liveSize[b]! - data.sites.liveSize[a]!,
    );
    const { offset, frame } = data.tracebacks;
    const oldest = frame[offset[data.sites.traceback[biggest]! + 1]! - 1]!;
    const file = data.strings[data.frames.file[oldest]!];
    if (file !== '<string>' || !(data.frames.line[oldest]! >= 18)) return `NAMES ${file}`;
    return ranAt(samples, died) - ranAt(samples, statSync(path).mtimeMs);
  } catch (error) {
    return `DOES NOT OPEN: ${String(error)}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const hosts = values.host === undefined ? ['brython', 'skulpt'] : [values.host];
const ages: number[] = [];
let faults = 0;
let others = 0;
for (let run = 0; run < Number(values.runs); run++) {
  const host = hosts[run % hosts.length]!;
  const [name, growth] =
    Object.entries(growths)[Math.floor(run / hosts.length) % Object.keys(growths).length]!;
  const age = await exhaust(host, growth);
  process.stdout.write(
    `${host}, ${name}: ${typeof age === 'number' ? `${age.toFixed(0)} ms` : age}\n`,
  );
  if (typeof age === 'number') ages.push(age);
  else if (age.startsWith('did not')) others++;
  else faults++;
}
ages.sort((a, b) => a - b);
const late = ages.filter((age) => age > 1000).length;
process.stdout.write(
  `${ages.length} left a snapshot, ${Math.round(ages[ages.length >> 1] ?? 0)} ms old, at most ${Math.round(ages.at(-1) ?? 0)} ms; ` +
    `${late} of them over a second; ${faults} left none that is good; ${others} did not exhaust V8\n`,
);
process.exitCode = faults + late === 0 ? 0 : 1;
