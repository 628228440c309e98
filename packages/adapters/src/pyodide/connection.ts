import type { TracebackRow, Tracer } from '@tracemalloc/core';
import { excluding, type GuestLabels } from '../contract/index.ts';
import type { HostStack } from '../host-frames/host-stack.ts';
import type { LedgerCalls } from '../wasm/ledger/index.ts';
import { StackWalk } from './frames/stack-walk.ts';
import { guestMemory, type Memory } from './host.ts';
import type { Layout } from './layout.ts';
import { AllocatorHooks } from './objects/allocator-hooks.ts';
import { AllocatorLimit } from './objects/allocator-limit.ts';
import { BlockEvents, type EventParts } from './objects/block-events.ts';
import { Counting } from './objects/counting.ts';
import { TypeRows } from './objects/type-rows.ts';
import { WatchedBlocks } from './watched-blocks.ts';

/** What is read of the guest: what the self-test disproved is not. */
export type Reading = {
  readonly frames: boolean;
  readonly types: boolean;
  /** Reads CPython's own functions, too. */
  readonly host?: HostStack | null;
};

/** Blocks of CPython are aligned to 8 bytes on 32 bits. */
const blockShift = 3;

/** All that hangs on an interpreter while a tracer listens to it. */
export class Connection {
  readonly events: BlockEvents;
  readonly #tracer: Tracer;
  readonly #hooks: AllocatorHooks;
  readonly #counting: Counting;
  /** In front of the hooks, while there is a limit. */
  readonly #limit: AllocatorLimit;
  readonly #walk: StackWalk | null;
  readonly #types: TypeRows | null;
  readonly #watched: WatchedBlocks;
  readonly #onWarning: (message: string) => void;
  readonly #undo: readonly (() => void)[];
  #warned = false;
  /** The tracer's, that the hooks were installed for. */
  #session = -1;

  constructor(
    memory: Memory,
    layout: Layout,
    tracer: Tracer,
    reading: Reading,
    onWarning: (message: string) => void = () => undefined,
  ) {
    this.#tracer = tracer;
    this.#onWarning = onWarning;
    const domain = tracer.domain({ name: 'python', ids: 'address', shift: blockShift });
    const forget = () => {
      this.#walk?.forget();
      this.#types?.forget();
      this.#counting.ledger.forget();
    };
    const watched = new WatchedBlocks(forget, (block) => this.#ledger.watch(block) !== 0);
    this.#watched = watched;
    this.#walk = reading.frames ? new StackWalk(tracer, memory, layout, watched) : null;
    this.#types = reading.types ? new TypeRows(tracer, memory, layout, watched) : null;
    const known = {
      has: (block: number) => this.#ledger.isKnown(block) !== 0,
      leaveOut: (block: number) => void this.#ledger.untell(block),
      exclude: (isExcluded: boolean) => this.#counting.exclude(isExcluded),
    };
    const parts: EventParts = {
      tracer,
      memory,
      domain,
      walk: this.#walk,
      host: reading.host ?? null,
      types: this.#types,
      watched,
      known,
    };
    this.events = new BlockEvents(parts);
    this.#counting = new Counting({
      ...{ tracer, domain, memory, layout, watched, events: this.events },
      ...{ walk: this.#walk, types: this.#types },
      isAble: parts.host === null && guestMemory(memory.module) !== null,
    });
    this.#hooks = new AllocatorHooks(memory, layout, this.#counting);
    this.#limit = new AllocatorLimit(memory, layout, {
      ...{ tracer, domain, events: this.events },
      stack: () => this.#where(),
      isOwn: () => this.#hooks.isTelling,
    });
    this.#undo = [tracer.onSwitch(() => this.#sync()), tracer.onRead(() => this.#read())];
    this.#sync();
  }

  close(): void {
    for (const undo of this.#undo) undo();
    this.#unhook();
    this.#limit.close();
    this.#counting.ledger.end();
  }

  excludeFile(file: string): void {
    this.#walk?.excludeFile(file);
    this.#counting.ledger.forget();
  }

  /** How the guest labels what it allocates; `undefined` where frames are not read. */
  get labels(): GuestLabels | undefined {
    return this.#walk?.labels;
  }

  /** The block that an object lies in. */
  blockOf(object: number): number {
    return (this.#types?.blockOfObject(object) ?? object) >>> 0;
  }

  /** Hooks are in place only while the tracer is on: a stopped one costs nothing. */
  #sync(): void {
    if (this.#session !== this.#tracer.session) this.events.drop();
    else this.events.flush();
    if (!this.#tracer.on) {
      this.#unhook();
      return;
    }
    this.#limit.remove();
    if (this.#session !== this.#tracer.session || !this.#hooks.isInstalled) {
      this.#session = this.#tracer.session;
      this.#hooks.remove();
      this.#counting.restart();
      // Code and classes that died meanwhile were not heard of.
      this.#watched.clear();
      this.#hooks.install();
    }
    this.#counting.limit(this.#tracer.limit !== null);
    if (this.#tracer.limit !== null) this.#limit.install();
  }

  get #ledger(): LedgerCalls {
    return this.#counting.ledger.calls;
  }

  #unhook(): void {
    this.events.drop();
    this.#limit.remove();
    this.#hooks.remove();
  }

  /** For whom the limit refuses. */
  #where(): TracebackRow {
    try {
      return this.#walk?.traceback() ?? 0;
    } catch {
      return 0;
    }
  }

  /** The guest's own tracemalloc takes the reference tracer, and when it stops perhaps our allocators, too. */
  #read(): void {
    this.events.flush();
    this.#counting.ledger.settle();
    if (!this.#hooks.isInstalled) return;
    const isCalled = excluding(this.events)(() => this.#hooks.isCalled());
    if (!isCalled) {
      this.#limit.remove();
      this.#hooks.remove();
      this.#hooks.install();
      if (this.#tracer.limit !== null) this.#limit.install();
    }
    const hasTracer = this.#hooks.takeRefTracer();
    if ((isCalled && hasTracer) || this.#warned) return;
    this.#warned = true;
    this.#onWarning(
      isCalled
        ? "something else in the guest, such as CPython's own tracemalloc, uses the reference tracer: meanwhile blocks have no types, and those that CPython uses again keep the line that made them first"
        : 'the allocators were replaced in the guest, so that what was allocated meanwhile is missing',
    );
  }
}
