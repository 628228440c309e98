import { type Snapshot, Tracer } from '@tracemalloc/core';
import { allocatedByLine } from '../contract/index.ts';
import { Connection } from './connection.ts';
import { unnamed } from './frames/code-place.ts';
import type { QuickJsContext, QuickJsModule, QuickJsRuntime } from './host.ts';
import type { TraceableInstance } from './instance.ts';
import type { ShimEvents } from './objects/shim.ts';

const file = 'tracemalloc-self-test.js';

/** The block of so many bytes is made where the stack is asked for. */
const marker = 77777;
/** The block of so many bytes is made after an `await`. */
const late = 66666;
const program = `globalThis.kept = [];
function keep(value) {
  kept.push(value);
}
for (let i = 0; i < 40; i++) {
  keep(new Array(3));
}
for (let i = 0; i < 30; i++) {
  keep(new Map());
}
function dropped() {
  for (let i = 0; i < 20; i++) {
    new Date(0);
  }
}
dropped();
class Deep {
  get value() {

    return [1].map((n) => this.again(n))[0];
  }
  again(n) {
    if (n) {
      return this.end(
        n - 1,
      );
    }
  }
  end() {
    keep(new ArrayBuffer(${marker})); return new Error().stack;
  }
}
function* generate() {
  yield 1;
  yield new Deep().value;
}
const later = async () => {
  const [, stack] = [...generate()];
  globalThis.stack = stack;
};
function eight(a, b, c) {
  return later();
}
eight();
function cycle() {
  const one = {}, two = { one };
  one.two = two;
}
for (let i = 0; i < 50; i++) cycle();
async function slow() {
  await null;
  keep(new ArrayBuffer(${late}));
}
globalThis.stack`;

const lineOf = (text: string): number =>
  program.split('\n').findIndex((line) => line.includes(text)) + 1;
const at = (text: string, type: string): string => `${file}:${lineOf(text)} ${type}`;

/** Objects that a line must have made, by what QuickJS calls their classes. */
const expected: Readonly<Record<string, number>> = {
  [at('new Array(3)', 'Array')]: 40,
  [at('new Map()', 'Map')]: 30,
  [at('new Date(0)', 'Date')]: 20,
  [at('new ArrayBuffer', 'ArrayBuffer')]: 1,
};

/** Hears all events a second time, and counts by the plainest means. */
class Ledger {
  readonly blocks = new Set<number>();

  listen(events: ShimEvents): ShimEvents {
    const { blocks } = this;
    return {
      allocated(block, bytes) {
        blocks.add(block >>> 0);
        events.allocated(block, bytes);
      },
      freed(block) {
        blocks.delete(block >>> 0);
        events.freed(block);
      },
      moved(from, to, bytes) {
        if (to !== 0 || bytes === 0) blocks.delete(from >>> 0);
        if (to !== 0) blocks.add(to >>> 0);
        events.moved(from, to, bytes);
      },
    };
  }
}

type Jobs = { executePendingJobs(): { dispose(): void } };
type Usage = { computeMemoryUsage(): { dispose(): void } };

/** Runs a program in a runtime of its own, and compares what is read with what the guest says. @returns what differs; `null` for nothing. */
export function selfTest(host: QuickJsModule, instance: TraceableInstance): string | null {
  const runtime = host.newRuntime();
  const context = runtime.newContext();
  const tracer = new Tracer();
  const ledger = new Ledger();
  let connection: Connection | null = null;
  try {
    connection = new Connection(runtime, instance, tracer, null, (events) => ledger.listen(events));
    return problemOf(runtime, context, connection, tracer, ledger);
  } finally {
    tracer.stop();
    connection?.close();
    context.dispose();
    (runtime as unknown as { dispose(): void }).dispose();
  }
}

