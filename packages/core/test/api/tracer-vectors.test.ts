import { expect, test } from 'vitest';
import { type GroupKey, type RawFrame, Snapshot, Tracer } from '../../src/index.ts';
import { readVectors } from '../vectors.ts';

type Operation = {
  op: string;
  domain: number;
  ptr: number;
  size: number;
  nframe: number;
  limit_after: number;
  ret: number;
  stack_recent_first: RawFrame[];
  result_recent_first: RawFrame[] | null;
  traces: [number, number, RawFrame[], number][];
  traced: [number, number];
};

function apply(tracer: Tracer, op: Operation): void {
  switch (op.op) {
    case 'track':
      expect(tracer.track(op.domain, op.ptr, op.size, op.stack_recent_first)).toBe(op.ret);
      break;
    case 'untrack':
      expect(tracer.untrack(op.domain, op.ptr)).toBe(op.ret);
      break;
    case 'get_traceback': {
      const frames = tracer.getTraceback(op.domain, op.ptr)?.frames ?? null;
      const recentFirst = frames?.map(({ filename, lineno }) => [filename, lineno]).reverse();
      expect(recentFirst ?? null).toEqual(op.result_recent_first);
      break;
    }
    case 'snapshot': {
      const taken = tracer.isTracing() ? tracesOf(tracer.takeSnapshot()) : [];
      expect(taken.map((trace) => JSON.stringify(trace)).sort()).toEqual(
        op.traces.map((trace) => JSON.stringify(trace)).sort(),
      );
      break;
    }
    case 'start':
      tracer.start(op.nframe);
      expect(tracer.getTracebackLimit()).toBe(op.limit_after);
      break;
    case 'stop':
      tracer.stop();
      break;
    case 'clear_traces':
      tracer.clearTraces();
      break;
    case 'reset_peak':
      tracer.resetPeak();
      break;
    default:
      throw new Error(`the vectors have an operation that this test does not know: ${op.op}`);
  }
}

function tracesOf(snapshot: Snapshot): unknown[] {
  return Array.from(snapshot.traces, ({ domain, size, traceback }) => [
    domain,
    size,
    traceback.frames.map(({ filename, lineno }) => [filename, lineno]).reverse(),
    traceback.totalNframe,
  ]);
}

const { sequences } = readVectors<{ sequences: { nframe: number; ops: Operation[] }[] }>(
  'track_ops',
);

test.each(sequences.map((one, index) => [index, one] as const))(
  'sequence %i of operations leaves what it leaves in CPython',
  (_, { nframe, ops }) => {
    const tracer = new Tracer();
    tracer.start(nframe);
    for (const op of ops) {
      apply(tracer, op);
      const { current, peak } = tracer.getTracedMemory();
      expect([current, peak]).toEqual(op.traced);
    }
  },
);

test('errors of keys have the text of CPython', () => {
  type Case = { api: string; args: unknown[]; error: [string, string] | null };
  const { cases } = readVectors<{ cases: Case[] }>('errors');
  const snapshot = Snapshot.fromTraces([], 1);
  const about = cases.filter(({ api }) => api === 'statistics' || api === 'compare_to');
  for (const { api, args, error } of about) {
    const key = args[0] as GroupKey;
    const options = { cumulative: args[1] === true };
    const run = () =>
      api === 'statistics'
        ? snapshot.statistics(key, options)
        : snapshot.compareTo(snapshot, key, options);
    expect(run).toThrow(new RangeError(error![1]));
  }
  expect(about).toHaveLength(25);
});

test('taking a snapshot while stopped is an error with the text of CPython', () => {
  expect(() => new Tracer().takeSnapshot()).toThrow(
    'the tracemalloc module must be tracing memory allocations to take a snapshot',
  );
});

test.each([0, -1, 65536, 1.5, Number.NaN, 2 ** 31])(
  'start(%d) is refused, also while tracing',
  (n) => {
    const tracer = new Tracer();
    const message = `nframe must be an integer in 1..65535, got ${n}`;
    expect(() => tracer.start(n)).toThrow(new RangeError(message));
    tracer.start(3);
    expect(() => tracer.start(n)).toThrow(new RangeError(message));
    tracer.start(9);
    expect(tracer.getTracebackLimit()).toBe(3);
    tracer.stop();
    expect(tracer.getTracebackLimit()).toBe(3);
    expect(tracer.getTracedMemory()).toEqual({ current: 0, peak: 0 });
  },
);

test('a snapshot keeps a limit and totals that no tracer would count to', () => {
  // CPython 3.6 to 3.8 took limits up to 178956969.
  const snapshot = Snapshot.fromTraces([[0, 1, [['a.py', -1]], 70_000]], 178_956_969);
  expect(snapshot.tracebackLimit).toBe(178_956_969);
  expect(snapshot.traces.at(0)?.repr()).toBe(
    `<Trace domain=0 size=1 B, traceback=<Traceback (<Frame filename='a.py' lineno=-1>,) total_nframe=70000>>`,
  );
});
