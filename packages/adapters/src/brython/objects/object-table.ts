import type { DomainRow, MemoryExcess, Tracer } from '@tracemalloc/core';
import { excessMessage } from '../../contract/index.ts';
import type { Findings, Token, Watcher } from '../../frees/watcher.ts';
import type { ProgramText } from '../code/program-text.ts';
import type { FrameReader } from '../frames/frame-reader.ts';
import { shownRow, unrecorded } from '../frames/rows.ts';
import type { BrythonInternals, FrameCell, GuestObject } from '../host.ts';
import type { GuestLayout } from '../sizes/layout.ts';
import type { SizeModel } from '../sizes/size-model.ts';
import { Besides } from './besides.ts';
import { BlockSlots, passBlock } from './block-slots.ts';
import { Classes, type ClassInfo } from './classes.ts';
import { Closures } from './closures.ts';
import { creatorOf, lengthOf } from './creation.ts';
import { Cycles } from './cycles.ts';
import { Glance } from './glance.ts';
import { Growth, manyItems } from './growth.ts';
import { GuestToken, type Tracked, tokenKey, tokenOf } from './guest-token.ts';
import { Holders } from './holders.ts';
import { Ints } from './ints.ts';
import { Outline } from './outline.ts';
import { Parts } from './parts.ts';
import { PeakGuard } from './peak-guard.ts';
import { Texts } from './texts.ts';
import { ValueRecorder } from './value-recorder.ts';

/** What an object table is made of. */
export type ObjectTableParts = {
  readonly $B: BrythonInternals;
  readonly tracer: Tracer;
  readonly frames: FrameReader;
  readonly layout: GuestLayout;
  readonly sizes: SizeModel;
  readonly text: ProgramText;
  readonly watch: (findings: Findings) => Watcher;
};

/** The recorded objects of one interpreter: a slot each, which is the block's id in the tracer. */
export class ObjectTable {
  readonly values: ValueRecorder;
  readonly #$B: BrythonInternals;
  readonly #tracer: Tracer;
  readonly #frames: FrameReader;
  readonly #sizes: SizeModel;
  readonly #domain: DomainRow;
  readonly watcher: Watcher;
  readonly cycles: Cycles;
  readonly glance: Glance;
  readonly besides: Besides;
  readonly #classes: Classes;
  readonly #guard: PeakGuard;
  readonly #closures = new Closures();
  readonly #slots = new BlockSlots();
  readonly #parts: Parts;
  readonly #growth: Growth;
  /** The tracer's generation when it forgot all blocks: older tokens mean nothing any more. */
  #epoch = 0;
  /** The tracer's, that the blocks of here are of. */
  #session = -1;
  #excluded = 0;
  #clearing = false;
  #isCopying = false;
  #failures = 0;
  /** Why the block of the running event was refused. */
  #excess: MemoryExcess | null = null;

