import type { BlockId, Bytes, DomainRow, LabelRow, TracebackRow, TypeRow } from '../base/units.ts';

/**
 * What an interpreter reports of its blocks, in numbers only: the hot path. `Tracer`'s methods of
 * the same names say what each event means.
 */
export type BlockEvents = {
  /** A block was allocated. */
  alloc(domain: DomainRow, id: BlockId, size: Bytes, traceback: TracebackRow, type: TypeRow): void;
  /** A block has another id and size, and was allocated anew where that happened. */
  realloc(
    domain: DomainRow,
    from: BlockId,
    to: BlockId,
    size: Bytes,
    traceback: TracebackRow,
    type: TypeRow,
  ): void;
  /** A block has another size, where it was allocated. */
  resize(domain: DomainRow, id: BlockId, size: Bytes): void;
  /** A block belongs to another traceback and type. */
  retag(domain: DomainRow, id: BlockId, traceback: TracebackRow, type: TypeRow): void;
  /** A block was freed. */
  free(domain: DomainRow, id: BlockId): void;
  /** All blocks of a domain were freed. */
  freeAll(domain: DomainRow): void;
  /** A bulk collection begins. */
  gcBegin(domain: DomainRow): void;
  /** A block survived the collection, at `to` if it moved. */
  survive(domain: DomainRow, from: BlockId, to: BlockId): void;
  /** It ends: what did not survive is dead. */
  gcEnd(domain: DomainRow): void;
  /** An allocation in a walked domain, of which no block is kept. */
  countAllocated(domain: DomainRow, size: Bytes, traceback: TracebackRow, type: TypeRow): void;
  /** What is allocated from now on has the label. */
  setLabel(label: LabelRow): void;
};

/** All that changes what a tracer knows: what the recorder implements, and who listens beside it. */
export type TracerEvents = BlockEvents & {
  /** Memory is about to be read: walked domains were asked what lives. */
  walk(): void;
  /** All blocks were forgotten, at stop or clearTraces. */
  clear(): void;
};

/**
 * Somebody counts blocks and bytes in the place of a recorder, and returns what he has counted before anybody sees it. Made by
 * `borrow` of `@tracemalloc/core/loan`.
 */
export type Loan = {
  /** Shows what was counted so far: the recorder is read as it is, perhaps in the midst of an event. */
  copy(): void;
  /** Somebody began or ended to listen: `events` is the recorder, or who hears them before. @returns where others' events go. */
  before(events: TracerEvents): TracerEvents;
};

/**
 * Hands every event to a listener as well, while tracing is on (labels always). What the interpreter reports reaches
 * it before the recorder, while the rows are of the tracer's generation; that something was walked
 * or cleared reaches it afterwards.
 */
class SharedEvents implements TracerEvents {
  readonly #tracer: { readonly on: boolean };
  readonly #next: TracerEvents;
  readonly #listener: TracerEvents;

  constructor(tracer: { readonly on: boolean }, next: TracerEvents, listener: TracerEvents) {
    this.#tracer = tracer;
    this.#next = next;
    this.#listener = listener;
  }

  alloc(domain: DomainRow, id: BlockId, size: Bytes, traceback: TracebackRow, type: TypeRow): void {
    if (this.#tracer.on) this.#listener.alloc(domain, id, size, traceback, type);
    this.#next.alloc(domain, id, size, traceback, type);
  }

  realloc(
    domain: DomainRow,
    from: BlockId,
    to: BlockId,
    size: Bytes,
    traceback: TracebackRow,
    type: TypeRow,
  ): void {
    if (this.#tracer.on) this.#listener.realloc(domain, from, to, size, traceback, type);
    this.#next.realloc(domain, from, to, size, traceback, type);
  }

  resize(domain: DomainRow, id: BlockId, size: Bytes): void {
    if (this.#tracer.on) this.#listener.resize(domain, id, size);
    this.#next.resize(domain, id, size);
  }

  retag(domain: DomainRow, id: BlockId, traceback: TracebackRow, type: TypeRow): void {
    if (this.#tracer.on) this.#listener.retag(domain, id, traceback, type);
    this.#next.retag(domain, id, traceback, type);
  }

  free(domain: DomainRow, id: BlockId): void {
    if (this.#tracer.on) this.#listener.free(domain, id);
    this.#next.free(domain, id);
  }

  freeAll(domain: DomainRow): void {
    if (this.#tracer.on) this.#listener.freeAll(domain);
    this.#next.freeAll(domain);
  }

  gcBegin(domain: DomainRow): void {
    if (this.#tracer.on) this.#listener.gcBegin(domain);
    this.#next.gcBegin(domain);
  }

  survive(domain: DomainRow, from: BlockId, to: BlockId): void {
    if (this.#tracer.on) this.#listener.survive(domain, from, to);
    this.#next.survive(domain, from, to);
  }

  gcEnd(domain: DomainRow): void {
    if (this.#tracer.on) this.#listener.gcEnd(domain);
    this.#next.gcEnd(domain);
  }

  countAllocated(domain: DomainRow, size: Bytes, traceback: TracebackRow, type: TypeRow): void {
    if (this.#tracer.on) this.#listener.countAllocated(domain, size, traceback, type);
    this.#next.countAllocated(domain, size, traceback, type);
  }

  setLabel(label: LabelRow): void {
    this.#listener.setLabel(label);
    this.#next.setLabel(label);
  }

  walk(): void {
    this.#next.walk();
    this.#listener.walk();
  }

  clear(): void {
    this.#next.clear();
    this.#listener.clear();
  }
}

/** Somebody who listens. An object of its own, so that a listener may listen twice. */
export type Listening = { readonly listener: TracerEvents };

/** Where events go: past the sampler and the listeners to the recorder, or to who counts for it. */
export function eventsTo(
  recorder: TracerEvents & { readonly on: boolean; readonly loan: Loan | null },
  listeners: readonly Listening[],
  sampler: { events(next: TracerEvents): TracerEvents } | null,
): TracerEvents {
  const events = listeners.reduceRight<TracerEvents>(
    (next, { listener }) => new SharedEvents(recorder, next, listener),
    recorder,
  );
  const all = sampler?.events(events) ?? events;
  return recorder.loan?.before(all) ?? all;
}
