import { type SnapshotData, Tracer, type TracerEvents } from '@tracemalloc/core';
import { peek } from '@tracemalloc/core/live';
import { expect } from 'vitest';
import { Ledger } from '../../src/wasm/ledger/index.ts';

/** Of what two tracers are told, one by a ledger. Numbers choose a block, a stack, a type. */
export type Event =
  | readonly ['alloc' | 'object', Made]
  | readonly ['free' | 'watch', { readonly block: number }]
  | readonly ['move', Moved]
  | readonly ['track' | 'untrack', { readonly block: number; readonly size: number }]
  | readonly ['label', { readonly label: string }]
  | readonly [(typeof others)[number], undefined?];

/** What is done with a tracer besides. */
export const others = [
  'read',
  'peek',
  'resetPeak',
  'listen',
  'forget',
  'clear',
  'restart',
  'snapshot',
] as const;

/** A block, the stack that it is made by, and the type of the object in it, 0 for none. */
type Made = {
  readonly block: number;
  readonly size: number;
  readonly stack: number;
  readonly type: number;
};

type Moved = {
  readonly block: number;
  readonly to: number;
  readonly size: number;
  readonly stack: number;
};

/** Hears events and does nothing. */
export const nobody = Object.fromEntries(
  [
    ...['alloc', 'realloc', 'resize', 'retag', 'free', 'freeAll', 'gcBegin', 'survive', 'gcEnd'],
    ...['countAllocated', 'setLabel', 'walk', 'clear'],
  ].map((name) => [name, () => undefined]),
) as unknown as TracerEvents;

/** What a stack allocates that is excluded. */
const unrecorded = 0;
const before = 8;
const foreign = 7;
const line = (frame: number): number => frame + 3;

/**
 * Two tracers that are told the same: one by a ledger, which counts in WASM as long as nobody listens, the other as ever. The ledger is driven as
 * a shim drives it.
 */
export class LedgerPair {
  readonly counted: Tracer = new Tracer();
  readonly plain: Tracer = new Tracer();
  readonly ledger: Ledger;
  /** Events that JavaScript was told one by one. */
  told = 0;
  readonly #domain = this.counted.domain({ name: 'counted', ids: 'address' });
  readonly #known = new Set<number>();
  readonly #watched = new Set<number>();
  /** Blocks of another domain: nothing happens where one is let go of that is none. */
  readonly #foreign = new Set<number>();
  readonly #ends: number[] = [];
  readonly #reasons = new Set<string>();
  /** The newest block of the plain tracer, while its type may come. */
  #pending: { readonly block: number; readonly size: number; readonly row: number } | null = null;
  #stack: readonly number[] = [];
  #type = 0;
  #undo: (() => void) | null = null;

