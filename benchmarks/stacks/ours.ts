import { ShadowStack, Tracer } from '@tracemalloc/core';
import type { Walk } from './zipf.ts';

export type Shape = {
  readonly nframe: number;
  readonly live: number;
  /** Blocks a visit. */
  readonly burst: number;
  readonly domains: number;
};

/** CPU time of this process, in ms. */
export function cpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** A guest that walks its stacks: all of them again in each sample, with a tracer of its own. */
export class Guest {
  readonly #walk: Walk;
  readonly #shape: Shape;
  readonly #places: Int32Array;

  constructor(walk: Walk, shape: Shape, places: Int32Array) {
    this.#walk = walk;
    this.#shape = shape;
    this.#places = places;
  }

  get events(): number {
    return this.#walk.visits.length * this.#shape.burst;
  }

  /** ns an event, the guest's own calls not counted, and the bytes that the tracer says it takes. */
  sample(frames: 'pushed' | 'pulled'): { ns: number; bytes: number } {
    const off = this.#run(frames, false);
    const on = this.#run(frames, true);
    return { ns: ((on.ms - off.ms) * 1e6) / this.events, bytes: on.bytes };
  }

  #run(frames: 'pushed' | 'pulled', isOn: boolean): { ms: number; bytes: number } {
    const { stacks, visits } = this.#walk;
    const { nframe, live, burst, domains } = this.#shape;
    const places = this.#places;
    const tracer = new Tracer();
    const heaps = Array.from({ length: domains }, (_, i) => {
      return tracer.domain({ name: `heap ${i}`, ids: 'address', shift: 4, code: i + 1 });
    });
    const rows = Int32Array.from({ length: 1024 }, (_, i) => {
      return tracer.frame(tracer.string(`/app/pkg${i % 8}/module_${i % 128}.py`), 1 + (i >> 3));
    });
    if (isOn) tracer.start(nframe);
    const shadow = new ShadowStack(tracer);
    const own = new Int32Array(128);
    const ids = new Float64Array(live);
    const heapOf = new Uint8Array(live);
    let depth = 0;
    let event = 0;
    const capture = (): number => {
      const { stack } = tracer;
      const count = Math.min(depth, nframe);
      for (let i = 0; i < count; i++) stack[i] = own[depth - 1 - i]!;
      return tracer.capture(count, depth);
    };
    const allocate = (): void => {
      for (let i = 0; i < burst; i++) {
        const place = places[event]!;
        const heap = event % domains;
        if (isOn) {
          if (event >= live) tracer.free(heaps[heapOf[place]!]!, ids[place]!);
          const traceback = frames === 'pushed' ? shadow.traceback() : capture();
          tracer.alloc(heaps[heap]!, 2 ** 20 + event * 16, 64 + (event & 255) * 8, traceback);
        }
        ids[place] = 2 ** 20 + event * 16;
        heapOf[place] = heap;
        event++;
      }
    };
    const pushes = isOn && frames === 'pushed';
    const call = (stack: readonly number[], at: number): void => {
      if (pushes) shadow.enter(rows[stack[at]!]!);
      else own[depth++] = rows[stack[at]!]!;
      if (at + 1 < stack.length) call(stack, at + 1);
      else allocate();
      if (pushes) shadow.leave();
      else depth--;
    };
    const start = cpu();
    for (const visit of visits) call(stacks[visit]!, 0);
    return { ms: cpu() - start, bytes: tracer.getTracemallocMemory() };
  }
}

/**
 * The longest single event, in ms of CPU time, of `count` that each make a stack of 25 frames that
 * stays: the compiler's threads are in it.
 */
export function longestEvents(count: number): { longest: number[]; bytes: number } {
  const tracer = new Tracer();
  const heap = tracer.domain({ name: 'heap', ids: 'serial' });
  tracer.start(25);
  const file = tracer.string('/app/main.py');
  const rows = Int32Array.from({ length: 1000 }, (_, i) => tracer.frame(file, i + 1));
  const longest: number[] = [];
  for (let i = 0; i < count; i++) {
    const { stack } = tracer;
    for (let at = 0; at < 24; at++) stack[at] = rows[(i + at) % 1000]!;
    stack[24] = rows[Math.floor(i / 1000)]!;
    const start = cpu();
    tracer.alloc(heap, i, 64, tracer.capture(25));
    longest.push(cpu() - start);
    if (longest.length >= 4096) longest.sort((a, b) => b - a).splice(5);
  }
  return {
    longest: longest.sort((a, b) => b - a).slice(0, 5),
    bytes: tracer.getTracemallocMemory(),
  };
}
