import { Filter, type Snapshot, Tracer } from '@tracemalloc/core';
import { CpythonServer } from './cpython/client.ts';
import type { Case, Side } from './harness.ts';
import {
  type PlainFrame,
  type PlainTrace,
  PlainTracer,
  plainDifferences,
  plainFilter,
  plainStatistics,
} from './plain/plain-tracer.ts';

type Shape = { readonly traces: number; readonly depth: number };

const tracebackCount = 5000;

/** The stacks that the CPython side makes: 100 files of 50 lines, depth 1 … `depth`. */
function makeStacks(depth: number): PlainFrame[][] {
  const frames = Array.from({ length: 5000 }, (_, i): PlainFrame => {
    const number = Math.floor(i / 50);
    const file = `/app/pkg${Math.floor(number / 10)}/module_${number}.py`;
    return { file, line: 1 + (i % 50) * 7 + (number % 5) };
  });
  let state = 7;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  return Array.from({ length: tracebackCount }, (_, i) => {
    const callers = Array.from({ length: below(depth) }, () => frames[below(5000)]!);
    return [frames[i]!, ...callers];
  });
}

function fillTracer({ traces, depth }: Shape): Tracer {
  const tracer = new Tracer();
  const heap = tracer.domain({ name: 'heap', ids: 'address', shift: 4, code: 1 });
  tracer.start(depth);
  const each = traces / tracebackCount;
  for (const [i, stack] of makeStacks(depth).entries()) {
    for (const [at, { file, line }] of stack.entries()) {
      tracer.stack[at] = tracer.frame(tracer.string(file), line);
    }
    const traceback = tracer.capture(stack.length);
    for (let k = i * each; k < (i + 1) * each; k++) {
      tracer.alloc(heap, k * 16, (k * 16) % 512, traceback);
    }
  }
  return tracer;
}

function fillPlain({ traces, depth }: Shape): PlainTracer {
  const tracer = new PlainTracer(depth);
  const each = traces / tracebackCount;
  for (const [i, stack] of makeStacks(depth).entries()) {
    for (let k = i * each; k < (i + 1) * each; k++) tracer.track(k * 16, (k * 16) % 512, stack);
  }
  return tracer;
}

/** A shorter sample measures the collection before it, which drops compiled code, and not the work. */
const sampleMs = 150;

/** The mean of as many calls as fill a sample. */
function timed(run: () => unknown): Side {
  return () => {
    const start = performance.now();
    let calls = 0;
    let elapsed = 0;
    while (elapsed < sampleMs) {
      sink.kept = run();
      calls++;
      elapsed = performance.now() - start;
    }
    return elapsed / calls;
  };
}
/** Results are kept until the next one, so that no engine may skip the work. */
const sink: { kept: unknown } = { kept: null };

/** What is asked, of whom: `server` is what the CPython side calls it. */
type Question = {
  readonly name: string;
  readonly server: { what: string; key: string; cumulative: boolean };
  readonly ours: (snapshot: Snapshot, old: Snapshot, tracer: Tracer) => unknown;
  readonly plain: (tracer: PlainTracer, traces: readonly PlainTrace[]) => unknown;
  readonly reach: number;
};

function statisticsQuestion(
  key: 'filename' | 'lineno' | 'traceback',
  cumulative: boolean,
): Question {
  return {
    name: `statistics(${key}${cumulative ? ', cumulative' : ''})`,
    server: { what: 'statistics', key, cumulative },
    ours: (snapshot) => snapshot.statistics(key, { cumulative }),
    plain: (_, traces) => plainStatistics(traces, key, cumulative),
    reach: cumulative ? 100 : 30,
  };
}

function compareQuestion(key: 'lineno' | 'traceback'): Question {
  return {
    name: `compareTo(${key})`,
    server: { what: 'compare', key, cumulative: false },
    ours: (snapshot, old) => snapshot.compareTo(old, key),
    plain: (_, traces) => plainDifferences(traces, traces.slice(traces.length / 10), key),
    reach: 50,
  };
}