function problemOf(
  runtime: QuickJsRuntime,
  context: QuickJsContext,
  connection: Connection,
  tracer: Tracer,
  ledger: Ledger,
): string | null {
  const before = blocksInUse(runtime, context);
  tracer.start(50);
  const result = context.evalCode(program, file);
  const stack = result.value === undefined ? null : context.dump(result.value);
  result.dispose();
  if (typeof stack !== 'string') return 'the program of the self-test failed';
  const heard = ledger.blocks.size;
  const grown = blocksInUse(runtime, context) - before;
  const snapshot = tracer.takeSnapshot();
  const problem =
    countsProblem(snapshot) ??
    stackProblem(snapshot, stack) ??
    labelProblem(runtime, context, tracer);
  if (problem !== null) return problem;
  // Some that were there before may be gone.
  if (Math.abs(heard - grown) > toleratedBlocks) {
    return `it heard of ${heard} blocks more where JS_ComputeMemoryUsage says ${grown}`;
  }
  return (
    collectionProblem(runtime, context, connection, tracer, ledger) ??
    (connection.events.failures > 0 ? 'some frames or classes could not be read' : null)
  );
}

/** Blocks that were there before and have been freed or moved, which the count of the program's does not say. */
const toleratedBlocks = 16;

/** By the guest's own count. */
function blocksInUse(runtime: QuickJsRuntime, context: QuickJsContext): number {
  const usage = (runtime as unknown as Usage).computeMemoryUsage();
  const { malloc_count: count } = context.dump(usage) as { malloc_count: number };
  usage.dispose();
  return count;
}

function countsProblem(snapshot: Snapshot): string | null {
  const found = allocatedByLine(snapshot);
  for (const [place, count] of Object.entries(expected)) {
    if (found[place] !== count) {
      return `the self-test found ${found[place] ?? 0} objects of ${place}, not ${count}`;
    }
  }
  return null;
}

/**
 * As `Error.stack` has it, the newest first; what is native is none of ours. Names that a function is given when it is made (those of methods) are not in its
 * code.
 */
function stackProblem(snapshot: Snapshot, text: string): string | null {
  const wanted = [...text.matchAll(/at (.+) \(([^)]*\.js):(\d+)(?::\d+)?\)/g)];
  const row = snapshot.data.traces.size.indexOf(marker);
  const frames = (row < 0 ? [] : [...snapshot.traces.at(row)!.traceback.frames]).reverse();
  const isSame = frames.every(({ filename, lineno, functionName }, i) => {
    const [, name, source, line] = wanted[i] ?? [];
    const hasName = functionName === name || functionName === unnamed;
    return hasName && filename === source && String(lineno) === line;
  });
  const named = frames.filter(({ functionName }) => functionName !== unnamed);
  if (isSame && frames.length === wanted.length && named.length >= 3) return null;
  return `it has the stack ${frames.map(String).join(' < ')} where QuickJS says ${text}`;
}

/** An asynchronous function that is called where there is a label has it after an `await`, too: its state says so, which is found from its frame. */
function labelProblem(
  runtime: QuickJsRuntime,
  context: QuickJsContext,
  tracer: Tracer,
): string | null {
  tracer.withLabel('label', () => context.evalCode('slow()', file).dispose());
  (runtime as unknown as Jobs).executePendingJobs().dispose();
  const { traces, sites, strings } = tracer.takeSnapshot().data;
  const site = traces.site[traces.size.indexOf(late)];
  const label = site === undefined ? undefined : strings[sites.label[site]!];
  return label === 'label' ? null : `after an await it has the label ${label}`;
}

/** Cycles that nobody holds are gone after a collection, as the guest counts, and what is held is not. */
function collectionProblem(
  runtime: QuickJsRuntime,
  context: QuickJsContext,
  connection: Connection,
  tracer: Tracer,
  ledger: Ledger,
): string | null {
  const [heard, inUse] = [ledger.blocks.size, blocksInUse(runtime, context)];
  connection.collect();
  const freed = heard - ledger.blocks.size;
  const gone = inUse - blocksInUse(runtime, context);
  if (freed < 100) return `a collection freed ${freed} blocks of 100 objects in cycles`;
  if (Math.abs(freed - gone) > toleratedBlocks) {
    return `a collection freed ${gone} blocks, of which it heard of ${freed}`;
  }
  const { sites, strings } = tracer.takeSnapshot().data;
  let maps = 0;
  for (let site = 0; site < sites.length; site++) {
    if (strings[sites.type[site]!] === 'Map') maps += sites.liveCount[site]!;
  }
  return maps === 30 ? null : `of 30 objects that live it knows ${maps}`;
}
