/**
 * What `run --native` and `run --allocators` cost: how many times longer a program runs than traced without, CPU time, columns taking turns:
 * `node --expose-gc --stack-size=4000 --conditions=@tracemalloc/source --import=tsx benchmarks/native/slowdown.ts [ROUNDS]`. Interpreters that are loaded anew for
 * each run are not measured while they load.
 */
import { Tracer } from '@tracemalloc/core';
import { knownHosts } from '../../packages/cli/src/hosts/known-hosts.ts';
import { findProgram } from '../../packages/cli/src/program.ts';

const python = (n: number) => `def node(i):
    return [i, str(i), {'i': i}]
def make(n):
    kept = []
    for i in range(n):
        kept.append(node(i))
    return kept
kept = make(${n})
`;
const lua = (n: number) => `local function node(i)
  return { i, tostring(i), { i = i } }
end
local function make(n)
  local kept = {}
  for i = 1, n do kept[i] = node(i) end
  return kept
end
kept = make(${n})
`;
const javascript = (n: number) => `function node(i) {
  return [i, String(i), { i: i }];
}
function make(n) {
  var kept = [];
  for (var i = 0; i < n; i++) kept.push(node(i));
  return kept;
}
var kept = make(${n});
`;

/** So many that each takes some tenths of a second. */
const programs: Readonly<Record<string, string>> = {
  pyodide: python(3000),
  micropython: python(3000),
  brython: python(3000),
  skulpt: python(3000),
  lua: lua(3000),
  fengari: lua(2000),
  quickjs: javascript(3000),
  'js-interpreter': javascript(1000),
};

const columns = [false, 'allocator', true] as const;

type Sample = { readonly time: number; readonly blocks: number };

async function sample(name: string, nativeFrames: boolean | 'allocator'): Promise<Sample> {
  const host = await knownHosts[name]!.load();
  const program = findProgram(
    { args: [], module: undefined, code: programs[name]! },
    process.cwd(),
  );
  const tracer = new Tracer();
  const quiet = (): void => undefined;
  const io = {
    stdin: async function* () {},
    stdout: quiet,
    stdoutBytes: quiet,
    stderr: (text: string | Uint8Array) => console.error(String(text)),
    cwd: process.cwd(),
    env: {},
  };
  const guest = await host.attach({
    ...{ program, io: io as never, tracer, isTracingHidden: true, nativeFrames, hasGraph: false },
    onWarning: (message) => console.error(message),
  });
  await guest.install?.();
  globalThis.gc?.();
  tracer.start(25);
  const before = process.cpuUsage();
  await guest.run();
  const { user, system } = process.cpuUsage(before);
  const snapshot = tracer.isTracing() ? tracer.takeSnapshot() : null;
  tracer.stop();
  return { time: (user + system) / 1000, blocks: snapshot?.traces.length ?? 0 };
}

const rounds = Number(process.argv[2] ?? 5);
const chosen = process.argv.slice(3);
const least = (values: readonly number[]): number => Math.min(...values);

console.log('| | traced | `--allocators` | `--native` | µs a block, `--native` |');
console.log('|---|---|---|---|---|');
for (const name of Object.keys(programs)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  const times: number[][] = [[], [], []];
  let blocks = 0;
  for (let round = 0; round <= rounds; round++) {
    for (const [i, column] of columns.entries()) {
      const one = await sample(name, column);
      // The first round warms V8 up.
      if (round > 0) times[i]!.push(one.time);
      blocks = one.blocks;
    }
  }
  const [plain, allocators, native] = times.map(least) as [number, number, number];
  const cells = [
    `${plain.toFixed(0)} ms`,
    (allocators / plain).toFixed(2),
    (native / plain).toFixed(1),
  ];
  console.log(
    `| ${name} | ${cells.join(' | ')} | ${(((native - plain) * 1000) / blocks).toFixed(1)} of ${blocks} |`,
  );
}
process.exit();
