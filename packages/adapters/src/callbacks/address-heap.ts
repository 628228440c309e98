import type { BlockId, Bytes, DomainRow, TracebackRow, Tracer, TypeRow } from '@tracemalloc/core';
import type { TracebackSource } from './frames.ts';

/** What {@link AddressHeap} is made with. */
export type AddressHeapOptions = {
  /** A name for people: `lisp`. */
  readonly name: string;
  /** log2 of the alignment of blocks, 0 … 12. Default 3. */
  readonly shift?: number;
  /** CPython's domain number, for DomainFilter. Default 0, the guest's own heap. */
  readonly code?: number;
};

/**
 * A heap whose blocks have addresses: a linear memory with an allocator, or a collector, of its
 * own. Its methods are what the allocator calls. They never throw, and cost one read while nothing
 * is traced.
 */
export class AddressHeap {
  /** The heap in the tracer, for calls that this class does not wrap. */
  readonly domain: DomainRow;
  readonly #tracer: Tracer;
  readonly #stack: TracebackSource;

  /** @throws TypeError or RangeError that names the option. */
  constructor(tracer: Tracer, stack: TracebackSource, options: AddressHeapOptions) {
    this.domain = tracer.domain({ ...options, ids: 'address' });
    this.#tracer = tracer;
    this.#stack = stack;
  }

  /** A block was allocated, by the line that the guest is on. */
  alloc(address: BlockId, size: Bytes, type: TypeRow = 0): void {
    const tracer = this.#tracer;
    if (!tracer.on) return;
    const traceback = this.#traceback(tracer, size);
    if (traceback >= 0) tracer.alloc(this.domain, address, size, traceback, type);
  }

  /** A block moved, or changed its size; it belongs to the guest's current line now. */
  realloc(from: BlockId, to: BlockId, size: Bytes, type: TypeRow = 0): void {
    const tracer = this.#tracer;
    if (!tracer.on) return;
    const traceback = this.#traceback(tracer, size);
    if (traceback >= 0) tracer.realloc(this.domain, from, to, size, traceback, type);
  }

  /** A block was freed; one that is not known is counted in `tracer.rejected`. */
  free(address: BlockId): void {
    this.#tracer.free(this.domain, address);
  }

  /** Everything is gone: an arena, a closed interpreter. */
  freeAll(): void {
    this.#tracer.freeAll(this.domain);
  }

  /**
   * A collection that knows survivors only: `collect` calls its argument for each, with the new
   * address if it moved. What it does not name is dead, also when it throws.
   */
  collection(collect: (survive: (from: BlockId, to?: BlockId) => void) => void): void {
    const { domain } = this;
    this.#tracer.gcBegin(domain);
    try {
      collect((from, to) => this.#tracer.survive(domain, from, to));
    } finally {
      this.#tracer.gcEnd(domain);
    }
  }

  /** The stack of a block that is not wanted is not looked at. */
  #traceback({ sampler }: Tracer, size: Bytes): TracebackRow {
    if (sampler !== null && !sampler.wants(size)) return sampler.notSampled;
    return this.#stack.traceback();
  }
}
