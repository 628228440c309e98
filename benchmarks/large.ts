import { PerformanceObserver } from 'node:perf_hooks';
import { ShadowStack, type Snapshot, Tracer } from '@tracemalloc/core';

// What cannot be held against a baseline in turns: 10^7 live traces, their pauses and their memory.

const mebibyte = 2 ** 20;

function print(what: string, value: number, unit: string): void {
  console.log(`| ${what} | ${Number(value.toPrecision(3))} ${unit} |`);
}

/** Tables lie outside of the JavaScript heap; both count. */
function memoryNow(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / mebibyte;
}

/** Fills a tracer with blocks of 64 bytes at 5000 tracebacks. @returns the longest pause, in ms. */
function fill(
  tracer: Tracer,
  ids: 'address' | 'serial',
  count: number,
  idOf: (i: number) => number,
): number {
  const heap = tracer.domain({ name: 'heap', ids, shift: 4 });
  tracer.start(25);
  const stack = new ShadowStack(tracer);
  const file = tracer.string('/app/main.py');
  const rows = Int32Array.from({ length: 5000 }, (_, i) => tracer.frame(file, i + 1));
  for (let depth = 0; depth < 12; depth++) stack.enter(rows[depth]!);
  let longest = 0;
  let before = performance.now();
  for (let i = 0; i < count; i++) {
    stack.line(rows[i % 5000]!);
    tracer.alloc(heap, idOf(i), 64, stack.traceback());
    if ((i & 1023) !== 0) continue;
    const now = performance.now();
    longest = Math.max(longest, now - before);
    before = now;
  }
  return longest;
}

function timed<Result>(what: string, run: () => Result): Result {
  const start = performance.now();
  const result = run();
  print(what, performance.now() - start, 'ms');
  return result;
}

function analyse(snapshot: Snapshot): void {
  for (const key of ['filename', 'lineno', 'traceback'] as const) {
    const before = process.memoryUsage();
    const groups = timed(`statistics(${key})`, () => snapshot.statistics(key));
    const after = process.memoryUsage();
    const grown = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
    print(`— memory taken for ${groups.length} groups`, grown / mebibyte, 'MiB');
  }
}

/** Ever new stacks, 25 deep, of which few live at once: CPython would keep all of them. */
function manyStacks(events: number, stacks: number): void {
  const tracer = new Tracer();
  const heap = tracer.domain({ name: 'heap', ids: 'serial' });
  tracer.start(25);
  const file = tracer.string('/app/main.py');
  const rows = Int32Array.from({ length: 1000 }, (_, i) => tracer.frame(file, i + 1));
  let most = 0;
  let longest = 0;
  const start = performance.now();
  for (let i = 0; i < events; i++) {
    const number = i % stacks;
    const frames = tracer.stack;
    for (let depth = 0; depth < 23; depth++) frames[depth] = rows[(number + depth) % 1000]!;
    frames[23] = rows[number % 1000]!;
    frames[24] = rows[Math.floor(number / 1000)]!;
    const before = performance.now();
    tracer.alloc(heap, i, 64, tracer.capture(25));
    longest = Math.max(longest, performance.now() - before);
    if (i >= 1000) tracer.free(heap, i - 1000);
    if (i % 100_000 === 0) most = Math.max(most, tracer.getTracemallocMemory());
  }
  const name = `${events.toExponential()} blocks over ${stacks.toExponential()} stacks`;
  print(`${name}: an event`, ((performance.now() - start) / events) * 1e6, 'ns');
  print(`${name}: most memory`, most / mebibyte, 'MiB');
  print(`${name}: longest pause`, longest, 'ms');
}

/** Collections of V8 while it runs: once warm, there are none that the tracer's events caused. */
function countCollections(): () => Promise<number> {
  let count = 0;
  const observer = new PerformanceObserver((list) => {
    count += list.getEntries().length;
  });
  observer.observe({ entryTypes: ['gc'] });
  return async () => {
    await new Promise((resolve) => setTimeout(resolve, 10));
    observer.disconnect();
    return count;
  };
}

async function warmEvents(): Promise<void> {
  const tracer = new Tracer();
  const heap = tracer.domain({ name: 'heap', ids: 'serial' });
  tracer.start(10);
  const row = tracer.extend(0, tracer.frame(tracer.string('a.py'), 1));
  const run = (events: number) => {
    for (let i = 0; i < events; i++) {
      tracer.alloc(heap, i & 0xffff, 64, row);
      tracer.free(heap, i & 0xffff);
    }
  };
  run(1e6);
  const collections = countCollections();
  run(1e7);
  print('collections of V8 during 10^7 warm pairs', await collections(), '');
}

export async function measureLarge(): Promise<void> {
  console.log('| what | measured |\n|---|---|');
  await warmEvents();
  for (const count of [1e6, 1e7]) {
    for (const [ids, idOf] of [
      ['serial', (i: number) => i],
      ['address', (i: number) => i * 64],
    ] as const) {
      const before = memoryNow();
      const tracer = new Tracer();
      const name = `${count.toExponential()} live, ${ids} ids`;
      print(`${name}: longest pause of 1024 events`, fill(tracer, ids, count, idOf), 'ms');
      print(`${name}: memory`, memoryNow() - before, 'MiB');
      const snapshot = timed(`${name}: takeSnapshot, first`, () => tracer.takeSnapshot());
      timed(`${name}: takeSnapshot, second`, () => tracer.takeSnapshot());
      print(`${name}: memory with a snapshot`, memoryNow() - before, 'MiB');
      analyse(snapshot);
    }
  }
  manyStacks(1e7, 1e6);
}
