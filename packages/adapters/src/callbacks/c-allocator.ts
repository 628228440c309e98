import type { BlockId, Bytes, DomainRow, TracebackRow, Tracer, TypeRow } from '@tracemalloc/core';
import type { AddressHeapOptions } from './address-heap.ts';
import type { TracebackSource } from './frames.ts';

/** An allocator's functions, over addresses as a WASM module hands them over: signed or not. */
export type CFunctions = {
  /** C's malloc: an address, 0 where there is no room. */
  readonly malloc?: (size: number) => number;
  /** C's calloc: `count × size` bytes of zeros. */
  readonly calloc?: (count: number, size: number) => number;
  /** C's realloc: the block's new address. */
  readonly realloc?: (address: number, size: number) => number;
  /** C's free. */
  readonly free?: (address: number) => void;
};

/** The same with a first argument that says whose heap it is: `ctx`, `JSMallocState *`. */
export type CFunctionsOfContext = {
  /** As C's malloc, after the context. */
  readonly malloc?: (context: number, size: number) => number;
  /** As C's calloc, after the context. */
  readonly calloc?: (context: number, count: number, size: number) => number;
  /** As C's realloc, after the context. */
  readonly realloc?: (context: number, address: number, size: number) => number;
  /** As C's free, after the context. */
  readonly free?: (context: number, address: number) => void;
};

type AnyFunction = (a: number, b: number, c: number) => number;

/**
 * A heap of C: `malloc`, `calloc`, `realloc` and `free` over addresses of 32 bits. Whoever can
 * replace these functions takes {@link wrap}. Whoever only hears of calls says what they gave, and
 * `enter` and `leave` around those that call others.
 *
 * Addresses and sizes above 2 GiB may come as negative numbers. A call that failed records
 * nothing, and leaves the block that it was to move. Calls inside a call are the allocator's own
 * business and recorded as none, but frees among them count. Nothing is thrown.
 */
export class CAllocator {
  /** The heap in the tracer, for calls that this class does not wrap. */
  readonly domain: DomainRow;
  readonly #tracer: Tracer;
  readonly #stack: TracebackSource;
  #depth = 0;
  /** Of the outermost call, read before it moved anything; −1 when it was not read. */
  #captured: TracebackRow = -1;
  #generation = 0;
  /** What calls inside calls gave, and nobody recorded: to free it is no mistake. */
  readonly #inner = new Set<BlockId>();
  #session = 0;

  /** @throws TypeError or RangeError that names the option. */
  constructor(tracer: Tracer, stack: TracebackSource, options: AddressHeapOptions) {
    this.domain = tracer.domain({ ...options, ids: 'address' });
    this.#tracer = tracer;
    this.#stack = stack;
  }

