import { type Snapshot, Tracer } from '@tracemalloc/core';
import { recordTimeline } from '@tracemalloc/core/timeline';
import { makeWalk } from '../stacks/zipf.ts';

/** What a snapshot is made of. */
export type Shape = {
  readonly traces: number;
  /** Distinct stacks, of 5 to 60 frames of which 25 are kept. */
  readonly stacks: number;
  /** Points of a time line, in each of which as many blocks come and some go; 0 = none. */
  readonly points: number;
};

const framesOfLine = 40;

/** Blocks of many stacks, the same for the same shape. Big ones are few, as in programs. */
export function snapshotOf({ traces, stacks, points }: Shape): Snapshot {
  const { stacks: walks } = makeWalk(stacks, 0, 'all');
  const tracer = new Tracer();
  tracer.start(25);
  const heap = tracer.domain({ name: 'heap', ids: 'serial' });
  const rows = Int32Array.from({ length: 1024 }, (_, i) => {
    const file = tracer.string(`/srv/app/module${i % 97}.py`);
    const line = 1 + Math.floor(i / framesOfLine) * framesOfLine;
    return tracer.frame(file, line + (i % framesOfLine), tracer.string(`function_${i}`));
  });
  let now = 0;
  if (points > 0) recordTimeline(tracer, { every: '1 ms', births: true, clock: () => now });
  const types = ['list', 'dict', 'str', 'Point', 'tuple'].map((name) => tracer.type(name));
  for (let i = 0; i < traces; i++) {
    now = points === 0 ? 0 : Math.floor((i / traces) * points);
    const stack = walks[i % stacks]!;
    for (let k = 0; k < stack.length; k++) tracer.stack[k] = rows[stack[stack.length - 1 - k]!]!;
    const size = 32 + Math.floor(4e7 / (50 + ((i * 7919) % traces)));
    tracer.alloc(heap, i, size, tracer.capture(stack.length), types[i % types.length]!);
    if (points > 0 && i % 3 === 0 && i > 1000) tracer.free(heap, i - 999);
  }
  return tracer.takeSnapshot();
}
