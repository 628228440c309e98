import type { DomainRow, FrameRow, TracebackRow, Tracer } from '@tracemalloc/core';
import { errorText } from '../../contract/shown.ts';
import type { HostStack } from '../../host-frames/host-stack.ts';
import type { StackWalk } from '../frames/stack-walk.ts';
import type { Address, Memory } from '../host.ts';
import type { WatchedBlocks } from '../watched-blocks.ts';
import { allocators, freeList, type ShimEvents } from './shim.ts';
import type { TypeRows } from './type-rows.ts';

/** What events are reported with. */
export type EventParts = {
  readonly tracer: Tracer;
  readonly memory: Memory;
  readonly domain: DomainRow;
  /** `null`: frames can't be read, and blocks have none. */
  readonly walk: StackWalk | null;
  /** `null`: CPython's own functions are not asked for. */
  readonly host: HostStack | null;
  /** `null`: types can't be read, and blocks have none. */
  readonly types: TypeRows | null;
  readonly watched: WatchedBlocks;
  readonly known: {
    /** Whether a block's end will be told. */
    has(block: Address): boolean;
    /** Sees to it that it isn't. */
    leaveOut(block: Address): void;
    /** What is allocated from now on is recorded, or not. */
    exclude(isExcluded: boolean): void;
  };
};

/**
 * What CPython's allocator and its reference tracer say, as blocks. A block is recorded with the next event, or when memory is
 * read: most are then known to be an object, and of which type.
 */
export class BlockEvents implements ShimEvents {
  failures = 0;
  #excluded = 0;
  readonly #parts: EventParts;
  /** The frame of each allocator, where somebody asks for it. */
  readonly #rows: readonly FrameRow[];
  readonly #freeList: FrameRow | undefined;
  #firstFailure = '';
  /** The newest block, while nobody knows its type; 0 = none. */
  #block: Address = 0;
  #size = 0;
  #traceback: TracebackRow = 0;

  constructor(parts: EventParts) {
    this.#parts = parts;
    const { host } = parts;
    this.#rows = host === null ? [] : allocators.map((name) => host.allocator(name));
    this.#freeList = host?.allocator(freeList);
  }

  /** > 0: what is allocated is not recorded. */
  get excluded(): number {
    return this.#excluded;
  }

  set excluded(count: number) {
    this.#excluded = count;
    this.#parts.known.exclude(count > 0);
  }

  readonly allocated = (block: number, size: number, by: number): void => {
    this.flush();
    const traceback = this.#excluded > 0 ? -1 : this.stack(this.#rows[by]);
    if (traceback < 0) {
      this.#parts.known.leaveOut(block);
      return;
    }
    this.#block = block >>> 0;
    this.#size = size >>> 0;
    this.#traceback = traceback;
  };

  readonly moved = (from: number, to: number, size: number, by: number): void => {
    if (from === 0) {
      this.allocated(to, size, by);
      return;
    }
    this.flush();
    const { tracer, domain, watched, known } = this.#parts;
    if (from !== to) watched.freed(from >>> 0);
    const traceback = this.#excluded > 0 ? -1 : this.stack(this.#rows[by]);
    if (traceback >= 0) tracer.realloc(domain, from >>> 0, to >>> 0, size >>> 0, traceback, 0);
    else {
      known.leaveOut(to);
      tracer.free(domain, from >>> 0);
    }
  };

  readonly freed = (block: number): void => {
    this.flush();
    const { tracer, domain, watched } = this.#parts;
    if (watched.freed(block >>> 0)) tracer.free(domain, block >>> 0);
  };

  /** Objects of free lists begin in a block that was another object's before: it is theirs now. */
  readonly created = (object: number): void => {
    const { tracer, domain, types, memory, known } = this.#parts;
    if (this.#excluded > 0 || types === null) return;
    memory.refresh();
    let key: number;
    try {
      key = types.keyOf(object);
    } catch (error) {
      this.failed(error);
      return;
    }
    const block = types.blockOf(object, key) >>> 0;
    if (block === this.#block) {
      this.#record(types.rowOf(key));
      return;
    }
    this.flush();
    if (!known.has(block)) return;
    const traceback = this.stack(this.#freeList);
    if (traceback >= 0) tracer.retag(domain, block, traceback, types.rowOf(key));
  };

  /** Records the newest block, whose type is then not known. */
  flush(): void {
    if (this.#block !== 0) this.#record(0);
  }

  /** Forgets the newest block: nothing is recorded any more, or all of it anew. */
  drop(): void {
    this.#block = 0;
  }

  #record(type: number): void {
    const { tracer, domain } = this.#parts;
    const block = this.#block;
    this.#block = 0;
    tracer.alloc(domain, block, this.#size, this.#traceback, type);
  }

  /** The row of the stack as it is, 0 where it can't be read, −1 where nothing is recorded. */
  stack(allocator?: FrameRow): TracebackRow {
    const { walk, host } = this.#parts;
    if (walk === null) return 0;
    try {
      const row = walk.traceback();
      return host === null ? row : host.onto(row, allocator);
    } catch (error) {
      this.failed(error);
      return 0;
    }
  }

  /** Something could not be read. */
  failed(error: unknown): void {
    this.failures++;
    if (this.failures === 1) this.#firstFailure = errorText(error);
    const { failures: count } = this;
    this.#parts.tracer.setMetadata({ walkFailures: { count, first: this.#firstFailure } });
  }
}