  /** A call begins that may call others. The guest's stack is read now, before anything moves. */
  enter(): void {
    if (this.#depth++ > 0 || !this.#tracer.on) return;
    this.#captured = this.#stack.traceback();
    this.#generation = this.#tracer.generation;
  }

  /** It has ended: said before what it gave, and also when it threw. */
  leave(): void {
    if (this.#depth > 0) this.#depth--;
  }

  /** `malloc(size)` gave `address`; 0 when it failed. */
  malloc(address: number, size: number, type: TypeRow = 0): void {
    this.#alloc(address >>> 0, size >>> 0, type);
  }

  /** `calloc(count, size)` gave `address`. */
  calloc(address: number, count: number, size: number, type: TypeRow = 0): void {
    this.#alloc(address >>> 0, (count >>> 0) * (size >>> 0), type);
  }

  /** `realloc(from, size)` gave `to`. `from` may be 0, and size 0 with `to` 0 is a free, as in C. */
  realloc(from: number, to: number, size: number, type: TypeRow = 0): void {
    const old = from >>> 0;
    const block = to >>> 0;
    const bytes = size >>> 0;
    if (old === 0 || block === 0) {
      if (block === 0 && bytes === 0) this.#free(old);
      this.#alloc(block, bytes, type);
      return;
    }
    if (this.#depth > 0) {
      // As in CPython: what another call moves is followed no longer.
      this.#free(old);
      this.#alloc(block, bytes, type);
      return;
    }
    const traceback = this.#traceback();
    if (!this.#tracer.on || traceback < 0) return;
    this.#inner.delete(old);
    this.#inner.delete(block);
    this.#tracer.realloc(this.domain, old, block, bytes, traceback, type);
  }

  /** `free(address)`, said before the call or after it; 0 is no block. */
  free(address: number): void {
    this.#free(address >>> 0);
  }

  /** Everything is gone: the memory itself was thrown away. */
  freeAll(): void {
    this.#inner.clear();
    this.#tracer.freeAll(this.domain);
  }

  /**
   * The same functions, traced: to be put where the module looks for its own. What they throw
   * passes through.
   */
  wrap<Functions extends CFunctions>(functions: Functions): Functions;
  /**
   * The same functions, traced, which all take a first argument that is only handed on.
   *
   * @param options `context`: there is such an argument.
   */
  wrap<Functions extends CFunctionsOfContext>(
    functions: Functions,
    options: { readonly context: true },
  ): Functions;
  /** Functions that do what the given ones do, and report it. */
  wrap(functions: object, options?: { readonly context: true }): object {
    const of = functions as Readonly<Record<keyof CFunctions, AnyFunction | undefined>>;
    const shift = options?.context === true;
    const traced: Partial<Record<keyof CFunctions, AnyFunction>> = {};
    if (of.malloc) {
      traced.malloc = this.#traced(of.malloc, (address, a, b) => {
        this.malloc(address, shift ? b : a);
      });
    }
    if (of.calloc) {
      traced.calloc = this.#traced(of.calloc, (address, a, b, c) => {
        this.calloc(address, shift ? b : a, shift ? c : b);
      });
    }
    if (of.realloc) {
      traced.realloc = this.#traced(of.realloc, (address, a, b, c) => {
        this.realloc(shift ? b : a, address, shift ? c : b);
      });
    }
    if (of.free) traced.free = this.#freeing(of.free, shift);
    return traced;
  }

  #traced(
    call: AnyFunction,
    gave: (address: number, a: number, b: number, c: number) => void,
  ): AnyFunction {
    return (a, b, c) => {
      this.enter();
      let address: number;
      try {
        address = call(a, b, c);
      } catch (error) {
        this.leave();
        this.#captured = -1;
        throw error;
      }
      this.leave();
      gave(address, a, b, c);
      return address;
    };
  }

  #freeing(call: AnyFunction, shift: boolean): AnyFunction {
    return (a, b, c) => {
      this.free(shift ? b : a);
      this.#depth++;
      try {
        return call(a, b, c);
      } finally {
        this.#depth--;
      }
    };
  }

  #alloc(block: BlockId, bytes: Bytes, type: TypeRow): void {
    const tracer = this.#tracer;
    if (!tracer.on) return;
    if (this.#depth > 0) {
      if (block !== 0) this.#innerOfSession().add(block);
      return;
    }
    const traceback = this.#traceback();
    if (block === 0 || traceback < 0) return;
    this.#inner.delete(block);
    tracer.alloc(this.domain, block, bytes, traceback, type);
  }

  #free(block: BlockId): void {
    if (block === 0 || this.#inner.delete(block)) return;
    this.#tracer.free(this.domain, block);
  }

  /** As it was when the call began, where that is still a row. */
  #traceback(): TracebackRow {
    const row = this.#captured;
    this.#captured = -1;
    const isValid = row >= 0 && this.#generation === this.#tracer.generation;
    return isValid ? row : this.#stack.traceback();
  }

  #innerOfSession(): Set<BlockId> {
    if (this.#session !== this.#tracer.session) {
      this.#session = this.#tracer.session;
      this.#inner.clear();
    }
    return this.#inner;
  }
}
