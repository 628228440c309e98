import type { DomainRow, FrameRow, TracebackRow, Tracer } from '@tracemalloc/core';
import { Failures } from '../../callbacks/failures.ts';
import type { HostStack } from '../../host-frames/index.ts';
import { KnownBlocks } from '../../wasm/known-blocks.ts';
import { functionNames } from '../code/hook-points.ts';
import type { FrameLabels } from '../frames/frame-labels.ts';
import type { StackWalk } from '../frames/stack-walk.ts';
import type { Address } from '../host.ts';
import { blockShift, bytesTaken, type HeapTable } from './heap-table.ts';
import type { ShimEvents } from './shim.ts';
import { containerSizes, type TypeRows } from './type-rows.ts';

/** What events are reported with. */
export type EventParts = {
  readonly tracer: Tracer;
  readonly domain: DomainRow;
  readonly walk: StackWalk;
  readonly labels: FrameLabels;
  readonly types: TypeRows;
  readonly table: HeapTable;
  /** `null`: MicroPython's own functions are not asked for. */
  readonly host: HostStack | null;
};

/**
 * What MicroPython's collector does, as blocks. One that may be a list, a dict, a set or an instance is recorded with the next event, or when memory
 * is read: then it says itself what it is.
 */
export class BlockEvents implements ShimEvents {
  /** > 0: what is allocated is not recorded. */
  excluded = 0;
  readonly #parts: EventParts;
  readonly #failures: Failures;
  #known = new KnownBlocks(blockShift);
  /** The frames of MicroPython's functions for blocks, where somebody asks for them. */
  readonly #newBlock: FrameRow | undefined;
  readonly #movedBlock: FrameRow | undefined;
  #session = 0;
  /** The newest block, while nobody knows its type; 0 = none. */
  #block: Address = 0;
  #bytes = 0;
  #traceback: TracebackRow = 0;

  constructor(parts: EventParts) {
    this.#parts = parts;
    this.#failures = new Failures(parts.tracer, 'walk');
    this.#newBlock = parts.host?.allocator(functionNames.alloc);
    this.#movedBlock = parts.host?.allocator(functionNames.realloc);
  }

  /** Blocks whose frames or type could not be read. */
  get failures(): number {
    return this.#failures.count;
  }

  readonly allocated = (block: number, bytes: number, type: number): void => {
    this.flush(bytes >>> 0);
    if (this.excluded > 0) return;
    const { tracer, domain } = this.#parts;
    const traceback = this.#stack(bytes >>> 0, this.#newBlock);
    if (traceback < 0) return;
    this.#knownOfSession().add(block >>> 0);
    if (type === 0 && bytes >= containerSizes.least && bytes <= containerSizes.most) {
      this.#block = block >>> 0;
      this.#bytes = bytes;
      this.#traceback = traceback;
      return;
    }
    const row = type === 0 ? 0 : this.#typed(type >>> 0);
    tracer.alloc(domain, block >>> 0, bytesTaken(bytes >>> 0), traceback, row);
  };

  readonly freed = (block: number): void => {
    this.flush();
    const { tracer, domain, table } = this.#parts;
    // While it collects, MicroPython leaves a block where it is.
    if (table.isHead(block >>> 0)) return;
    if (this.#knownOfSession().delete(block >>> 0)) tracer.free(domain, block >>> 0);
  };

  readonly moved = (from: number, to: number, bytes: number): void => {
    this.flush();
    // It failed, and the block is where it was.
    if (to === 0 && bytes !== 0) return;
    const { tracer, domain } = this.#parts;
    const isKnown = this.#knownOfSession().delete(from >>> 0);
    const traceback =
      to === 0 || this.excluded > 0 ? -1 : this.#stack(bytes >>> 0, this.#movedBlock);
    if (traceback < 0) {
      if (isKnown) tracer.free(domain, from >>> 0);
      return;
    }
    this.#known.add(to >>> 0);
    const taken = bytesTaken(bytes >>> 0);
    if (isKnown) tracer.realloc(domain, from >>> 0, to >>> 0, taken, traceback, 0);
    else tracer.alloc(domain, to >>> 0, taken, traceback, 0);
  };

  readonly collected = (): void => {
    this.flush();
    const { tracer, domain, walk, types, table } = this.#parts;
    walk.forget();
    types.forget();
    const known = this.#knownOfSession();
    const surviving = new KnownBlocks(blockShift);
    tracer.gcBegin(domain);
    try {
      table.forEachHead((block) => {
        if (!known.has(block)) return;
        surviving.add(block);
        tracer.survive(domain, block);
      });
    } finally {
      this.#known = surviving;
      tracer.gcEnd(domain);
    }
  };

  /** Where the guest is; −1 where nothing is to be recorded. */
  traceback(): TracebackRow {
    try {
      return this.#parts.walk.traceback();
    } catch {
      return 0;
    }
  }

  /** Records the newest block. @param next Bytes of the one that is just being made; −1 for none. */
  flush(next = -1): void {
    const block = this.#block;
    if (block === 0) return;
    this.#block = 0;
    const { tracer, domain, types } = this.#parts;
    let type = 0;
    try {
      type = types.rowOfContainer(block, this.#bytes, next);
    } catch (error) {
      this.#failures.failed(error);
    }
    tracer.alloc(domain, block, bytesTaken(this.#bytes), this.#traceback, type);
  }

  /** Forgets the newest block: nothing is recorded any more, or all of it anew. */
  drop(): void {
    this.#block = 0;
  }

  /** Those of before a start, or a clearing, are not known any more. */
  #knownOfSession(): KnownBlocks {
    if (this.#session !== this.#parts.tracer.session) {
      this.#session = this.#parts.tracer.session;
      this.#known.clear();
    }
    return this.#known;
  }

  #typed(type: Address): number {
    try {
      return this.#parts.types.rowOf(type);
    } catch (error) {
      this.#failures.failed(error);
      return 0;
    }
  }

  /** −1 where nothing is to be recorded. */
  #stack(bytes: number, allocator: FrameRow | undefined): TracebackRow {
    const { tracer, walk, labels, host } = this.#parts;
    const { sampler } = tracer;
    if (sampler !== null && !sampler.wants(bytesTaken(bytes))) return sampler.notSampled;
    if (this.#failures.isOff) return 0;
    try {
      const traceback = walk.traceback();
      labels.settle();
      this.#failures.succeeded();
      return host === null ? traceback : host.onto(traceback, allocator);
    } catch (error) {
      this.#failures.failed(error);
      return 0;
    }
  }
}
