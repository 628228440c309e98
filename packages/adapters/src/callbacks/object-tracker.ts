/// <reference lib="esnext.disposable" preserve="true" />
import type { Bytes, DomainRow, Traceback, Tracer, TypeRow } from '@tracemalloc/core';
import { checkOptions } from '../contract/options.ts';
import { shown } from '../contract/shown.ts';
import { exposedGc } from '../frees/exposed-gc.ts';
import { type Findings, Token, type Watcher } from '../frees/watcher.ts';
import { WeakRefWatcher } from '../frees/weak-ref-watcher.ts';
import { type Collector, WeakSetWatcher } from '../frees/weak-set-watcher.ts';
import { Failures } from './failures.ts';
import type { TracebackSource } from './frames.ts';

/** What {@link ObjectTracker} is made with. */
export type ObjectTrackerOptions = {
  /** A name for people: `js-interpreter`. */
  readonly name: string;
  /**
   * Bytes of an object. Called when it is recorded, and again for the living whenever frees are
   * looked for, so that what grew is seen. Must not change the object. Where it throws, or gives no
   * size, the object keeps the size that it had (0 at first) and {@link ObjectTracker.failures}
   * counts it; after 16 in a row it is asked no more.
   */
  readonly sizeOf: (object: object) => Bytes;
  /** CPython's domain number, for DomainFilter. Default 0, the guest's own heap. */
  readonly code?: number;
  /**
   * How to see frees at once, which `@tracemalloc/adapters/callbacks/node` has. Without it they
   * are seen between turns, by {@link ObjectTracker.settleLater}.
   */
  readonly collector?: Collector | null;
};

/** Numbers and the name are the tracer's to check. */
const rules = {
  name: 'string',
  sizeOf: 'function',
  code: 'number',
  collector: 'object or null',
} as const;

type Marked = object & { [mark: symbol]: Token | undefined };

/**
 * Blocks that are JavaScript objects, of which nobody says when they die: the tracker finds out
 * by weak references. It keeps no object alive. While it is attached, objects carry a property
 * under a symbol of the tracker's own; those that take none (frozen ones) are remembered in a
 * WeakMap instead, which makes garbage collections slower. What `sizeOf` allocates itself is ignored.
 */
export class ObjectTracker {
  readonly #tracer: Tracer;
  readonly #stack: TracebackSource;
  readonly #sizeOf: (object: object) => Bytes;
  readonly #domain: DomainRow;
  readonly #code: number;
  readonly #watcher: Watcher;
  readonly #failures: Failures;
  #isMeasuring = false;
  readonly #mark: symbol = Symbol('tracemalloc');
  readonly #unmarked = new WeakMap<object, Token>();
  readonly #stopListening: () => void;
  /** Slots are the block ids: small, dense, and used again. */
  #freeSlots: number[] = [];
  #nextSlot = 0;
  #epoch = 1;
  #detached = false;
  /** The tracer's, at which the blocks of here were recorded. */
  #session: number;
  /** Objects that the guest released itself, until the watcher finds them dead. */
  readonly #released = new Set<number>();
  /** Where the living are noted while somebody asks for them. */
  #living: object[] | null = null;

