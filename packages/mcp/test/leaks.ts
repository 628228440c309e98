import { type Snapshot, Tracer } from '@tracemalloc/core';

/** A leak as it is planted: what grows, where, and by how much between two snapshots. */
export type Leak = {
  readonly name: string;
  /** Most recent call first: `file:line function`. */
  readonly stack: readonly string[];
  readonly type: string;
  readonly blocks: number;
  readonly bytes: number;
  /** How far everything else changes meanwhile, in bytes at most a line. */
  readonly noise: number;
};

const leak = (
  name: string,
  stack: string,
  type: string,
  blocks: number,
  bytes: number,
  noise = 500,
): Leak => ({ name, stack: stack.split(' < '), type, blocks, bytes, noise });

/** Twenty that people have: caches, listeners, closures, logs, strings, few and big, many and small. */
export const leaks: readonly Leak[] = [
  leak(
    'a list that is only appended to',
    'app/queue.py:12 push < app/main.py:40 tick',
    'list',
    1,
    80_000,
  ),
  leak(
    'a cache without a bound',
    'app/cache.py:7 remember < app/views.py:21 show',
    'dict',
    400,
    232,
  ),
  leak(
    'listeners that are never removed',
    'app/events.py:33 on < app/ui.py:5 open',
    'function',
    900,
    160,
  ),
  leak('closures over a big value', 'app/jobs.py:18 later < app/main.py:44 tick', 'cell', 300, 40),
  leak('a log in memory', 'app/log.py:3 write < app/http.py:9 get', 'str', 2_000, 90),
  leak('one huge text', 'app/export.py:50 render < app/main.py:51 save', 'str', 1, 5_000_000),
  leak('many small tuples', 'app/points.py:6 add < app/draw.py:14 stroke', 'tuple', 20_000, 56),
  leak(
    'instances in a registry',
    'app/model.py:29 __init__ < app/model.py:80 load',
    'Model',
    700,
    56,
  ),
  leak('sets of seen ids', 'app/crawl.py:11 visit < app/crawl.py:30 run', 'set', 1, 524_504),
  leak(
    'frames of tracebacks that are kept',
    'app/errors.py:22 keep < app/api.py:61 call',
    'frame',
    150,
    456,
  ),
  leak(
    'generators that are never finished',
    'app/stream.py:15 read < app/main.py:70 poll',
    'generator',
    500,
    208,
  ),
  leak(
    'a module level default argument',
    'app/util.py:4 collect < app/report.py:12 rows',
    'list',
    1,
    33_000,
  ),
  leak('images', 'app/assets.py:9 decode < app/sprites.py:2 load', 'bytes', 12, 65_569),
  leak(
    'threads that never end',
    'app/pool.py:19 spawn < app/main.py:33 start',
    'Thread',
    60,
    1_200,
  ),
  leak(
    'a memo of a recursive function',
    'app/fib.py:2 fib < app/fib.py:5 fib < app/main.py:2 run',
    'int',
    4_000,
    32,
  ),
  leak('undo steps', 'app/editor.py:88 push_undo < app/editor.py:12 key', 'Step', 350, 400),
  leak('sessions', 'app/session.py:41 begin < app/http.py:77 accept', 'Session', 90, 3_000),
  leak(
    'strings that are interned',
    'app/parse.py:101 name < app/parse.py:140 parse',
    'str',
    5_000,
    60,
  ),
  leak(
    'a leak below the noise of others in blocks',
    'app/rare.py:1 once < app/main.py:9 boot',
    'bytearray',
    2,
    40_000,
    3_000,
  ),
  leak(
    'a leak in a nested function',
    'app/deep.py:77 outer.<locals>.inner < app/deep.py:80 outer',
    'dict',
    220,
    352,
  ),
];

/** A program of forty lines before or after the leak. */
export function leakySnapshot(
  { stack, type, blocks, bytes, noise }: Leak,
  after: boolean,
): Snapshot {
  const tracer = new Tracer({ metadata: { host: 'test 1.0', liveness: 'exact' } });
  tracer.start(25);
  const heap = tracer.domain({ name: 'heap', ids: 'serial', code: 0 });
  let id = 0;
  const alloc = (frames: readonly string[], name: string, size: number, times: number) => {
    for (const [i, text] of frames.entries()) {
      const { file, line, label } = /^(?<file>.*):(?<line>\d+) (?<label>.*)$/.exec(text)!.groups!;
      tracer.stack[i] = tracer.frame(tracer.string(file!), Number(line), tracer.string(label!));
    }
    const traceback = tracer.capture(frames.length);
    for (let k = 0; k < times; k++) tracer.alloc(heap, id++, size, traceback, tracer.type(name));
  };
  for (let i = 0; i < 40; i++) {
    const change = after ? ((i * 7919) % noise) * (i % 2 === 0 ? 1 : -1) : 0;
    const frames = [`app/other${i % 8}.py:${10 + i} work${i}`, 'app/main.py:1 <module>'];
    alloc(frames, i % 3 === 0 ? 'list' : 'dict', 4_000 + i * 100 + change, 1);
  }
  alloc(stack, type, bytes, after ? blocks + 3 : 3);
  return tracer.takeSnapshot();
}