  constructor(nframe = 3) {
    this.plain.domain({ name: 'counted', ids: 'address' });
    this.ledger = new Ledger(this.counted, this.#domain, {
      tracebackOf: () => (this.#stack[0] === unrecorded ? -1 : this.#capture(this.counted)),
      typeOf: () => {
        const key = (this.#typeRow(this.counted, this.#type) << 5) | before;
        this.ledger.calls.setType(this.#type * 64, key);
        return key;
      },
      watchedEnds: (block) => this.#ends.push(block),
      heard: (isHeard) => {
        if (isHeard) this.#reasons.add('heard');
        else if (this.#reasons.delete('heard') && this.#reasons.size === 0) this.ledger.lose();
      },
      fail: () => this.#reasons.add('failed'),
      sweeping: () => this.#reasons.add('sweeping'),
      forgotten: () => undefined,
    });
    this.counted.onRead(() => this.ledger.settle());
    for (const tracer of this.#both) tracer.start(nframe);
  }

  run(event: Event): void {
    const [name, given] = event;
    const block = given !== undefined && 'block' in given ? given.block : 0;
    const isEvent =
      name === 'untrack'
        ? this.#foreign.delete(block)
        : name !== 'free' || this.#known.has(block) || this.#watched.has(block);
    if (isEvent && name !== 'object' && name !== 'peek' && name !== 'watch') this.#flush();
    this.#ends.length = 0;
    if (name === 'alloc') this.#alloc(event[1]);
    else if (name === 'object') this.#created(event[1]);
    else if (name === 'free') this.#free(block);
    else if (name === 'move') this.#move(event[1]);
    else if (name === 'watch') {
      this.ledger.calls['watch'](block);
      this.#watched.add(block);
    } else this.#either(event);
    if (this.#reasons.has('sweeping') && !this.ledger.lent!.isSweeping) {
      this.#reasons.delete('sweeping');
      if (this.#reasons.size === 0) this.ledger.lose();
    }
  }

  /** Both know the same, block by block and site by site. */
  check(): void {
    this.#flush();
    const [ours, theirs] = this.#both.map((tracer) => textOf(tracer.takeSnapshot().data));
    expect(ours).toEqual(theirs);
    for (const block of [...this.#known, 4]) {
      const [found, right] = this.#both.map((tracer) => String(tracer.getTraceback(0, block)));
      expect(found).toBe(right);
    }
  }

  #either([name, given]: Event): void {
    const both = this.#both;
    if (name === 'untrack') for (const tracer of both) tracer.untrack(foreign, given.block);
    else if (name === 'track') {
      this.#foreign.add(given.block);
      for (const tracer of both) tracer.track(foreign, given.block, given.size, [['other.py', 1]]);
    } else if (name === 'label') {
      for (const tracer of both) tracer.setLabel(tracer.label(given.label));
    } else if (name === 'read') {
      expect(this.counted.getTracedMemory()).toEqual(this.plain.getTracedMemory());
    } else if (name === 'peek') {
      const [ours, theirs] = both.map((tracer) => textOf(peek(tracer)!));
      expect(ours).toEqual(theirs);
    } else if (name === 'resetPeak') for (const tracer of both) tracer.resetPeak();
    else if (name === 'snapshot') this.check();
    else if (name === 'forget') this.ledger.forget();
    else if (name === 'listen') {
      const undo = this.#undo;
      this.#undo = undo === null ? this.counted.onEvents(nobody) : null;
      undo?.();
    } else this.#begin(name === 'restart');
  }

  #begin(isRestart: boolean): void {
    for (const tracer of this.#both) {
      if (!isRestart) tracer.clearTraces();
      else {
        tracer.stop();
        tracer.start(2);
      }
    }
    this.#known.clear();
    this.#watched.clear();
    this.#foreign.clear();
    for (const reason of ['failed', 'sweeping']) this.#reasons.delete(reason);
  }

  #alloc({ block, size, stack, type }: Made): void {
    if (this.#known.has(block)) this.#free(block);
    this.#stack = stackOf(stack);
    const isRecorded = this.#stack[0] !== unrecorded;
    if (isRecorded) {
      this.#known.add(block);
      this.#pending = { block, size, row: this.#capture(this.plain) };
    }
    const isTold =
      this.#isDirect || this.ledger.calls['allocated'](block, size, this.#walk()) !== 0;
    if (isTold) this.#tell();
    if (isTold && isRecorded) {
      const row = this.#capture(this.counted);
      this.counted.alloc(this.#domain, block, size, row, this.#typeRow(this.counted, type));
      this.plain.alloc(0, block, size, this.#pending!.row, this.#typeRow(this.plain, type));
      this.#pending = null;
    } else if (isRecorded && type > 0) this.#created({ block, stack, type });
  }

  /** An object begins in a block, perhaps another's before. */
  #created({ block, stack, type }: Pick<Made, 'block' | 'stack' | 'type'>): void {
    this.#type = type;
    const pending = this.#pending;
    if (pending?.block === block) {
      expect(this.ledger.calls['created'](block + before, type * 64)).toBe(0);
      this.plain.alloc(0, block, pending.size, pending.row, this.#typeRow(this.plain, type));
      this.#pending = null;
      return;
    }
    const isLive = this.#known.has(block);
    let isTold = this.#isDirect;
    if (isTold) this.#stack = stackOf(stack);
    else {
      const found = this.ledger.calls['created'](block + before, type * 64);
      expect(found).toBe(isLive || this.#watched.has(block) ? block : 0);
      if (found === 0) return;
      this.#flush();
      this.#stack = stackOf(stack);
      isTold = this.ledger.calls['retag'](found, this.#walk()) !== 0;
    }
    if (isTold) this.#tell();
    if (this.#stack[0] === unrecorded || (isTold && !isLive)) return;
    const row = this.#typeRow(this.counted, type);
    if (isTold) this.counted.retag(this.#domain, block, this.#capture(this.counted), row);
    this.plain.retag(0, block, this.#capture(this.plain), this.#typeRow(this.plain, type));
  }

  #free(block: number): void {
    const { calls } = this.ledger;
    const isLive = this.#known.delete(block);
    if (isLive) this.plain.free(0, block);
    if (!this.#isDirect) {
      calls['freed'](block);
      expect(this.#ends).toEqual(this.#watched.has(block) ? [block] : []);
    } else {
      this.#tell();
      calls['untell'](block);
      if (isLive) this.counted.free(this.#domain, block);
    }
    this.#watched.delete(block);
  }

  #move({ block, to, size, stack }: Moved): void {
    const { calls } = this.ledger;
    if (to !== block && this.#known.has(to)) this.#free(to);
    this.#ends.length = 0;
    this.#stack = stackOf(stack);
    const isRecorded = this.#stack[0] !== unrecorded;
    if (isRecorded) this.plain.realloc(0, block, to, size, this.#capture(this.plain), 0);
    else this.plain.free(0, block);
    let isTold = this.#isDirect;
    if (!isTold) {
      calls['moving'](block, to);
      expect(this.#ends).toEqual(to !== block && this.#watched.has(block) ? [block] : []);
      isTold = calls['moved'](block, to, size, this.#walk()) !== 0;
    }
    if (isTold) {
      this.#tell();
      calls['untell'](block);
      const row = this.#capture(this.counted);
      if (isRecorded) this.counted.realloc(this.#domain, block, to, size, row, 0);
      else this.counted.free(this.#domain, block);
    }
    this.#known.delete(block);
    if (isRecorded) this.#known.add(to);
    if (to !== block || isTold) this.#watched.delete(block);
  }

  get #both(): readonly Tracer[] {
    return [this.counted, this.plain];
  }

  get #isDirect(): boolean {
    return this.#reasons.size > 0;
  }

  /** JavaScript is told of an event. */
  #tell(): void {
    this.told++;
    this.ledger.settle();
  }

  /** The plain tracer records the newest block, which has no type. */
  #flush(): void {
    const pending = this.#pending;
    this.#pending = null;
    if (pending !== null) this.plain.alloc(0, pending.block, pending.size, pending.row, 0);
  }

  /** The number of the stack in the ledger. */
  #walk(): number {
    for (;;) {
      let stack = 0;
      for (const frame of [...this.#stack].reverse()) {
        if (stack >= 0) stack = this.ledger.calls['child'](stack, line(frame));
      }
      if (stack >= 0) return stack;
      this.ledger.grow();
    }
  }

  #capture(tracer: Tracer): number {
    const file = tracer.string('app.py');
    const frames = this.#stack.slice(0, tracer.nframe);
    for (const [i, frame] of frames.entries()) tracer.stack[i] = tracer.frame(file, frame);
    return tracer.capture(frames.length, this.#stack.length);
  }

  #typeRow(tracer: Tracer, type: number): number {
    return tracer.type(type === 0 ? '' : `T${type}`);
  }
}

/** Frames, the newest first. */
function stackOf(number: number): number[] {
  if (number >= 100) return [number, 5];
  return [[unrecorded, 1], [], [1], [2, 1], [3, 2, 1], [4, 3, 2, 1]][number % 6]!;
}

/** A snapshot as text, a line a site. */
export function textOf(data: SnapshotData): string[] {
  const { sites, tracebacks, frames, strings, traces, metadata } = data;
  const blocks = new Map<number, number[]>();
  for (let row = 0; row < traces.length; row++) {
    const site = traces.site[row]!;
    blocks.set(site, [...(blocks.get(site) ?? []), traces.size[row]!]);
  }
  const lines = Array.from(sites.traceback, (traceback, site) => {
    const from = tracebacks.offset[traceback]!;
    const rows = tracebacks.frame.subarray(from, tracebacks.offset[traceback + 1]);
    const counters = Object.entries(sites).filter(([, column]) => column instanceof Float64Array);
    return [
      Array.from(rows, (row) => `${strings[frames.file[row]!]}:${frames.line[row]}`).join(' < '),
      `of ${tracebacks.totalNframe[traceback]}`,
      `type ${strings[sites.type[site]!]} domain ${sites.domain[site]}`,
      `label ${strings[sites.label?.[site] ?? 0]}`,
      ...counters.map(([name, column]) => `${name} ${(column as Float64Array)[site]}`),
      `blocks ${(blocks.get(site) ?? []).sort().join(' ')}`,
    ].join(', ');
  });
  return [...lines.sort(), JSON.stringify(metadata)];
}