  /**
   * Settles by itself before memory is read, until {@link detach}.
   * @throws TypeError or RangeError that names the option.
   */
  constructor(tracer: Tracer, stack: TracebackSource, options: ObjectTrackerOptions) {
    checkOptions('ObjectTracker', options, rules);
    const { name, sizeOf, code = 0, collector = null } = options;
    if (sizeOf === undefined) throw new TypeError('option sizeOf of ObjectTracker is missing');
    this.#tracer = tracer;
    this.#stack = stack;
    this.#sizeOf = sizeOf;
    this.#code = code;
    this.#failures = new Failures(tracer, 'sizeOf');
    this.#domain = tracer.domain({ name, ids: 'address', shift: 0, code });
    this.#session = tracer.session;
    const findings: Findings = { dead: (slot) => this.#dead(slot), alive: (t) => this.#alive(t) };
    this.#watcher =
      collector === null
        ? new WeakRefWatcher(exposedGc(), findings)
        : new WeakSetWatcher(collector, findings);
    this.#stopListening = tracer.onRead(() => this.settle());
  }

  /** How frees are seen, for the adapter's `caps.frees`. */
  get liveness(): Watcher['liveness'] {
    return this.#watcher.liveness;
  }

  /** How often `sizeOf` failed. */
  get failures(): number {
    return this.#failures.count;
  }

  /** Records an object, allocated by the line that the guest is on. An object counts once. */
  track(object: object, type: TypeRow = 0): void {
    const tracer = this.#tracer;
    if (!tracer.on || this.#detached || this.#isMeasuring) return;
    this.#checkSession();
    if (this.#tokenOf(object)?.epoch === this.#epoch) return;
    const traceback = this.#stack.traceback();
    if (traceback < 0) return;
    const size = this.#measure(object) ?? 0;
    // A sizeOf that forgets all traces makes the traceback void, too.
    if (tracer.session !== this.#session || !tracer.on) return;
    const slot = this.#freeSlots.pop() ?? this.#nextSlot++;
    const token = new Token(slot, object, this.#epoch);
    this.#put(object, token);
    tracer.alloc(this.#domain, slot, size, traceback, type);
    this.#watcher.add(token);
  }

  /** The guest itself says that an object is gone. Unknown ones are ignored. */
  release(object: object): void {
    const token = this.#known(object);
    if (token === undefined) return;
    this.#tracer.free(this.#domain, token.slot);
    this.#released.add(token.slot);
  }

  /** Where an object was allocated; `null` when it is not traced. */
  tracebackOf(object: object): Traceback | null {
    const token = this.#known(object);
    return token === undefined ? null : this.#tracer.getTraceback(this.#code, token.slot);
  }

  /** The block that stands for an object, and its bytes; `null` when it is not traced. */
  blockOf(object: object): {
    readonly block: number;
    readonly domain: number;
    readonly size: Bytes;
  } | null {
    const token = this.#known(object);
    if (token === undefined) return null;
    return { block: token.slot, domain: this.#code, size: this.#measure(object) ?? 0 };
  }

  /** The objects that are traced and live, as far as the host can say at once. */
  living(): object[] {
    const found: object[] = [];
    this.#living = found;
    this.settle();
    this.#living = null;
    return found;
  }

  /** Finds the dead and measures the living, as far as the host allows at once. */
  settle(): void {
    if (this.#isMeasuring) return;
    this.#checkSession();
    this.#watcher.settle();
  }

  /** The same between turns: as exactly as the host allows. */
  async settleLater(): Promise<void> {
    await this.#watcher.settleLater();
  }

  /** Forgets all objects, takes its marks off them and no longer settles before reads. */
  detach(): void {
    this.#detached = true;
    this.#watcher.look();
    this.#tracer.freeAll(this.#domain);
    this.#stopListening();
    this.#forget();
  }

  /** Detaches, at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.detach();
  }

  #known(object: object): Token | undefined {
    this.#checkSession();
    const token = this.#tokenOf(object);
    return token?.epoch === this.#epoch && !this.#released.has(token.slot) ? token : undefined;
  }

  #tokenOf(object: object): Token | undefined {
    const token = (object as Marked)[this.#mark];
    // What was inherited is no token of this object.
    return token?.target === object ? token : this.#unmarked.get(object);
  }

  #put(object: object, token: Token): void {
    try {
      if (Object.isExtensible(object)) {
        Object.defineProperty(object, this.#mark, hidden(token));
        return;
      }
    } catch {
      // A proxy that takes no property.
    }
    this.#unmarked.set(object, token);
  }

  #takeOff(object: object): void {
    try {
      Reflect.deleteProperty(object, this.#mark);
    } catch {
      // A proxy that does not let go of it.
    }
  }

  /** Bytes of an object; `null` where `sizeOf` does not say. */
  #measure(object: object): Bytes | null {
    const failures = this.#failures;
    if (failures.isOff) return null;
    this.#isMeasuring = true;
    try {
      const size = this.#sizeOf(object);
      if (!Number.isSafeInteger(size) || size < 0) {
        throw new RangeError(`sizeOf must give an integer in 0..2^53-1, got ${shown(size)}`);
      }
      failures.succeeded();
      return size;
    } catch (error) {
      failures.failed(error);
      return null;
    } finally {
      this.#isMeasuring = false;
    }
  }

  #checkSession(): void {
    if (this.#session === this.#tracer.session) return;
    this.#session = this.#tracer.session;
    this.#forget();
  }

  #forget(): void {
    this.#epoch++;
    this.#watcher.reset();
    this.#released.clear();
    this.#freeSlots = [];
    this.#nextSlot = 0;
  }

  #dead(slot: number): void {
    if (this.#session !== this.#tracer.session) return;
    if (!this.#released.delete(slot)) this.#tracer.free(this.#domain, slot);
    this.#freeSlots.push(slot);
  }

  #alive(token: Token): void {
    if (this.#detached) this.#takeOff(token.target);
    if (this.#session !== this.#tracer.session || token.epoch !== this.#epoch) return;
    if (this.#released.has(token.slot)) return;
    this.#living?.push(token.target);
    const size = this.#measure(token.target);
    if (size !== null) this.#tracer.resize(this.#domain, token.slot, size);
  }
}

/** Not enumerable: a copy of the object must not keep the object alive. */
function hidden(token: Token): PropertyDescriptor {
  return { value: token, configurable: true };
}