const questions: readonly Question[] = [
  {
    name: 'takeSnapshot',
    server: { what: 'snapshot', key: '', cumulative: false },
    ours: (_snapshot, _old, tracer) => tracer.takeSnapshot(),
    plain: (tracer) => tracer.takeSnapshot(),
    reach: 20,
  },
  ...(['filename', 'lineno', 'traceback'] as const).map((key) => statisticsQuestion(key, false)),
  ...(['filename', 'lineno'] as const).map((key) => statisticsQuestion(key, true)),
  compareQuestion('lineno'),
  compareQuestion('traceback'),
  {
    name: 'filterTraces, 3 filters',
    server: { what: 'filters', key: '', cumulative: false },
    ours: (snapshot) =>
      snapshot.filterTraces([
        new Filter(false, '<frozen importlib._bootstrap>'),
        new Filter(false, '<unknown>'),
        new Filter(true, '/app/pkg[0-4]/*'),
      ]),
    plain: (_, traces) =>
      plainFilter(traces, [
        { inclusive: false, pattern: /^<frozen importlib\._bootstrap>$/ },
        { inclusive: false, pattern: /^<unknown>$/ },
        { inclusive: true, pattern: /^\/app\/pkg[0-4]\/.*$/ },
      ]),
    reach: 100,
  },
  {
    name: 'filterTraces, all frames',
    server: { what: 'all_frames', key: '', cumulative: false },
    ours: (snapshot) =>
      snapshot.filterTraces([new Filter(true, '*/module_7.py', { allFrames: true })]),
    plain: (_, traces) =>
      plainFilter(traces, [{ inclusive: true, pattern: /^.*\/module_7\.py$/, allFrames: true }]),
    reach: 200,
  },
];

function nameOf(question: Question, { traces, depth }: Shape): string {
  return `${question.name}: ${traces.toExponential()} traces, depth ≤ ${depth}`;
}

export function* analysisCases(
  cpython: string | null,
  full: boolean,
  only: string,
): Generator<Case> {
  for (const shape of full ? allShapes : shortShapes) {
    const asked = questions.filter((question) => nameOf(question, shape).includes(only));
    if (asked.length > 0) yield* casesOf(cpython, shape, asked);
  }
}

/** A snapshot, and an older one that lacks a tenth of the traces. */
export function analysed(shape: Shape): { tracer: Tracer; snapshot: Snapshot; old: Snapshot } {
  const tracer = fillTracer(shape);
  const shorter = fillTracer(shape);
  for (let k = 0; k < shape.traces / 10; k++) shorter.free(0, k * 16);
  return { tracer, snapshot: tracer.takeSnapshot(), old: shorter.takeSnapshot() };
}

function* casesOf(
  cpython: string | null,
  shape: Shape,
  asked: readonly Question[],
): Generator<Case> {
  const { traces, depth } = shape;
  const plain = fillPlain(shape);
  const plainTraces = plain.takeSnapshot();
  const { tracer, snapshot, old } = analysed(shape);
  const server = cpython === null ? null : new CpythonServer(cpython);
  const ready = server?.ask({ do: 'analysis', traces, depth });
  for (const question of asked) {
    const theirs = async (): Promise<number> => {
      await ready;
      return server!.ask({ do: 'measure', ...question.server });
    };
    yield {
      name: nameOf(question, shape),
      unit: 'ms',
      ours: timed(() => question.ours(snapshot, old, tracer)),
      baselines: {
        plain: timed(() => question.plain(plain, plainTraces)),
        cpython: server === null ? null : theirs,
      },
      ...(traces === 1e6 && depth === 25 && { reach: { cpython: question.reach } }),
    };
  }
  server?.close();
}

const shortShapes: readonly Shape[] = [
  { traces: 1e5, depth: 25 },
  { traces: 1e6, depth: 25 },
];

const allShapes: readonly Shape[] = [1e5, 1e6].flatMap((traces) =>
  [1, 10, 25].map((depth) => ({ traces, depth })),
);
