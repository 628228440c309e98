import type { Tracer, TypeRow } from '@tracemalloc/core';
import { type Collector, ObjectTracker, PulledStack } from '../callbacks/index.ts';
import { CoroutineLabels } from '../contract/index.ts';
import type { HostStack } from '../host-frames/index.ts';
import { StackWalk } from './frames/stack-walk.ts';
import type { Fengari, LuaThread } from './host.ts';
import type { Kind, ObjectClass } from './layout.ts';
import { type BirthListener, Births } from './objects/births.ts';
import { sizeOf } from './objects/sizes.ts';

/** The chunk name of Lua code that is ours: its frames and objects are left out. */
export const ownSource = 'tracemalloc';

/** A Lua state, and how it is traced. */
export type State = {
  readonly fengari: Fengari;
  readonly main: LuaThread;
  readonly tracer: Tracer;
  readonly classes: readonly ObjectClass[];
  readonly hasFrames: boolean;
  readonly collector: Collector | null;
  /** Reads fengari's own functions, too; `null` where nobody asks for them. */
  readonly host: HostStack | null;
};

/** All that hangs on a state while an adapter is attached. */
export class Connection implements BirthListener {
  readonly tracker: ObjectTracker;
  readonly stack: PulledStack;
  /** How the guest labels what it allocates. */
  readonly labels: CoroutineLabels<LuaThread>;
  readonly #main: LuaThread;
  readonly #tracer: Tracer;
  readonly #births: Births;
  readonly #walk: StackWalk;
  readonly #kinds: ReadonlyMap<object, Kind>;
  readonly #types = new Map<Kind, TypeRow>();
  readonly #stopListening: () => void;
  #suspended = 0;
  #isHooked = false;
  /** The number that an object of the state took last. */
  #lastId = 0;
  /** Births that something failed in. */
  failures = 0;

  constructor({ fengari, main, tracer, classes, hasFrames, collector, host }: State) {
    this.#main = main;
    this.#tracer = tracer;
    this.#births = Births.of(classes);
    this.#kinds = new Map(classes.map(({ prototype, kind }) => [prototype, kind]));
    this.labels = new CoroutineLabels(tracer, new WeakMap());
    const threadClass = classes.find(({ kind }) => kind === 'thread')!.prototype;
    const excluded = new Set([ownSource]);
    this.#walk = new StackWalk(fengari, tracer, main, { excluded, threadClass });
    const walk = (frames: Int32Array, limit: number): number =>
      hasFrames ? this.#walk.walk(frames, limit) : 0;
    this.stack = new PulledStack(tracer, walk, host);
    this.tracker = new ObjectTracker(tracer, this.stack, {
      name: 'lua',
      sizeOf: (object) => sizeOf(object, this.#kinds.get(Object.getPrototypeOf(object))!),
      collector,
    });
    for (const { kind } of classes) this.#types.set(kind, tracer.type(kind));
    this.#stopListening = tracer.onSwitch(() => this.#sync());
    this.#sync();
  }

  close(): void {
    this.#stopListening();
    this.#births.remove(this);
    this.tracker.detach();
  }

  exclude<T>(work: () => T): T {
    this.#suspended++;
    try {
      return work();
    } finally {
      this.#suspended--;
    }
  }

  excludeFile(file: string): void {
    this.#walk.exclude(file);
  }

  /** Nothing is thrown into the guest. What is made while nothing of the state runs is the host's. */
  born(object: object, kind: Kind): boolean {
    try {
      if (!this.#isOurs(object) || !this.#walk.isRunning) return false;
      if (this.#suspended === 0 && !this.#walk.isLeftOut()) {
        this.labels.run(this.#walk.newest);
        this.tracker.track(object, this.#types.get(kind));
        if (kind === 'thread') this.labels.made(object as LuaThread);
      }
    } catch {
      this.failures++;
    }
    return true;
  }

  /** Hooks are in place only while the tracer is on: a stopped one costs nothing. */
  #sync(): void {
    const { on } = this.#tracer;
    if (this.#isHooked === on) return;
    this.#isHooked = on;
    this.#lastId = this.#main.l_G.id_counter - 1;
    if (on) this.#births.add(this);
    else this.#births.remove(this);
  }

  /**
   * All but texts have just taken a number of their state. Another state may have come to the same: then it
   * is one that was taken here before.
   */
  #isOurs(object: object): boolean {
    const { id } = object as { readonly id?: number };
    if (id === undefined) return true;
    const isOurs = id > this.#lastId && this.#main.l_G.id_counter === id + 1;
    if (isOurs) this.#lastId = id;
    return isOurs;
  }
}
