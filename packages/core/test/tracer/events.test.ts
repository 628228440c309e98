import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Snapshot, Tracer, TracerEvents } from '../../src/index.ts';
import { runs } from '../runs.ts';
import { type Operation, operation, Pair, sitesOf, tracesOf } from './tracer-pair.ts';

/** Tells another tracer, which has the same rows of all but tracebacks, what it hears. */
class Replay implements TracerEvents {
  readonly #pair: Pair;
  readonly #other: Tracer;

  constructor(pair: Pair, other: Tracer) {
    this.#pair = pair;
    this.#other = other;
  }

  /** The other tracer's row of a traceback. */
  #row(row: number): number {
    const { frames, total } = this.#pair.captured.get(row)!;
    if (frames[0] === -1) return 0;
    for (const [i, one] of frames.entries()) this.#other.stack[i] = this.#pair.frames[one]!;
    return this.#other.capture(frames.length, total);
  }

  alloc(domain: number, id: number, bytes: number, row: number, typeRow: number): void {
    this.#other.alloc(domain, id, bytes, this.#row(row), typeRow);
  }

  realloc(
    domain: number,
    from: number,
    to: number,
    bytes: number,
    row: number,
    typeRow: number,
  ): void {
    this.#other.realloc(domain, from, to, bytes, this.#row(row), typeRow);
  }

  resize(...args: [number, number, number]): void {
    this.#other.resize(...args);
  }

  retag(domain: number, id: number, row: number, typeRow: number): void {
    this.#other.retag(domain, id, this.#row(row), typeRow);
  }

  free(...args: [number, number]): void {
    this.#other.free(...args);
  }

  freeAll(domain: number): void {
    this.#other.freeAll(domain);
  }

  gcBegin(domain: number): void {
    this.#other.gcBegin(domain);
  }

  survive(...args: [number, number, number]): void {
    this.#other.survive(...args);
  }

  gcEnd(domain: number): void {
    this.#other.gcEnd(domain);
  }

  countAllocated(domain: number, bytes: number, row: number, typeRow: number): void {
    this.#other.countAllocated(domain, bytes, this.#row(row), typeRow);
  }

  setLabel(label: number): void {
    this.#other.setLabel(label);
  }

  walk(): void {
    this.#other.getTracedMemory();
  }

  clear(): void {
    this.#other.clearTraces();
  }
}

test('a listener hears all that a tracer is told, also one that comes and goes meanwhile', () => {
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 80, size: 'max' }), (operations) => {
      const [pair, twin] = [new Pair(), new Pair()];
      const other = twin.tracer;
      twin.objects = pair.objects;
      const stopListening = pair.tracer.onEvents(new Replay(pair, other));
      pair.tracer.onSwitch(() => {
        if (!pair.tracer.on) other.stop();
        else other.start(pair.tracer.nframe);
      });
      const passed = pair.tracer.onEvents(new Replay(pair, new Pair().tracer));
      for (const [i, one] of operations.entries()) {
        if (i === 40) passed();
        pair.run(one as Operation);
        // The walk of the other finds what the first one's does, under its own rows.
        twin.objects = pair.objects.map((object) => ({ ...object, row: twin.rowOf(object) }));
      }
      pair.tracer.resetPeak();
      other.resetPeak();
      expect(other.isTracing()).toBe(pair.tracer.isTracing());
      expect(other.getTracedMemory()).toEqual(pair.tracer.getTracedMemory());
      if (!other.isTracing()) return;
      const heard = other.takeSnapshot();
      const told = pair.tracer.takeSnapshot();
      expect(tracesOf(heard)).toEqual(tracesOf(told));
      expect(liveOf(heard)).toEqual(liveOf(told));
      stopListening();
      passed();
      pair.tracer.alloc(0, 8, 1e6, 0);
      // Of a walk, metadata count anew what they had to cut.
      const again = other.takeSnapshot().withMetadata({ rejected: {} });
      expect(again.data).toEqual(heard.withMetadata({ rejected: {} }).data);
    }),
    { numRuns: runs(30) },
  );
});

/** What each site has live and ever allocated. */
function liveOf(snapshot: Snapshot): unknown {
  return [...sitesOf(snapshot)]
    .map(([key, { liveSize, liveCount, totalSize, totalCount, temporaryCount }]) => {
      return [key, liveSize, liveCount, totalSize, totalCount, temporaryCount];
    })
    .filter(([, ...figures]) => figures.some((figure) => figure !== 0));
}