  constructor({ $B, tracer, frames, layout, sizes, text, watch }: ObjectTableParts) {
    this.#$B = $B;
    this.#tracer = tracer;
    this.#frames = frames;
    this.#sizes = sizes;
    this.#domain = tracer.domain({ name: 'brython', ids: 'address', shift: 0, code: 0 });
    this.watcher = watch({ dead: this.#release, alive: this.#measure });
    this.cycles = new Cycles(this.watcher, {
      layout,
      holders: () => new Holders($B, layout, this.isRecorded),
      slotOf: (object) => this.slotOf(object),
    });
    this.#classes = new Classes($B, tracer, sizes, text);
    const slots = this.#slots;
    this.#guard = new PeakGuard(tracer, {
      settleYoung: () => this.cycles.during(() => this.watcher.settleYoung()),
      settle: () => this.#look(true),
      get blocks() {
        return slots.count;
      },
    });
    this.glance = new Glance(this.#guard, new Outline($B, layout, this));
    this.#parts = new Parts(tracer, this.#domain, this.#slots, frames);
    this.besides = new Besides(
      { tracer, domain: this.#domain, slots },
      this.#parts,
      this.#classes,
      frames,
      {
        cell: () => {
          if (this.#excluded !== 0) return null;
          this.#checkSession();
          return $B.frame_obj;
        },
        isRecorded: (token) => token.epoch >= this.#epoch,
        failed: () => this.failed(),
      },
    );
    this.#growth = new Growth(tracer, this.#domain, this.#parts, frames, {
      sizes,
      classes: this.#classes,
      makeRoom: (bytes) => this.#makeRoom(bytes),
      admits: (bytes) => this.#admits(bytes),
    });
    const place = { tracer, domain: this.#domain, slots };
    const float = this.#classes.ofClass($B.builtins['float']);
    this.values = new ValueRecorder(
      new Texts(tracer, this.#domain, this.#slots, frames),
      new Ints(tracer, this.#domain, this.#slots, frames),
      new Holders($B, layout, this.isRecorded, (value) => this.values.isBorn(value)),
      {
        row: () => this.#rowOfValue(false),
        rowOfNumber: () => this.#rowOfValue(true),
        passFloat: (row) =>
          passBlock(place, float.guess.base, frames.native(row, 'object'), float.type),
        admit: this.admit,
        makeRoom: (bytes) => {
          const isTime = this.values.isTimeToLook();
          if (isTime) this.exclude(() => this.#look(true));
          return this.#makeRoom(bytes) || isTime;
        },
        isPeaking: () => this.#guard.isPeaking,
        look: () => this.exclude(() => this.#look(true)),
      },
    );
  }

  get liveness(): Watcher['liveness'] {
    return this.watcher.liveness;
  }

  /** Objects that could not be recorded or measured, e.g. because they are frozen. */
  get failures(): number {
    return this.#failures;
  }

  /** Something else of the adapter's failed in an event. */
  failed(): void {
    this.#failures++;
  }

  /** Throws the guest's MemoryError where a limit forbids so many bytes more. */
  readonly admit = (bytes: number): void => {
    if (this.#excluded === 0 && !this.#admits(bytes)) this.#raise();
  };

  /** Records `object` as a new block. Hot; never throws into the guest but its MemoryError. */
  readonly track = (object: GuestObject): void => {
    if (this.#excluded !== 0) return;
    const cell = this.#$B.frame_obj;
    if (cell === null || cell === undefined) return;
    try {
      this.#record(object as Tracked, cell);
    } catch {
      this.#failures++;
    }
    if (this.#excess !== null) this.#raise();
  };

  /** Records `object`, a new list that shares the items of another one. */
  readonly trackCopy = (object: GuestObject): void => {
    this.#isCopying = true;
    this.track(object);
    this.#isCopying = false;
  };

  /** Runs `work` without recording what it allocates. */
  exclude<T>(work: () => T): T {
    this.#excluded++;
    try {
      return work();
    } finally {
      this.#excluded--;
    }
  }

  /** The block of `object`, or −1 when it is not recorded. */
  slotOf(object: unknown): number {
    const token = tokenOf(object);
    if (token === undefined) return -1;
    this.#checkSession();
    return token.epoch >= this.#epoch ? token.slot : -1;
  }

  /** The blocks that the object of a slot has beside its own. Valid until the next call. */
  readonly partsOf = (slot: number): readonly number[] => this.#parts.of(slot);

  /** Whether an object has a block. */
  readonly isRecorded = (object: object): boolean => {
    const token = tokenOf(object);
    return token !== undefined && token.epoch >= this.#epoch;
  };

  /** Items that an object has room for; −1 when it is not known. */
  capacityOf(object: GuestObject): number {
    return tokenOf(object)?.capacity ?? -1;
  }

  /** A list, dict, set or bytearray has got an item. Hot; throws as {@link track}. */
  readonly grow = (object: GuestObject, used: number, item?: unknown): void => {
    const token = (object as Tracked)[tokenKey];
    if (token === undefined) return;
    const items = used < 0 ? ++token.used : used;
    if (items <= token.limit || token.target !== object || this.#excluded !== 0) return;
    const cell = this.#$B.frame_obj;
    if (cell === null || cell === undefined) return;
    try {
      this.#checkSession();
      if (token.epoch >= this.#epoch) this.#growth.grow(token, items, cell, item);
    } catch {
      this.#failures++;
    }
    if (this.#excess !== null) this.#raise();
  };

  /**
   * Releases the blocks of dead objects and measures the others, as far as frees can be seen now; in a
   * {@link glance} those that died young, where that is nearly all.
   */
  settle(): void {
    if (this.#guard.isReading) return;
    this.exclude(() => {
      this.#checkSession();
      if (this.glance.suffices(this.#slots.count)) {
        // What is young is held until a look has counted its cycles.
        if (!this.cycles.isCounting) this.watcher.settleYoung();
        return;
      }
      this.#look(false);
      this.glance.looked(this.#slots.count);
    });
  }

  /** @param isMaking whether the guest is making something: what it made just before may be held by nothing yet. */
  #look(isMaking: boolean): void {
    this.values.look(isMaking, () => this.cycles.during(() => this.watcher.settle()));
  }

  readonly settleLater = (): Promise<void> => this.watcher.settleLater();

  /** Takes the tokens off all objects. Where nothing is traced, nobody asks which of them died. */
  clear(): void {
    const isTracing = this.#tracer.isTracing();
    this.#clearing = true;
    this.exclude(() => (isTracing ? this.watcher.settle() : this.watcher.look()));
    this.#clearing = false;
    this.#forget();
  }

  /** Where a str or int is made; {@link unrecorded} where nothing is to be recorded. Hot. */
  #rowOfValue(isInt: boolean): number {
    const cell = this.#$B.frame_obj;
    if (this.#excluded !== 0 || cell === null || cell === undefined) return unrecorded;
    try {
      this.#checkSession();
      const row = isInt ? this.#frames.rowOfGuest(cell) : this.#frames.rowOf(cell);
      return row === unrecorded ? row : shownRow(row);
    } catch {
      this.#failures++;
      return unrecorded;
    }
  }

  /** So many bytes are about to be recorded: garbage may have to go first. True after a look. Hot. */
  #makeRoom(bytes: number): boolean {
    const isTime = this.#guard.count(bytes);
    if (isTime) this.exclude(() => this.#guard.relieve(bytes));
    return isTime;
  }

  #record(object: Tracked, cell: FrameCell): void {
    const known = object[tokenKey];
    // A copied property is no token of the copy's.
    if (known !== undefined && known.target === object) return;
    const info = this.#classes.of(object);
    const { guess } = info;
    let capacity = -1;
    let items = 0;
    if (guess.item !== 0) {
      capacity = lengthOf(guess.counted === 'object' ? object : object['source']);
      items = guess.item * capacity;
    } else if (info.room >= 0) capacity = info.room--;
    // First, so that a large new object is no peak together with the garbage that it replaces.
    const ints = this.#isCopying || capacity < manyItems ? 0 : this.#sizes.estimateInts(object);
    const size = guess.base + items + ints;
    this.#makeRoom(size);
    const tracer = this.#tracer;
    if (tracer.session !== this.#session) this.#checkSession();
    const row = this.#rowOf(object, info, cell);
    if (row < 0) return;
    if (!this.#admits(size)) return;
    const slot = this.#slots.take();
    const token = new GuestToken(slot, object, tracer.generation, capacity);
    token.row = row;
    token.label = tracer.currentLabel;
    token.isRepeated = this.#isCopying;
    object[tokenKey] = token;
    const at = this.#frames.native(row, 'object');
    if (guess.hasBuffer && items !== 0) {
      tracer.alloc(this.#domain, slot, guess.base, at, info.type);
      token.ints = ints;
      const bytes = this.#sizes.buffer(object, capacity) + ints;
      this.#parts.addBuffer(token, bytes, this.#frames.native(row, 'items'), info.type);
    } else tracer.alloc(this.#domain, slot, size, at, info.type);
    this.watcher.add(token);
    if (this.cycles.isCounting) this.cycles.hold(token);
    if (info.isFunction) this.#recordCells(token, cell);
  }

  /** Where an object of a class is made; negative where none is to be recorded. Hot. */
  #rowOf(object: GuestObject, info: ClassInfo, cell: FrameCell): number {
    const found = this.#frames.rowOf(info.isGenerator ? creatorOf(object, cell) : cell);
    if (found >= 0) return info.isImported ? this.#frames.importing(found) : found;
    // Inside a constructor that is C in CPython, only the object itself is one.
    return found === unrecorded || !info.isAccelerated ? unrecorded : shownRow(found);
  }

  /** Whether so many bytes more may live; if not, {@link #raise} says why. */
  #admits(bytes: number): boolean {
    this.#excess = this.#tracer.refuse(bytes);
    return this.#excess === null;
  }

  #raise(): never {
    const excess = this.#excess!;
    this.#excess = null;
    const $B = this.#$B;
    throw this.exclude(() => $B.$call($B.builtins['MemoryError'], excessMessage(excess)));
  }

  /** The variables of the frame that a new function shares with it, unless another has them. */
  #recordCells(token: GuestToken, cell: FrameCell): void {
    if (this.#sizes.capacity === null) return;
    const count = this.#closures.newVariables(token.target, cell.frame);
    if (count === 0) return;
    token.capacity = count;
    const bytes = this.#sizes.buffer(token.target, count);
    const { type } = this.#classes.of(token.target);
    const at = this.#frames.native(this.#frames.parentOf(cell), 'items');
    this.#parts.addBuffer(token, bytes, at, type);
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
    this.glance.reset();
    this.watcher.reset();
    this.#slots.clear();
    this.values.clear();
    this.besides.clear();
  }

  readonly #release = (slot: number): void => {
    if (this.#session !== this.#tracer.session) {
      this.#checkSession();
      return;
    }
    this.cycles.died(slot);
    this.#parts.free(slot);
    this.#tracer.free(this.#domain, slot);
    this.#slots.give(slot);
  };

  readonly #measure = (found: Token): void => {
    const token = found as GuestToken; // The watcher was given no other.
    if (this.#clearing) delete (token.target as Tracked)[tokenKey];
    if (token.epoch < this.#epoch) return;
    try {
      const isCurrent = token.epoch === this.#tracer.generation;
      const isSettled = this.values.visit(token.target, isCurrent ? token.row : unrecorded);
      if (isSettled) this.#growth.settled(token);
      if (token.unwound !== null) this.besides.keep(token);
      if (token === this.#growth.current) return;
      const measured = this.#sizes.measure(token.target, token);
      const { type } = this.#classes.of(token.target);
      this.#tracer.resize(this.#domain, token.slot, this.#parts.set(token, measured, type));
    } catch {
      this.#failures++;
    }
  };
}
