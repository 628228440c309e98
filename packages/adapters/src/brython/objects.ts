import type { DomainRow, Tracer, TypeRow } from '@tracemalloc/core';
import { type FrameReader, unrecorded } from './frames.ts';
import type { BrythonInternals, FrameCell, GuestClass, GuestObject } from './host.ts';
import { PeakGuard } from './peak-guard.ts';
import type { SizeModel } from './sizes.ts';
import { type Findings, Token, type Watcher } from './watcher.ts';

/**
 * Where a recorded object keeps its token. A symbol, since Brython keeps the items of a dict as
 * string-named properties.
 */
const tokenKey: unique symbol = Symbol('tracemalloc');

type Tracked = GuestObject & { [tokenKey]?: Token };

/** What the table needs to know of an object's class. */
type ClassInfo = {
  readonly type: TypeRow;
  /** First guess of the bytes of an instance, until it is measured. */
  readonly base: number;
  readonly item: number;
  readonly isGenerator: boolean;
  /** Python code here, C in CPython. */
  readonly isAccelerated: boolean;
};

/** The recorded objects of one interpreter: a slot each, which is the block's id in the tracer. */
export class ObjectTable {
  readonly #$B: BrythonInternals;
  readonly #tracer: Tracer;
  readonly #frames: FrameReader;
  readonly #sizes: SizeModel;
  readonly #domain: DomainRow;
  readonly #watcher: Watcher;
  readonly #classes = new WeakMap<GuestClass, ClassInfo>();
  readonly #obType: symbol;
  readonly #unknownClass: ClassInfo;
  readonly #guard: PeakGuard;
  #lastClass: GuestClass | null = null;
  #lastInfo: ClassInfo;
  #free: Int32Array = new Int32Array(1024);
  #freeCount = 0;
  #nextSlot = 0;
  /** A slot in use, to see whether the tracer still knows our blocks; −1 when none is. */
  #someSlot = -1;
  #epoch = 1;
  #generation = -1;
  #suspended = 0;
  #clearing = false;
  /** Objects that could not be recorded, e.g. because they are frozen. */
  failed = 0;

  constructor(
    $B: BrythonInternals,
    tracer: Tracer,
    frames: FrameReader,
    sizes: SizeModel,
    watch: (findings: Findings) => Watcher,
  ) {
    this.#$B = $B;
    this.#tracer = tracer;
    this.#frames = frames;
    this.#sizes = sizes;
    this.#obType = $B.OB_TYPE;
    this.#domain = tracer.domain({ name: 'brython', ids: 'address', shift: 0, code: 0 });
    this.#watcher = watch({ dead: this.#release, alive: this.#measure });
    this.#guard = new PeakGuard(tracer, this.#watcher);
    this.#unknownClass = { type: 0, base: 16, item: 0, isGenerator: false, isAccelerated: false };
    this.#lastInfo = this.#unknownClass;
  }

  get liveness(): Watcher['liveness'] {
    return this.#watcher.liveness;
  }

