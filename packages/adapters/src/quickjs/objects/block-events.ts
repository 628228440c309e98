import type {
  DomainRow,
  FrameRow,
  LabelRow,
  TracebackRow,
  Tracer,
  TypeRow,
} from '@tracemalloc/core';
import { Failures } from '../../callbacks/failures.ts';
import type { HostStack } from '../../host-frames/index.ts';
import { KnownBlocks } from '../../wasm/known-blocks.ts';
import type { FrameLabels } from '../frames/frame-labels.ts';
import type { StackWalk } from '../frames/stack-walk.ts';
import type { ClassRows } from './class-rows.ts';
import type { ShimEvents } from './shim.ts';

/** Blocks begin at every eighth byte. */
export const blockShift = 3;

/** What events are reported with. */
export type EventParts = {
  readonly tracer: Tracer;
  readonly domain: DomainRow;
  readonly walk: StackWalk;
  readonly classes: ClassRows;
  readonly labels: FrameLabels;
  /** `null`: QuickJS's own functions are not asked for. */
  readonly host: HostStack | null;
};

/** Events after which a block that could be an object has become one. */
const patience = 6;

/**
 * What QuickJS's allocator does, as blocks. One that is as large as an object is recorded when it has become one, a few events later: what it has is allocated
 * before it is in the collector's list.
 */
export class BlockEvents implements ShimEvents {
  /** > 0: what is allocated is not recorded. */
  excluded = 0;
  readonly #parts: EventParts;
  readonly #failures: Failures;
  readonly #known = new KnownBlocks(blockShift);
  /** The frames of QuickJS's functions for blocks, where somebody asks for them. */
  readonly #newBlock: FrameRow | undefined;
  readonly #movedBlock: FrameRow | undefined;
  #session = 0;
  /** The newest block that may become an object; 0 = none. */
  #block = 0;
  #traceback: TracebackRow = 0;
  #label: LabelRow = 0;
  #age = 0;

  constructor(parts: EventParts) {
    this.#parts = parts;
    this.#failures = new Failures(parts.tracer, 'walk');
    this.#newBlock = parts.host?.allocator('js_malloc');
    this.#movedBlock = parts.host?.allocator('js_realloc');
  }

  /** Blocks whose frames or class could not be read. */
  get failures(): number {
    return this.#failures.count;
  }

  readonly allocated = (block: number, bytes: number): void => {
    if (this.excluded > 0) return;
    const traceback = this.#stack(bytes >>> 0, this.#newBlock);
    if (traceback < 0) return;
    this.#knownOfSession().add(block >>> 0);
    this.#look();
    const { tracer, domain, classes } = this.#parts;
    if (bytes === classes.objectSize) {
      this.flush();
      this.#block = block >>> 0;
      this.#traceback = traceback;
      this.#label = tracer.currentLabel;
      this.#age = 0;
    } else tracer.alloc(domain, block >>> 0, bytes >>> 0, traceback, 0);
  };

  readonly freed = (block: number): void => {
    const { tracer, domain, walk, labels } = this.#parts;
    walk.freed(block >>> 0);
    labels.freed(block >>> 0);
    if (!this.#knownOfSession().delete(block >>> 0)) return;
    this.#look();
    if (block >>> 0 === this.#block) this.flush();
    tracer.free(domain, block >>> 0);
  };

  readonly moved = (from: number, to: number, bytes: number): void => {
    // It failed, and the block is where it was.
    if (to === 0 && bytes !== 0) return;
    this.#look();
    if (from >>> 0 === this.#block) this.flush();
    const { tracer, domain, walk } = this.#parts;
    walk.freed(from >>> 0);
    const isKnown = this.#knownOfSession().delete(from >>> 0);
    const traceback =
      to === 0 || this.excluded > 0 ? -1 : this.#stack(bytes >>> 0, this.#movedBlock);
    if (traceback < 0) {
      if (isKnown) tracer.free(domain, from >>> 0);
      return;
    }
    this.#known.add(to >>> 0);
    if (isKnown) tracer.realloc(domain, from >>> 0, to >>> 0, bytes >>> 0, traceback, 0);
    else tracer.alloc(domain, to >>> 0, bytes >>> 0, traceback, 0);
  };

  /** Where the guest is; −1 where nothing is to be recorded. */
  traceback(): TracebackRow {
    try {
      return this.#parts.walk.traceback();
    } catch {
      return 0;
    }
  }

  /** Records the newest block as what it is by now. */
  flush(): void {
    if (this.#block !== 0) this.#record(this.#class());
  }

  /** Forgets it: nothing is recorded any more, or all of it anew. */
  drop(): void {
    this.#block = 0;
  }

  /** Whether it has become an object. */
  #look(): void {
    if (this.#block === 0) return;
    const type = this.#class();
    if (type !== 0 || ++this.#age > patience) this.#record(type);
  }

  #record(type: TypeRow): void {
    const { tracer, domain, classes } = this.#parts;
    const block = this.#block;
    this.#block = 0;
    const { currentLabel: now } = tracer;
    if (now !== this.#label) tracer.useLabel(this.#label);
    tracer.alloc(domain, block, classes.objectSize, this.#traceback, type);
    if (now !== this.#label) tracer.useLabel(now);
  }

  #class(): TypeRow {
    try {
      return this.#parts.classes.rowOf(this.#block);
    } catch (error) {
      this.#failures.failed(error);
      return 0;
    }
  }

  /** Those of before a start, or a clearing, are not known any more. */
  #knownOfSession(): KnownBlocks {
    if (this.#session !== this.#parts.tracer.session) {
      this.#session = this.#parts.tracer.session;
      this.#known.clear();
    }
    return this.#known;
  }

  /** −1 where nothing is to be recorded. */
  #stack(bytes: number, allocator: FrameRow | undefined): TracebackRow {
    const { tracer, walk, labels, host } = this.#parts;
    const { sampler } = tracer;
    if (sampler !== null && !sampler.wants(bytes)) return sampler.notSampled;
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
