import type { DomainRow, Tracer } from '@tracemalloc/core';
import { BlockLimit } from '../contract/index.ts';
import type { HostStack } from '../host-frames/index.ts';
import { makeGates } from '../wasm/allocation-gates.ts';
import { MemoryViews } from '../wasm/memory-views.ts';
import {
  type ReplaceableFunction,
  replaceableFunctions,
  type WasmFunction,
} from '../wasm/replaceable.ts';
import type { HookPoints } from './code/hook-points.ts';
import { FrameLabels } from './frames/frame-labels.ts';
import { GuestNames, type StringData } from './frames/guest-names.ts';
import { StackWalk } from './frames/stack-walk.ts';
import type { TraceableInstance } from './instance.ts';
import { BlockEvents } from './objects/block-events.ts';
import { blockShift, bytesTaken, HeapTable } from './objects/heap-table.ts';
import { makeShim, type Originals, type Shim, type ShimEvents } from './objects/shim.ts';
import { TypeRows } from './objects/type-rows.ts';

type Gates = { readonly alloc: unknown; readonly realloc: unknown };

/** Looked on while something is traced. */
const whileTracing = ['alloc', 'free', 'realloc', 'collectEnd', 'newObject'] as const;

/** All that hangs on an interpreter while a tracer listens to it. */
export class Connection {
  readonly events: BlockEvents;
  /** How the guest labels what it allocates. */
  readonly labels: FrameLabels;
  readonly table: HeapTable;
  readonly shim: Shim;
  readonly #tracer: Tracer;
  readonly #domain: DomainRow;
  readonly #walk: StackWalk;
  readonly #types: TypeRows;
  readonly #names: GuestNames;
  readonly #functions: ReadonlyMap<string, ReplaceableFunction>;
  readonly #points: HookPoints;
  readonly #undo: (() => void)[] = [];
  #session = -1;
  #undoTracing: (() => void)[] = [];

  /**
   * @param native Reads MicroPython's own functions, too; `null` where nobody asks for them.
   * @param listen What is to hear of events, given those that the tracer hears of: for the self-test, which looks on.
   * @throws RangeError or TypeError where something is missing.
   */
  constructor(
    { exports, points, layout }: TraceableInstance,
    tracer: Tracer,
    native: HostStack | null = null,
    listen: (events: ShimEvents) => ShimEvents = (events) => events,
  ) {
    this.#tracer = tracer;
    this.#points = points;
    this.#functions = replaceableFunctions(exports);
    const memory = new MemoryViews(exports.memory);
    this.table = new HeapTable(memory, layout);
    const stringData = this.#functionOf('stringData').original as unknown as StringData;
    const stackPointer = exports['emscripten_stack_get_current'];
    if (typeof stackPointer !== 'function') throw new TypeError('it hides where its stack is');
    this.#names = new GuestNames(exports, memory, stringData);
    this.#undo.push(() => this.#names.dispose());
    const domain = tracer.domain({ name: 'python', ids: 'address', shift: blockShift });
    // Each needs the other: events are none before all is there.
    const late: ShimEvents = {
      allocated: (block, bytes, type) => heard.allocated(block, bytes, type),
      freed: (block) => heard.freed(block),
      moved: (from, to, bytes) => heard.moved(from, to, bytes),
      collected: () => heard.collected(),
    };
    this.shim = makeShim({ ...this.#originals(), stackPointer }, late);
    this.#walk = new StackWalk(tracer, memory, layout, this.#names, this.shim);
    this.labels = new FrameLabels(tracer, memory, this.shim);
    this.#types = new TypeRows(tracer, memory, layout, this.#names, this.table);
    const { table } = this;
    const { labels } = this;
    const parts = {
      tracer,
      domain,
      labels,
      walk: this.#walk,
      types: this.#types,
      table,
      host: native,
    };
    this.events = new BlockEvents(parts);
    const heard = listen(this.events);
    this.#domain = domain;
    // Always: a program may start tracing in the midst of its calls.
    this.#undo.push(this.#replace('execute'));
    this.#undo.push(tracer.onSwitch(() => this.#sync()));
    this.#undo.push(tracer.onRead(() => this.events.flush()));
    this.#sync();
  }

  /** Whether a Python function is running. */
  get isRunning(): boolean {
    return this.shim.depth.value > 0;
  }

  excludeFile(file: string): void {
    this.#walk.excludeFile(file);
  }

  close(): void {
    this.#unhook();
    for (const undo of this.#undo.splice(0).reverse()) undo();
  }

  /** Hooks of blocks are in place only while the tracer is on. */
  #sync(): void {
    // A limit that changes ends nothing.
    if (this.#session === this.#tracer.session) this.events.flush();
    this.#session = this.#tracer.session;
    this.#unhook();
    if (!this.#tracer.on) return;
    // What died meanwhile was not heard of.
    this.#walk.forget();
    this.#types.forget();
    const gates = this.#tracer.limit === null ? {} : this.#makeGates();
    this.#undoTracing = whileTracing.map((name) => this.#replace(name, gates));
  }

  #unhook(): void {
    this.events.drop();
    for (const undo of this.#undoTracing.splice(0).reverse()) undo();
  }

  /** @param gates What is in front of the shim's functions. */
  #replace(name: keyof Shim & keyof HookPoints, gates: Partial<Gates> = {}): () => void {
    const functions = { ...this.shim, ...gates };
    return this.#functionOf(name).replace(functions[name] as WasmFunction);
  }

  #makeGates(): Gates {
    const { events, shim } = this;
    const domain = this.#domain;
    const limit = new BlockLimit({
      ...{ tracer: this.#tracer, domain, events },
      // Beyond them an error ends in an endless loop of MicroPython's.
      isRunning: () => this.isRunning,
      stack: () => events.traceback(),
      // MicroPython sweeps when no Python code runs, and not before.
      collector: null,
    });
    const [alloc, realloc] = makeGates(
      [
        { original: shim.alloc, signature: 'ii:i', bytes: 0 },
        { original: shim.realloc, signature: 'iii:i', from: 0, bytes: 1 },
      ],
      {
        isRefused(from, bytes) {
          const refused = limit.isRefused(from, bytesTaken(bytes >>> 0));
          // The object that it was for is not made.
          if (refused !== 0) shim.type.value = 0;
          return refused;
        },
        // A block of a byte takes a unit.
        get room() {
          return limit.room >>> 4;
        },
      },
    );
    return { alloc, realloc };
  }

  #originals(): Omit<Originals, 'stackPointer'> {
    const names = [...whileTracing, 'execute'] as const;
    return Object.fromEntries(
      names.map((name) => [name, this.#functionOf(name).original]),
    ) as unknown as Omit<Originals, 'stackPointer'>;
  }

  #functionOf(name: keyof HookPoints): ReplaceableFunction {
    const found = this.#functions.get(String(this.#points[name]));
    if (found === undefined) throw new TypeError(`its function ${name} can't be replaced`);
    return found;
  }
}