  /** Records `object` as a new block. Hot; never throws into the guest. */
  readonly track = (object: GuestObject): void => {
    if (this.#suspended !== 0) return;
    const cell = this.#$B.frame_obj;
    if (cell === null || cell === undefined) return;
    try {
      this.#record(object as Tracked, cell);
    } catch {
      this.failed++;
    }
  };

  /** Runs `work` without recording what it allocates. */
  suspend<T>(work: () => T): T {
    this.#suspended++;
    try {
      return work();
    } finally {
      this.#suspended--;
    }
  }

  /** The block of `object`, or −1 when it is not recorded. */
  slotOf(object: unknown): number {
    const token = tokenOf(object);
    if (token === undefined) return -1;
    this.#checkGeneration();
    return token.epoch === this.#epoch ? token.slot : -1;
  }

  /** Length that a list or tuple was made with; −1 when it is not known. */
  createdLengthOf(object: GuestObject): number {
    return tokenOf(object)?.created ?? -1;
  }

  /** Releases the blocks of dead objects and measures the others, as far as frees can be seen now. */
  settle(): void {
    if (this.#guard.isReading) return;
    this.suspend(() => {
      this.#checkGeneration();
      this.#watcher.settle();
    });
  }

  async settleLater(): Promise<void> {
    await this.#watcher.settleLater();
  }

  /** Takes the tokens off all objects. */
  clear(): void {
    this.#clearing = true;
    this.suspend(() => this.#watcher.settle());
    this.#clearing = false;
    this.#forget();
  }

  #record(object: Tracked, cell: FrameCell): void {
    const known = object[tokenKey];
    // A copied property is no token of the copy's.
    if (known !== undefined && known.target === object) return;
    const guestClass = (object.ob_type ?? object[this.#obType]) as GuestClass | undefined;
    const info = guestClass === this.#lastClass ? this.#lastInfo : this.#infoOf(guestClass);
    const created = info.item === 0 ? -1 : lengthOf(object);
    const size = info.item === 0 ? info.base : info.base + info.item * created;
    const tracer = this.#tracer;
    if (tracer.generation !== this.#generation) this.#checkGeneration();
    let row = this.#frames.rowOf(info.isGenerator ? creatorOf(object, cell) : cell);
    if (row < 0) {
      // Inside a constructor that is C in CPython, only the object itself is one.
      if (row === unrecorded || !info.isAccelerated) return;
      row = -2 - row;
    }
    const slot = this.#freeCount > 0 ? this.#free[--this.#freeCount]! : this.#nextSlot++;
    const token = new Token(slot, object, this.#epoch, created);
    object[tokenKey] = token;
    tracer.alloc(this.#domain, slot, size, row, info.type);
    this.#someSlot = slot;
    this.#watcher.add(token);
    if (this.#guard.count(size)) this.suspend(() => this.#guard.relieve());
  }

  #infoOf(guestClass: GuestClass | undefined): ClassInfo {
    if (guestClass === undefined || guestClass === null) return this.#unknownClass;
    let info = this.#classes.get(guestClass);
    if (info === undefined) {
      const { base, item } = this.#sizes.guess(guestClass);
      info = {
        type: this.#tracer.type(guestClass.tp_name ?? ''),
        base,
        item,
        isGenerator: guestClass === this.#$B['generator'],
        isAccelerated: this.#sizes.isAccelerated(guestClass),
      };
      this.#classes.set(guestClass, info);
    }
    this.#lastClass = guestClass;
    this.#lastInfo = info;
    return info;
  }

  /**
   * The tracer's generation changes when it forgets all blocks (start, stop, clear), and also when
   * it only renumbers its tracebacks. One of our blocks tells which it was.
   */
  #checkGeneration(): void {
    if (this.#generation === this.#tracer.generation) return;
    this.#generation = this.#tracer.generation;
    if (this.#someSlot < 0 || this.#tracer.getTraceback(0, this.#someSlot) !== null) return;
    this.#forget();
  }

  /** All tokens become void; slots start anew. */
  #forget(): void {
    this.#epoch++;
    this.#guard.reset();
    this.#watcher.reset();
    this.#freeCount = 0;
    this.#nextSlot = 0;
    this.#someSlot = -1;
  }

  readonly #release = (slot: number): void => {
    if (this.#generation !== this.#tracer.generation) {
      const epoch = this.#epoch;
      this.#checkGeneration();
      if (epoch !== this.#epoch) return;
    }
    this.#tracer.free(this.#domain, slot);
    if (slot === this.#someSlot) this.#someSlot = -1;
    if (this.#freeCount === this.#free.length) {
      const larger = new Int32Array(this.#freeCount * 2);
      larger.set(this.#free);
      this.#free = larger;
    }
    this.#free[this.#freeCount++] = slot;
  };

  readonly #measure = (token: Token): void => {
    if (this.#clearing) delete (token.target as Tracked)[tokenKey];
    if (token.epoch !== this.#epoch) return;
    if (this.#someSlot < 0) this.#someSlot = token.slot;
    try {
      const bytes = this.#sizes.traced(token.target, token.created);
      this.#tracer.resize(this.#domain, token.slot, bytes);
    } catch {
      this.failed++;
    }
  };
}

function tokenOf(object: unknown): Token | undefined {
  if (object === null || (typeof object !== 'object' && typeof object !== 'function'))
    return undefined;
  const token = (object as Tracked)[tokenKey];
  return token?.target === object ? token : undefined;
}

/** Cheap, and 0 for what has no length (yet). */
function lengthOf(object: object): number {
  return (object as { length?: number }).length! | 0;
}

/** A generator object is made while its function's frame is already on the stack. */
function creatorOf(object: GuestObject, cell: FrameCell): FrameCell {
  const { js_gen: inner } = object as { js_gen?: { $name?: string } };
  return cell.prev === null || inner?.$name === '<genexpr>' ? cell : cell.prev;
}
