import type { DomainRow, Tracer } from '@tracemalloc/core';
import { Ledger, type LedgerAdapter } from '../../wasm/ledger/index.ts';
import type { StackWalk } from '../frames/stack-walk.ts';
import type { Memory } from '../host.ts';
import type { Layout } from '../layout.ts';
import type { WatchedBlocks } from '../watched-blocks.ts';
import type { BlockEvents } from './block-events.ts';
import type { Shim, ShimEvents } from './shim.ts';
import type { FrameQuestions } from './shim-walk.ts';
import type { TypeRows } from './type-rows.ts';

/** Why every event is told to JavaScript: somebody hears it, or something can't be done in WASM (for now, or not at all). */
type Reason = 'heard' | 'labels' | 'limit' | 'sweeping' | 'failed' | 'unable';

type Parts = {
  readonly tracer: Tracer;
  readonly domain: DomainRow;
  readonly memory: Memory;
  readonly layout: Layout;
  readonly walk: StackWalk | null;
  readonly types: TypeRows | null;
  readonly watched: WatchedBlocks;
  readonly events: BlockEvents;
  /** Whether events may be counted in WASM at all. */
  readonly isAble: boolean;
};

/** Decides who counts events: a ledger in WASM, or the tracer, one by one; and answers what the former asks. */
export class Counting implements LedgerAdapter {
  readonly ledger: Ledger;
  /** Events that are told one by one. */
  readonly events: ShimEvents;
  readonly frames: FrameQuestions;
  readonly #parts: Parts;
  readonly #reasons = new Set<Reason>();
  /** Of the shim, while there is one. */
  #globals: Shim['globals'] | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
    const { tracer, domain, walk, types, events, memory } = parts;
    if (!parts.isAble || walk === null || types === null) this.#reasons.add('unable');
    this.ledger = new Ledger(tracer, domain, this);
    if (this.ledger.lent === null) this.#reasons.add('unable');
    if (this.ledger.isHeard) this.#reasons.add('heard');
    if (walk !== null) walk.labels.onUse = () => this.#tellEach('labels');
    const { ledger } = this;
    this.events = {
      allocated: (block, size, by) => {
        ledger.settle();
        events.allocated(block, size, by);
      },
      moved: (from, to, size, by) => {
        ledger.settle();
        events.moved(from, to, size, by);
      },
      freed: (block) => {
        ledger.settle();
        events.freed(block);
        this.#lookForEnd();
      },
      created: (object) => {
        ledger.settle();
        events.created(object);
      },
    };
    this.frames = {
      thread:
        walk?.running.hasTaskStates === true ? memory.module.__PyThreadState_GetCurrent : null,
      lineAt: (frame, counter) => this.#lineAt(frame, counter),
      grow: () => this.ledger.grow(),
      fail: () => this.fail(),
    };
  }

  /** A shim was installed or taken out. */
  use(globals: Shim['globals'] | null): void {
    this.#globals = globals;
    if (globals === null) return;
    globals.current.value = this.#parts.walk?.running.current ?? 0;
    globals.isExcluded.value = this.#parts.events.excluded > 0 ? 1 : 0;
    this.#show();
  }

  /** What is allocated from now on is recorded, or not. */
  exclude(isExcluded: boolean): void {
    if (this.#globals !== null) this.#globals.isExcluded.value = isExcluded ? 1 : 0;
  }

  /** Another session begins. */
  restart(): void {
    this.#reasons.delete('failed');
    this.#reasons.delete('sweeping');
    this.#show();
  }

  /** A limit asks for the sums before each allocation. */
  limit(isLimited: boolean): void {
    this.ledger.settle();
    if (isLimited) this.#tellEach('limit');
    else this.#count('limit');
  }

  tracebackOf(): number {
    return this.#parts.events.stack();
  }

  typeOf(object: number): number {
    const { types, memory, layout, events } = this.#parts;
    memory.refresh();
    try {
      const key = types!.keyOf(object);
      this.ledger.calls.setType(memory.word(object + layout.objectType), key);
      return key;
    } catch (error) {
      events.failed(error);
      return -1;
    }
  }

  watchedEnds(block: number): void {
    this.#parts.watched.freed(block);
  }

  heard(isHeard: boolean): void {
    if (isHeard) this.#tellEach('heard');
    else this.#count('heard');
  }

  fail(): void {
    this.#tellEach('failed');
  }

  sweeping(): void {
    this.#tellEach('sweeping');
  }

  forgotten(): void {
    if (this.#globals !== null) this.#globals.depth.value = 0;
  }

  #lineAt(frame: number, counter: number): number {
    const { walk, memory } = this.#parts;
    const { calls } = this.ledger;
    memory.refresh();
    let line: number;
    try {
      line = walk!.lineOf(frame >>> 0, counter);
    } catch {
      // It is looked up once more, and then told.
      return 0;
    }
    if (calls.setLine(counter, line) !== 0) return line;
    this.ledger.grow();
    return -1;
  }

  #tellEach(reason: Reason): void {
    this.#reasons.add(reason);
    this.#show();
  }

  #count(reason: Reason): void {
    if (!this.#reasons.delete(reason) || this.#reasons.size > 0) return;
    this.#parts.events.flush();
    this.ledger.lose();
    this.#show();
  }

  /** Once there is no block of which more is to come. */
  #lookForEnd(): void {
    if (this.#reasons.has('sweeping') && !this.ledger.lent!.isSweeping) this.#count('sweeping');
  }

  #show(): void {
    if (this.#globals !== null) this.#globals.isDirect.value = this.#reasons.size > 0 ? 1 : 0;
  }
}
