import type { Bytes, DomainRow, TracebackRow, Tracer } from '@tracemalloc/core';
import { blockSize } from '@tracemalloc/core/live';

/** A collector that can't run in the midst of an allocation: it is asked to, and does at the next occasion. */
export type LateCollector = {
  /** Has it collect at its next occasion. */
  request(): void;
  /** Whether it has yet to. */
  readonly isPending: boolean;
};

/** What a limit is asked with. */
export type BlockLimitParts = {
  readonly tracer: Tracer;
  readonly domain: DomainRow;
  /** Whether a function of the guest is running: nobody else can be told by an error of the guest's. */
  readonly isRunning: () => boolean;
  /** The traceback of what runs; 0 or less = nobody's who may be refused. It must not throw, as all of these. */
  readonly stack: () => TracebackRow;
  /** Above 0: what is allocated is not recorded, and not refused. */
  readonly events: { readonly excluded: number };
  /** `null`: garbage can't be looked for. */
  readonly collector: LateCollector | null;
};

/** Bytes that may come before garbage was looked for; of small limits an eighth. As in the tracer's own limit. */
const maxSlack = 2 ** 20;

/** An integer of WASM's. */
const mostRoom = 2 ** 30;

/** Refusals in a row after which the collector is asked only now and then. */
const patience = 8;

/**
 * The tracer's limit for a heap that asks before it allocates, and whose collector of cycles can't run just then. At half of the
 * room that is left, and at the limit, the collector is asked to run soon; until it has, the limit may be exceeded by the slack. What is
 * larger is refused at once.
 */
export class BlockLimit {
  /** Bytes that may be asked for, frees not counted, before there is anything to look at again. */
  room = 0;
  readonly #parts: BlockLimitParts;
  /** The tracer's limit that all of this is of. */
  #of: Tracer['limit'] = null;
  #slack: Bytes = 0;
  /** Traced when it was looked at last. */
  #current: Bytes = 0;
  /** Traced when there was least of it since the collector was asked last. */
  #base: Bytes = 0;
  /** Whether the collector was asked at the limit, and since then there was no room. */
  #wasAsked = false;

  constructor(parts: BlockLimitParts) {
    this.#parts = parts;
  }

  /** Whether so many bytes are refused, in the place of the block `from` where that is not 0. @returns not 0: they are. */
  readonly isRefused = (from: number, bytes: number): number => {
    this.room = 0;
    const { tracer, domain, events, isRunning } = this.#parts;
    if (events.excluded > 0 || tracer.limit === null || !isRunning()) return 0;
    const old = from === 0 ? 0 : blockSize(tracer, domain, from >>> 0);
    const more = (bytes >>> 0) - old;
    return more > 0 && this.#refuses(more) ? 1 : 0;
  };

  #refuses(more: Bytes): boolean {
    const { tracer, stack, collector } = this.#parts;
    const beyond = this.#beyond(more);
    // The tracer is to know that there is room.
    if (beyond <= 0) return tracer.refuse(more) !== null;
    const row = stack();
    // Nobody of the guest's would get the error, or somebody who is about to show one.
    if (row <= 0) return false;
    if (collector !== null && beyond <= this.#slack && this.#waitsFor(collector)) return false;
    const excess = tracer.refuse(more, row);
    if (excess === null) return false;
    // What is caught may leave garbage, too.
    const isDue = excess.refusals < patience || excess.refusals % patience === 0;
    if (isDue) this.#ask();
    return true;
  }

  /** By how much the limit would be exceeded; 0 or less = it would not be. */
  #beyond(more: Bytes): number {
    const { limit } = this.#parts.tracer;
    const { bytes } = limit!;
    if (limit !== this.#of) this.#begin(limit, bytes);
    this.#look();
    const step = Math.max(this.#slack, (bytes - this.#base) / 2);
    if (this.#current - this.#base >= step) this.#ask();
    const after = this.#current + more;
    const beyond = after - bytes;
    if (beyond <= 0) this.#wasAsked = false;
    this.room = Math.max(0, Math.min(-beyond, this.#base + step - after, mostRoom) | 0);
    return beyond;
  }

  /** Whether garbage is yet to be looked for. */
  #waitsFor(collector: LateCollector): boolean {
    if (!this.#wasAsked) {
      this.#ask();
      this.#wasAsked = true;
    }
    return collector.isPending;
  }

  #begin(limit: Tracer['limit'], bytes: Bytes): void {
    this.#of = limit;
    this.#slack = Math.min(maxSlack, Math.floor(bytes / 8));
    this.#look();
    this.#base = this.#current;
    this.#wasAsked = false;
  }

  #look(): void {
    this.#current = this.#parts.tracer.getTracedMemory().current;
    this.#base = Math.min(this.#base, this.#current);
  }

  #ask(): void {
    const { collector } = this.#parts;
    if (collector !== null && !collector.isPending) collector.request();
    this.#base = this.#current;
  }
}
