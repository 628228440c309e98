import type { BlockId, Bytes, DomainRow, LabelRow, TracebackRow, TypeRow } from '../base/units.ts';

/**
 * What an interpreter reports of its blocks, in numbers only: the hot path. `Tracer`'s methods of
 * the same names say what each event means.
 */
export type BlockEvents = {
  alloc(domain: DomainRow, id: BlockId, size: Bytes, traceback: TracebackRow, type: TypeRow): void;
  realloc(
    domain: DomainRow,
    from: BlockId,
    to: BlockId,
    size: Bytes,
    traceback: TracebackRow,
    type: TypeRow,
  ): void;
  resize(domain: DomainRow, id: BlockId, size: Bytes): void;
  retag(domain: DomainRow, id: BlockId, traceback: TracebackRow, type: TypeRow): void;
  free(domain: DomainRow, id: BlockId): void;
  freeAll(domain: DomainRow): void;
  gcBegin(domain: DomainRow): void;
  survive(domain: DomainRow, from: BlockId, to: BlockId): void;
  gcEnd(domain: DomainRow): void;
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
 * Hands every event to a listener as well, while tracing is on (labels always). What the interpreter reports reaches
 * it before the recorder, while the rows are of the tracer's generation; that something was walked
 * or cleared reaches it afterwards.
 */
export class SharedEvents implements TracerEvents {
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
