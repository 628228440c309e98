// Whether programs that nobody here wrote run as they do without us:
//   npm run real-programs -- FOLDER [--host brython|skulpt] [--timeout 30] [--json FILE]
// Each program of a folder (*.py, *.lua; what they import may lie beside them or in folders below)
// runs in its host untraced, in its host traced, and in python3.13 or lua5.4 where they are
// installed. Its standard output and its status are compared: where tracing changes them the fault
// is ours, and the command ends with status 1; where the untraced host is not like the original it
// is the host's own. Addresses don't count. What is not the same twice in the original compares
// nothing.
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/** How a program ended, and what it printed. */
type Ending = {
  readonly status: number | string;
  readonly stdout: string;
  readonly stderr: string;
};

type Verdict = 'same' | "host's own" | 'ours' | 'not the same twice' | 'no original';

/** The status of what did not end. */
const outOfTime = 'out of time';

type Row = { readonly program: string; readonly verdict: Verdict; readonly why: string };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    host: { type: 'string', default: 'brython' },
    timeout: { type: 'string', default: '30' },
    json: { type: 'string' },
  },
});
const [folder] = positionals;
const seconds = Number(values.timeout);
if (folder === undefined || positionals.length > 1 || !(seconds > 0)) {
  process.stderr.write(
    'usage: npm run real-programs -- FOLDER [--host brython|skulpt] [--timeout SECONDS] [--json FILE]\n',
  );
  process.exit(2);
}

const source = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const node = [
  process.execPath,
  '--conditions=@tracemalloc/source',
  `--import=${import.meta.resolve('tsx')}`,
];
const originals: Readonly<Record<string, string>> = { '.py': 'python3.13', '.lua': 'lua5.4' };
const hasOriginal: Readonly<Record<string, boolean>> = Object.fromEntries(
  Object.entries(originals).map(([ending, command]) => [
    ending,
    spawnSync(command, [ending === '.py' ? '-V' : '-v']).status === 0,
  ]),
);

const rows: Row[] = [];
for (const program of readdirSync(folder).sort()) {
  const ending = Object.keys(originals).find((end) => program.endsWith(end));
  if (ending === undefined) continue;
  const row = await compare(program, ending);
  rows.push(row);
  process.stdout.write(`| ${row.program} | ${row.verdict} | ${row.why} |\n`);
}
const count = (verdict: Verdict): number => rows.filter((row) => row.verdict === verdict).length;
const verdicts: readonly Verdict[] = [
  'same',
  "host's own",
  'ours',
  'not the same twice',
  'no original',
];
process.stdout.write(
  `${rows.length} programs: ${verdicts.map((verdict) => `${verdict} ${count(verdict)}`).join(', ')}\n`,
);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(rows, null, 1)}\n`);
process.exitCode = count('ours') > 0 ? 1 : 0;

async function compare(program: string, ending: string): Promise<Row> {
  const host = ending === '.lua' ? 'lua' : values.host;
  const untraced = (): Promise<Ending> =>
    run([...node, source('run-untraced.ts'), host, program], 1);
  const traced = (): Promise<Ending> =>
    run([...node, source('run-from-source.ts'), 'run', '-q', '--interpreter', host, program], 5);
  const plain = await untraced();
  if (plain.status === outOfTime) return { program, verdict: "host's own", why: outOfTime };
  const seen = await traced();
  const original = (seed: string): Promise<Ending> => run([originals[ending]!, program], 1, seed);
  if (!isSame(plain, seen) && isSame(plain, await untraced()) && !isSame(plain, await traced())) {
    // Where a table's order depends on addresses, tracing changes it as each run of the original does.
    const varies =
      hasOriginal[ending] === true && !isSame(await original('1'), await original('2'));
    const verdict = varies ? 'not the same twice' : 'ours';
    return { program, verdict, why: difference(plain, seen) };
  }
  if (hasOriginal[ending] !== true) return { program, verdict: 'no original', why: '' };
  const first = await original('1');
  if (isSame(first, plain)) return { program, verdict: 'same', why: '' };
  if (!isSame(first, await original('2')))
    return { program, verdict: 'not the same twice', why: '' };
  return { program, verdict: "host's own", why: difference(first, plain) };
}

function isSame(a: Ending, b: Ending): boolean {
  return a.status === b.status && comparable(a.stdout) === comparable(b.stdout);
}

function comparable(text: string): string {
  return text.replaceAll(/\b0x[0-9a-f]+\b/gi, '0x…');
}

/** In a line: the error that only one ends with, or the first line that differs. */
function difference(expected: Ending, found: Ending): string {
  if (expected.status !== found.status) {
    const error = (found.status === 0 ? expected : found).stderr.trimEnd().split('\n').at(-1) ?? '';
    return cell(`status ${found.status}, not ${expected.status}: ${error}`);
  }
  const [a, b] = [expected, found].map(({ stdout }) => comparable(stdout).split('\n'));
  const line = a!.findIndex((text, i) => text !== b![i]);
  const at = line < 0 ? a!.length : line;
  return cell(
    `line ${at + 1}: ${JSON.stringify(b![at] ?? null)}, not ${JSON.stringify(a![at] ?? null)}`,
  );
}

function cell(text: string): string {
  const line = text.replaceAll('|', '\\|');
  return line.length > 200 ? `${line.slice(0, 199)}…` : line;
}

/** @param patience How many times the limit of time it gets. */
function run(command: readonly string[], patience: number, seed = '0'): Promise<Ending> {
  return new Promise((settle) => {
    const [name, ...args] = command;
    const child = spawn(name!, args, {
      cwd: resolve(folder!),
      env: { ...process.env, PYTHONHASHSEED: seed, PYTHONDONTWRITEBYTECODE: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const chunks: Record<'stdout' | 'stderr', Buffer[]> = { stdout: [], stderr: [] };
    let isLate = false;
    const timer = setTimeout(
      () => {
        isLate = true;
        child.kill('SIGKILL');
      },
      seconds * patience * 1000,
    );
    child.stdout.on('data', (bytes: Buffer) => void chunks.stdout.push(bytes));
    child.stderr.on('data', (bytes: Buffer) => void chunks.stderr.push(bytes));
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      const [stdout, stderr] = [chunks.stdout, chunks.stderr].map((parts) =>
        Buffer.concat(parts).toString(),
      );
      const status = isLate ? outOfTime : (code ?? signal ?? 'none');
      settle({ status, stdout: stdout!, stderr: stderr! });
    });
  });
}
