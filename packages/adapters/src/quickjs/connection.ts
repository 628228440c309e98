import type { Tracer } from '@tracemalloc/core';
import { BlockLimit } from '../contract/index.ts';
import type { HostStack } from '../host-frames/index.ts';
import { makeGates } from '../wasm/allocation-gates.ts';
import { MemoryViews } from '../wasm/memory-views.ts';
import { FrameLabels } from './frames/frame-labels.ts';
import { GuestNames } from './frames/guest-names.ts';
import { StackWalk } from './frames/stack-walk.ts';
import { type Address, addressOf, type Handle, type QuickJsRuntime } from './host.ts';
import type { TraceableInstance } from './instance.ts';
import { BlockEvents, blockShift } from './objects/block-events.ts';
import { ClassRows } from './objects/class-rows.ts';
import { Cycles } from './objects/late-collector.ts';
import { type MallocFunctions, makeShim, type ShimEvents } from './objects/shim.ts';

/** `JSMallocFunctions`: the first words of a `JSRuntime`. */
const names = ['malloc', 'free', 'realloc'] as const;

type Contexts = { readonly contextMap?: ReadonlyMap<unknown, { newObject(): Handle }> };

/** Its contexts, of which it keeps a list. */
function contextsOf(host: QuickJsRuntime): Iterable<{ newObject(): Handle }> {
  return (host as unknown as Contexts).contextMap?.values() ?? [];
}

/** All that hangs on a runtime while a tracer listens to it. */
export class Connection {
  readonly events: BlockEvents;
  /** How the guest labels what it allocates. */
  readonly labels: FrameLabels;
  readonly memory: MemoryViews;
  readonly runtime: Address;
  readonly #host: QuickJsRuntime;
  readonly #instance: TraceableInstance;
  readonly #tracer: Tracer;
  readonly #walk: StackWalk;
  readonly #classes: ClassRows;
  readonly #shim: MallocFunctions;
  readonly #limit: BlockLimit;
  readonly #cycles: Cycles;
  readonly #undo: readonly (() => void)[];
  #session = -1;
  /** What was there before, while ours are. */
  #replaced: readonly { readonly ours: number; readonly theirs: number }[] = [];

  /**
   * @param native Reads QuickJS's own functions, too; `null` where nobody asks for them.
   * @param listen What is to hear of events, given those that the tracer hears of: for the self-test, which looks on.
   * @throws RangeError or TypeError where something is missing.
   */
  constructor(
    host: QuickJsRuntime,
    instance: TraceableInstance,
    tracer: Tracer,
    native: HostStack | null = null,
    listen: (events: ShimEvents) => ShimEvents = (events) => events,
  ) {
    const { layout } = instance;
    this.#host = host;
    this.#instance = instance;
    this.#tracer = tracer;
    this.runtime = addressOf(host);
    this.memory = new MemoryViews(instance.memory);
    const { memory, runtime } = this;
    const guestNames = new GuestNames(memory, layout, runtime);
    this.#classes = new ClassRows(tracer, memory, layout, guestNames, runtime);
    this.#walk = new StackWalk(tracer, memory, layout, guestNames, this.#classes, runtime);
    this.labels = new FrameLabels(tracer, memory, layout, this.#classes, this.#walk, runtime);
    const domain = tracer.domain({ name: 'javascript', ids: 'address', shift: blockShift });
    const { labels } = this;
    const parts = {
      tracer,
      domain,
      walk: this.#walk,
      classes: this.#classes,
      labels,
      host: native,
    };
    this.events = new BlockEvents(parts);
    this.#shim = makeShim(this.#originals(), listen(this.events));
    this.#cycles = new Cycles(memory, runtime + layout.runtime.threshold);
    const { events } = this;
    this.#limit = new BlockLimit({
      ...{ tracer, domain, events, collector: this.#cycles },
      isRunning: () => {
        memory.refresh();
        return memory.word(runtime + layout.runtime.frame) !== 0;
      },
      stack: () => events.traceback(),
    });
    this.#undo = [tracer.onSwitch(() => this.#sync()), tracer.onRead(() => this.events.flush())];
    this.#sync();
  }

  excludeFile(file: string): void {
    this.#walk.excludeFile(file);
  }

  close(): void {
    for (const undo of this.#undo) undo();
    this.#unhook();
  }

  /** A collection of cycles, which QuickJS does when so many bytes are in use, and an object is made. */
  collect(): void {
    const [context] = contextsOf(this.#host);
    if (context === undefined) return;
    this.#cycles.collectIn(() => context.newObject().dispose());
  }

  #originals(): MallocFunctions {
    const { table } = this.#instance;
    const functions = names.map((name, i) => {
      const index = this.memory.word(this.runtime + 4 * i);
      const callable = index < table.length ? table.get(index) : null;
      if (callable === null) throw new TypeError(`it has no function ${name}`);
      return [name, callable] as const;
    });
    return Object.fromEntries(functions) as MallocFunctions;
  }

  /** Hooks are in place only while the tracer is on: a stopped one costs nothing. */
  #sync(): void {
    // A limit that changes ends nothing.
    if (this.#session === this.#tracer.session) this.events.flush();
    else this.events.drop();
    this.#session = this.#tracer.session;
    if (!this.#tracer.on) {
      this.#unhook();
      return;
    }
    // Code that died meanwhile was not heard of.
    this.#walk.forget();
    this.#classes.forget();
    if (!this.#host.alive) return;
    const { table, freeSlots } = this.#instance;
    const shim = this.#shim;
    const functions = this.#tracer.limit === null ? shim : limitedBy(this.#limit, shim);
    if (this.#replaced.length > 0) {
      for (const [i, { ours }] of this.#replaced.entries()) {
        table.set(ours, functions[names[i]!] as never);
      }
      return;
    }
    this.memory.refresh();
    this.#replaced = names.map((name, i) => {
      const ours = freeSlots.pop() ?? table.grow(1);
      table.set(ours, functions[name] as never);
      const at = (this.runtime >>> 2) + i;
      const theirs = this.memory.u32[at]!;
      this.memory.u32[at] = ours;
      return { ours, theirs };
    });
  }

  #unhook(): void {
    this.events.drop();
    this.memory.refresh();
    if (this.#host.alive) this.#cycles.cancel();
    for (const [i, { ours, theirs }] of this.#replaced.entries()) {
      // The memory of a runtime that was disposed of is somebody else's.
      if (this.#host.alive) this.memory.u32[(this.runtime >>> 2) + i] = theirs;
      this.#instance.table.set(ours, null);
      this.#instance.freeSlots.push(ours);
    }
    this.#replaced = [];
  }
}

function limitedBy(limit: BlockLimit, functions: MallocFunctions): MallocFunctions {
  const [malloc, realloc] = makeGates(
    [
      { original: functions.malloc, signature: 'ii:i', bytes: 1 },
      { original: functions.realloc, signature: 'iii:i', from: 1, bytes: 2 },
    ],
    limit,
  );
  return { malloc, free: functions.free, realloc };
}
