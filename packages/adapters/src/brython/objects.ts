import type { DomainRow, Tracer, TypeRow } from '@tracemalloc/core';
import type { Findings, Token, Watcher } from '../frees/watcher.ts';
import { firstRoom, splitRoom } from '../python/sizes/cpython-rules.ts';
import { BlockSlots, type SlotMap } from './block-slots.ts';
import { Closures } from './closures.ts';
import { type FrameReader, unrecorded } from './frames.ts';
import { GuestToken } from './guest-token.ts';
import type { BrythonInternals, FrameCell, GuestClass, GuestObject } from './host.ts';
import { PeakGuard } from './peak-guard.ts';
import type { SizeModel } from './sizes.ts';

/**
 * Where a recorded object keeps its token. A symbol, since Brython keeps the items of a dict as
 * string-named properties.
 */
const tokenKey: unique symbol = Symbol('tracemalloc');

type Tracked = GuestObject & { [tokenKey]?: GuestToken };

/** What the table needs to know of an object's class. */
type ClassInfo = {
  readonly type: TypeRow;
  /** First guess of the bytes of an instance, until it is measured. */
  readonly base: number;
  readonly item: number;
  /** Room for attributes that the next object gets, as long as CPython is learning; else −1. */
  room: number;
  readonly isGenerator: boolean;
  readonly isFunction: boolean;
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
  readonly #intType: TypeRow;
  readonly #classes = new WeakMap<GuestClass, ClassInfo>();
  readonly #obType: symbol;
  readonly #unknownClass: ClassInfo;
  readonly #guard: PeakGuard;
  #lastClass: GuestClass | null = null;
  #lastInfo: ClassInfo;
  readonly #closures = new Closures();
  readonly #slots = new BlockSlots();
  /** The tracer's generation when it forgot all blocks: older tokens mean nothing any more. */
  #epoch = 0;
  /** The tracer's, that the blocks of here are of. */
  #session = -1;
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
    this.#intType = tracer.type('int');
    this.#watcher = watch({ dead: this.#release, alive: this.#measure });
    this.#guard = new PeakGuard(tracer, this.#watcher);
    this.#unknownClass = {
      type: 0,
      base: 16,
      item: 0,
      room: -1,
      isGenerator: false,
      isFunction: false,
      isAccelerated: false,
    };
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

  /** Strs of `list` are its own, even where they equal a literal of the program. */
  readonly ownTexts = (list: GuestObject): void => {
    const token = tokenOf(list);
    if (token === undefined) return;
    token.hasOwnTexts = true;
    token.capacity = Math.max(token.capacity, splitRoom);
  };

  /** `dict` was made of another one, whose ints it shares. */
  readonly copied = (dict: GuestObject): void => {
    const token = tokenOf(dict);
    if (token !== undefined) token.isCopy = true;
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
    this.#checkSession();
    return token.epoch >= this.#epoch ? token.slot : -1;
  }

  /** Items that an object has room for; −1 when it is not known. */
  capacityOf(object: GuestObject): number {
    return tokenOf(object)?.capacity ?? -1;
  }

  /**
   * A list, dict or set has got an item. Once it has no room for it, CPython allocates its buffer
   * anew, at the line that is running: so does this. Hot; never throws into the guest.
   */
  readonly grow = (object: GuestObject, used: number): void => {
    const token = (object as Tracked)[tokenKey];
    if (token === undefined) return;
    const items = used < 0 ? ++token.used : used;
    if (items <= token.capacity || token.target !== object || this.#suspended !== 0) return;
    try {
      this.#enlarge(token, items);
    } catch {
      this.failed++;
    }
  };

  /** Releases the blocks of dead objects and measures the others, as far as frees can be seen now. */
  settle(): void {
    if (this.#guard.isReading) return;
    this.suspend(() => {
      this.#checkSession();
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
    let capacity = -1;
    let size = info.base;
    if (info.item !== 0) {
      capacity = lengthOf(object);
      size += info.item * capacity;
    } else if (info.room >= 0) capacity = info.room--;
    const tracer = this.#tracer;
    if (tracer.session !== this.#session) this.#checkSession();
    let row = this.#frames.rowOf(info.isGenerator ? creatorOf(object, cell) : cell);
    if (row < 0) {
      // Inside a constructor that is C in CPython, only the object itself is one.
      if (row === unrecorded || !info.isAccelerated) return;
      row = -2 - row;
    }
    const slot = this.#slots.take();
    const token = new GuestToken(slot, object, tracer.generation, capacity);
    token.row = row;
    object[tokenKey] = token;
    tracer.alloc(this.#domain, slot, size, row, info.type);
    this.#watcher.add(token);
    if (info.isFunction) this.#recordCells(token, cell, info);
    if (this.#guard.count(size)) this.suspend(() => this.#guard.relieve());
  }

  /** The variables of the frame that a new function shares with it, unless another has them. */
  #recordCells(token: GuestToken, cell: FrameCell, info: ClassInfo): void {
    if (this.#sizes.capacity === null) return;
    const count = this.#closures.newVariables(token.target, cell.frame);
    if (count === 0) return;
    token.capacity = count;
    const slot = this.#slots.take();
    this.#slots.buffers.set(token.slot, slot);
    const bytes = this.#sizes.buffer(token.target, count);
    this.#tracer.alloc(this.#domain, slot, bytes, this.#frames.parentOf(cell), info.type);
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
        room: this.#sizes.learnsRoom(guestClass) ? firstRoom : -1,
        isGenerator: guestClass === this.#$B['generator'],
        isFunction: guestClass === this.#$B['function'],
        isAccelerated: this.#sizes.isAccelerated(guestClass),
      };
      this.#classes.set(guestClass, info);
    }
    this.#lastClass = guestClass;
    this.#lastInfo = info;
    return info;
  }

  /** When the tracer has forgotten all blocks, so must we. */
  #checkSession(): void {
    if (this.#session === this.#tracer.session) return;
    this.#session = this.#tracer.session;
    this.#forget();
  }

  /** All tokens become void; slots start anew. */
  #forget(): void {
    this.#epoch = this.#tracer.generation;
    this.#guard.reset();
    this.#watcher.reset();
    this.#slots.clear();
  }

  readonly #release = (slot: number): void => {
    if (this.#session !== this.#tracer.session) {
      this.#checkSession();
      return;
    }
    this.#drop(this.#slots.buffers, slot);
    this.#drop(this.#slots.ints, slot);
    this.#tracer.free(this.#domain, slot);
    this.#slots.give(slot);
  };

  /** Frees a block that belongs to another one. */
  #drop(map: SlotMap, slot: number): void {
    const other = map.of(slot);
    if (other < 0) return;
    this.#tracer.free(this.#domain, other);
    map.set(slot, -1);
    this.#slots.give(other);
  }

  /** Gives ints that come from another line a block there. Tells what is left: all, or none. */
  #setInts(token: GuestToken, bytes: number): number {
    const { ints } = this.#slots;
    const known = ints.of(token.slot);
    if (known >= 0) {
      if (bytes > 0) this.#tracer.resize(this.#domain, known, bytes);
      else this.#drop(ints, token.slot);
      return 0;
    }
    if (bytes === 0 || token.epoch !== this.#tracer.generation) return bytes;
    const row = this.#frames.sourceRowOf(token.row);
    if (row < 0) return bytes;
    const made = this.#slots.take();
    ints.set(token.slot, made);
    this.#tracer.alloc(this.#domain, made, bytes, row, this.#intType);
    return 0;
  }

  readonly #measure = (found: Token): void => {
    const token = found as GuestToken; // The watcher was given no other.
    if (this.#clearing) delete (token.target as Tracked)[tokenKey];
    if (token.epoch < this.#epoch) return;
    try {
      const measured = this.#sizes.measure(token.target, token);
      const { own, buffer } = measured;
      const held = measured.values + this.#setInts(token, measured.ints);
      if (buffer > 0 && this.#setBuffer(token, buffer + held)) {
        this.#tracer.resize(this.#domain, token.slot, own);
      } else {
        if (buffer === 0) this.#drop(this.#slots.buffers, token.slot);
        this.#tracer.resize(this.#domain, token.slot, own + buffer + held);
      }
    } catch {
      this.failed++;
    }
  };

  /** Gives a container's second block its size. False when it is not known any more where to make it. */
  #setBuffer(token: GuestToken, bytes: number): boolean {
    const buffer = this.#slots.buffers.of(token.slot);
    if (buffer >= 0) {
      this.#tracer.resize(this.#domain, buffer, bytes);
      return true;
    }
    if (token.epoch !== this.#tracer.generation) return false;
    const made = this.#slots.take();
    this.#slots.buffers.set(token.slot, made);
    this.#tracer.alloc(this.#domain, made, bytes, token.row, this.#typeOf(token.target));
    return true;
  }

  #typeOf(object: Tracked): TypeRow {
    const guestClass = (object.ob_type ?? object[this.#obType]) as GuestClass | undefined;
    return this.#infoOf(guestClass).type;
  }

  #enlarge(token: GuestToken, items: number): void {
    const { capacity } = this.#sizes;
    const cell = this.#$B.frame_obj;
    if (capacity === null || cell === null || cell === undefined) return;
    this.#checkSession();
    if (token.epoch < this.#epoch) return;
    const object = token.target;
    const guestClass = (object.ob_type ?? object[this.#obType]) as GuestClass;
    token.used = this.#sizes.items(object, items);
    const room = capacity(object, token.used, token.capacity);
    token.capacity = room;
    let row = this.#frames.rowOf(cell);
    if (row === unrecorded) return;
    if (row < 0) row = -2 - row;
    const buffer = this.#slots.buffers.of(token.slot);
    // A small container that is filled where it was made is one block until it is measured.
    if (buffer < 0 && row === token.row && room <= smallRoom) return;
    const bytes = this.#sizes.buffer(object, room);
    if (buffer >= 0) {
      token.row = row;
      this.#tracer.realloc(this.#domain, buffer, buffer, bytes, row, this.#typeOf(object));
      return;
    }
    this.#tracer.resize(this.#domain, token.slot, this.#infoOf(guestClass).base);
    const made = this.#slots.take();
    this.#slots.buffers.set(token.slot, made);
    token.row = row;
    this.#tracer.alloc(this.#domain, made, bytes, row, this.#typeOf(object));
  }
}

/** Items of a small container. */
const smallRoom = 16;

function tokenOf(object: unknown): GuestToken | undefined {
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
