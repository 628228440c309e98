/**
 * What reading memory costs a guest with many live objects, and its largest resident set:
 * `npm run bench:reads -- brython|skulpt [LISTS] [untraced]`.
 * CPU time between the lines that the program prints, in ms; run it in both ways for the memory.
 */
import process from 'node:process';
import { createBrython, installNodeGuestModule } from '@tracemalloc/adapters/brython/node';
import { attachSkulpt, installSkulptModule } from '@tracemalloc/adapters/skulpt';
import { createSkulpt, readSkulptBuild, runSkulptProgram } from '@tracemalloc/adapters/skulpt/node';
import { Tracer } from '@tracemalloc/core';

const [host = 'brython', lists = '1000000', isUntraced] = process.argv.slice(2);

const make = `
def make(n):
    return [[i] for i in range(n)]
kept = make(${lists})
print('made')
`;
const read = `
import tracemalloc
more = []
def read(what):
    current, peak = tracemalloc.get_traced_memory()
    print('get_traced_memory(), ' + what + ', ' + str(current))
read('first')
read('nothing changed')
more.append([1])
read('one list more')
for i in range(1000):
    more.append([i])
read('1000 lists more')
more = None
read('these let go')
import gc
gc.collect()
print('gc.collect()')
read('after it')
snapshot = tracemalloc.take_snapshot()
print('take_snapshot()')
trace = next(iter(snapshot.traces))
print('first of its traces')
traces = snapshot.traces[:10]
print('ten of its traces')
half = len(kept) // 2
del kept[half:]
read('half of all let go')
`;

let last = 0;
function cpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function stdout(text: string): void {
  if (text.trim() === '') return;
  const now = cpu();
  console.log(`${(now - last).toFixed(0).padStart(7)} ms  ${text.trim()}`);
  last = cpu();
}

const source = isUntraced === undefined ? make + read : make;
const tracer = new Tracer();
if (host === 'brython') {
  const runtime = await createBrython({ stdout, instrumented: isUntraced === undefined });
  if (isUntraced === undefined) {
    installNodeGuestModule(runtime.$B, runtime.attach(tracer));
    tracer.start(1);
  }
  last = cpu();
  runtime.run({ source, filename: 'app.py' });
} else {
  const Sk = createSkulpt(readSkulptBuild());
  if (isUntraced === undefined) {
    installSkulptModule(Sk, attachSkulpt(Sk, tracer));
    tracer.start(1);
  }
  last = cpu();
  const request = { source, filename: 'app.py', folder: '.', argv: ['app.py'] };
  await runSkulptProgram(Sk, { ...request, stdout, stderr: stdout });
}
console.log(`${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB resident at most`);
