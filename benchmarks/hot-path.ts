import { ShadowStack, Tracer } from '@tracemalloc/core';
import { CpythonServer } from './cpython/client.ts';
import type { Case, Side } from './harness.ts';
import { type PlainFrame, PlainTracer } from './plain/plain-tracer.ts';

/**
 * `fifo`: all blocks are allocated, then freed in the same order; `random`: in another one;
 * `lifo`: each is freed at once, which beside live blocks is "long-lived and temporaries".
 */
type Pattern = 'fifo' | 'lifo' | 'random';

type HotPath = {
  readonly ids: 'address' | 'serial';
  readonly nframe: number;
  readonly frames: 'pulled' | 'pushed';
  readonly pattern: Pattern;
  /** Blocks that come and go in a sample. */
  readonly blocks: number;
  /** Blocks that live all the time beside them. */
  readonly live: number;
};

const lines = 64;
/** Pairs of a sample: fewer measure the collector and the caches it emptied. */
const minPairs = 3e5;

/** 16 apart like CPython's blocks, or counted. */
function stepOf(ids: HotPath['ids']): number {
  return ids === 'address' ? 16 : 1;
}

/** Indexes of blocks in the order in which they are freed. */
function freeOrder({ blocks, pattern }: HotPath): Int32Array {
  const order = Int32Array.from({ length: blocks }, (_, i) => i);
  if (pattern !== 'random') return order;
  let state = 7;
  for (let i = blocks - 1; i > 0; i--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const j = state % (i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

function timePairs(
  how: HotPath,
  order: Int32Array,
  alloc: (id: number, index: number) => void,
  free: (id: number) => void,
): number {
  const step = stepOf(how.ids);
  const { blocks } = how;
  const passes = Math.ceil(minPairs / blocks);
  const start = performance.now();
  for (let pass = 0; pass < passes; pass++) {
    if (how.pattern === 'lifo') {
      for (let i = 0; i < blocks; i++) {
        alloc(i * step, i);
        free(i * step);
      }
    } else {
      for (let i = 0; i < blocks; i++) alloc(i * step, i);
      for (let i = 0; i < blocks; i++) free(order[i]! * step);
    }
  }
  return ((performance.now() - start) / blocks / passes) * 1e6;
}

function ours(how: HotPath): Side {
  const { ids, nframe, blocks, live } = how;
  const tracer = new Tracer();
  const heap = tracer.domain({ name: 'heap', ids });
  tracer.start(nframe);
  const file = tracer.string('/app/main.py');
  const rows = Int32Array.from({ length: lines + nframe }, (_, i) => tracer.frame(file, i + 1));
  const stack = new ShadowStack(tracer);
  for (let depth = 0; depth < nframe; depth++) stack.enter(rows[lines + depth]!);
  const step = stepOf(ids);
  for (let i = 0; i < live; i++) tracer.alloc(heap, (blocks + i) * step, 64, stack.traceback());
  const order = freeOrder(how);
  // Every block is allocated on another line than the one before: the worst case of a loop.
  const pushed = (id: number, i: number): void => {
    stack.line(rows[i % lines]!);
    tracer.alloc(heap, id, 64, stack.traceback());
  };
  const pulled = (id: number, i: number): void => {
    const frames = tracer.stack;
    frames[0] = rows[i % lines]!;
    for (let depth = 1; depth < nframe; depth++) frames[depth] = rows[lines + depth]!;
    tracer.alloc(heap, id, 64, tracer.capture(nframe));
  };
  const alloc = how.frames === 'pushed' ? pushed : pulled;
  return () => timePairs(how, order, alloc, (id) => tracer.free(heap, id));
}

function plain(how: HotPath): Side {
  const { ids, nframe, blocks, live } = how;
  const tracer = new PlainTracer(nframe);
  const frames: PlainFrame[] = Array.from({ length: lines + nframe }, (_, i) => {
    return { file: '/app/main.py', line: i + 1 };
  });
  const stack = frames.slice(lines);
  const step = stepOf(ids);
  for (let i = 0; i < live; i++) tracer.track((blocks + i) * step, 64, stack);
  const order = freeOrder(how);
  const alloc = (id: number, i: number): void => {
    stack[0] = frames[i % lines]!;
    tracer.track(id, 64, stack);
  };
  return () => timePairs(how, order, alloc, (id) => tracer.untrack(id));
}

function nameOf({ ids, nframe, frames, pattern, blocks, live }: HotPath): string {
  const beside = live > 0 ? ` beside ${live.toExponential()} live` : '';
  const what = `${ids} ids, nframe ${nframe}, ${frames}`;
  return `track+untrack: ${what}, ${pattern} of ${blocks.toExponential()}${beside}`;
}

/** Nothing is built before the case is asked for, so that one case's blocks slow no other. */
export function* hotPathCases(
  cpython: string | null,
  full: boolean,
  only: string,
): Generator<Case> {
  const hows = full ? [...shortHows, ...longHows] : shortHows;
  for (const how of hows.filter((one) => nameOf(one).includes(only))) {
    const { nframe, pattern, blocks, live } = how;
    const server = cpython === null ? null : new CpythonServer(cpython);
    let ready: Promise<number> | undefined;
    const theirs = async (): Promise<number> => {
      ready ??= server!.ask({ do: 'pairs', nframe, pattern, blocks, live });
      await ready;
      return server!.ask({ do: 'measure' });
    };
    yield {
      name: nameOf(how),
      unit: 'ns',
      ours: ours(how),
      baselines: {
        plain: blocks + live > 2e6 ? null : plain(how),
        cpython: server === null ? null : theirs,
      },
      reach: { cpython: 2 },
      close: () => server?.close(),
    };
  }
}

const base: HotPath = {
  ids: 'serial',
  nframe: 10,
  frames: 'pushed',
  pattern: 'fifo',
  blocks: 1e5,
  live: 0,
};

const bothIds = ['serial', 'address'] as const;

const shortHows: readonly HotPath[] = [
  ...[1, 10, 25].flatMap((nframe) =>
    (['pushed', 'pulled'] as const).flatMap((frames) =>
      bothIds.map((ids) => ({ ...base, nframe, frames, ids })),
    ),
  ),
  ...bothIds.flatMap((ids): HotPath[] => [
    { ...base, ids, pattern: 'lifo', live: 1e4 },
    { ...base, ids, pattern: 'lifo', live: 1e6 },
    { ...base, ids, pattern: 'fifo', blocks: 1e4 },
    { ...base, ids, pattern: 'random', blocks: 1e4 },
    { ...base, ids, pattern: 'fifo', blocks: 1e6 },
    { ...base, ids, pattern: 'random', blocks: 1e6 },
  ]),
];

const longHows: readonly HotPath[] = bothIds.flatMap((ids): HotPath[] => [
  { ...base, ids, pattern: 'lifo', live: 1e7 },
  { ...base, ids, pattern: 'fifo', blocks: 1e7 },
  { ...base, ids, pattern: 'random', blocks: 1e7 },
]);
