import {
  checkDomain,
  checkFrames,
  checkInteger,
  checkOptions,
  checkSize,
  checkString,
} from '../base/check.ts';
import {
  type BlockId,
  type Bytes,
  type DomainRow,
  type FrameRow,
  type LabelRow,
  maxTracebackLimit,
  type StringRow,
  type TracebackRow,
  type TypeRow,
} from '../base/units.ts';
import type { RawFrame } from '../snapshot/snapshot-builder.ts';
import type { SnapshotMetadata } from '../snapshot/snapshot-data.ts';
import type { Traceback } from '../snapshot/traceback.ts';
import type { DomainOptions } from '../tracer/domains.ts';
import { type BlockEvents, eventsTo, type Listening, type TracerEvents } from '../tracer/events.ts';
import { type Listener, Listeners } from '../tracer/listeners.ts';
import { type MemoryExcess, MemoryLimit } from '../tracer/memory-limit.ts';
import { Recorder } from '../tracer/recorder.ts';
import type { Rejected } from '../tracer/rejected.ts';
import type { BlockSampler } from './block-sampler.ts';
import { Snapshot } from './snapshot.ts';
import { checkTracing, takeSnapshotData } from './take-snapshot.ts';
import { viewOf } from './traceback-view.ts';

/** Result of track and untrack when nothing is traced. CPython: -2. */
const notTracing = -2;

/** What {@link Tracer} may be told: what every snapshot says of its origin. */
export type TracerOptions = { readonly metadata?: SnapshotMetadata };

/** What a tracer's recorder is called, in every copy of this module. */
const recorderKey = Symbol.for('@tracemalloc/core recorder');

/** What a tracer records into: for parts of the core that look on while it runs. */
export function recorderOf(tracer: Tracer): Recorder {
  return (tracer as unknown as { readonly [recorderKey]: Recorder })[recorderKey];
}

/**
 * Traces the memory blocks of one interpreter: two interpreters on a page have two tracers.
 *
 * Python's functions (`start` … `takeSnapshot`) throw on misuse. What an adapter calls on every
 * allocation (`alloc` … `survive`) takes numbers only, never throws, allocates nothing once its
 * tables are warm, and counts what it cannot use in {@link rejected}.
 */
export class Tracer implements BlockEvents {
  readonly #readListeners = new Listeners();
  readonly #switchListeners = new Listeners();
  readonly #recorder = new Recorder();
  /** Where events go: to the recorder alone, or to listeners as well. */
  #events: TracerEvents = this.#recorder;
  #eventListeners: readonly Listening[] = [];
  /** CPython's domain number → the domain that `track` reports to. */
  readonly #trackDomains = new Map<number, DomainRow>();
  /** What snapshots say of their origin; {@link setMetadata} adds to it. */
  readonly metadata: SnapshotMetadata;
  /** Who chooses the blocks that get a stack, as `start` was told; `null` = all do. Do not write. */
  sampler: BlockSampler | null = null;
  #hostLabel: LabelRow = 0;
  #limit: MemoryLimit | null = null;

  /** @throws TypeError for an unknown option. */
  constructor(options: TracerOptions = {}) {
    checkOptions('Tracer', options, ['metadata']);
    Object.defineProperty(this, recorderKey, { value: this.#recorder });
    this.metadata = { ...options.metadata };
  }

  /**
   * Starts tracing, keeping `nframe` frames a traceback (1 … 65535). Ignored while tracing, but
   * for the check of its range. @throws TypeError or RangeError for a bad nframe.
   * Python: tracemalloc.start(nframe=1).
   * @param sampling `sampling({ sampleInterval })` of `./sampling`: some blocks get a stack. Default: all.
   */
  start(nframe = 1, sampling: ((tracer: Tracer) => BlockSampler) | null = null): void {
    checkInteger('nframe', nframe, 1, maxTracebackLimit);
    if (this.#recorder.on) return;
    this.#listenTo(this.#eventListeners, sampling?.(this) ?? null);
    this.#recorder.start(nframe);
    this.#switchListeners.call();
  }

  /** Stops tracing and forgets all traces; the limit survives. Python: tracemalloc.stop(). */
  stop(): void {
    this.#events.clear();
    this.#recorder.on = false;
    this.#listenTo(this.#eventListeners, null);
    this.#switchListeners.call();
  }

  /** Python: tracemalloc.is_tracing(). */
  isTracing(): boolean {
    return this.#recorder.on;
  }

  /** Forgets all traces and goes on tracing. Python: tracemalloc.clear_traces(). */
  clearTraces(): void {
    if (!this.#recorder.on) return;
    this.#events.clear();
    this.#switchListeners.call();
  }

  /** The peak becomes what is live now. Python: tracemalloc.reset_peak(). */
  resetPeak(): void {
    if (!this.#recorder.on) return;
    this.#beforeRead();
    this.#recorder.resetPeak();
  }

  /** Live bytes now and at most, over all domains; 0 when stopped. Python: get_traced_memory(). */
  getTracedMemory(): { current: Bytes; peak: Bytes } {
    if (this.#recorder.on) this.#beforeRead();
    return { current: this.#recorder.current, peak: this.#recorder.peak };
  }

  /** Frames kept a traceback; 1 before the first start. Python: get_traceback_limit(). */
  getTracebackLimit(): number {
    return this.#recorder.tracebacks.limit;
  }

  /** Bytes that the tracer's own tables take, without strings; 0 when stopped. Python: get_tracemalloc_memory(). */
  getTracemallocMemory(): Bytes {
    return this.#recorder.on ? this.#recorder.byteLength : 0;
  }

  /**
   * The traces of this moment. Cost: O(live blocks), columns copied.
   * @throws TracemallocError `not-tracing`. Python: tracemalloc.take_snapshot().
   */
  takeSnapshot(): Snapshot {
    if (this.#recorder.on) this.#beforeRead();
    // A listener may have stopped it.
    checkTracing(this.#recorder);
    return Snapshot.fromData(takeSnapshotData(this.#recorder, this.metadata, this.sampler));
  }

  /**
   * Where a live block was allocated; `null` when it is not known. totalNframe is `null`, as in
   * Python. Python: tracemalloc.get_object_traceback(obj), which asks for domain 0.
   *
   * @param domain CPython's domain number. @throws TypeError or RangeError for bad arguments.
   */
  getTraceback(domain: number, id: BlockId): Traceback | null {
    checkDomain('domain', domain);
    checkSize('id', id);
    const site = this.#recorder.siteOf(domain, id);
    return site === 0 ? null : this.tracebackAt(this.#recorder.sites.tracebackOf(site));
  }

  /**
   * The label that a live block was allocated with; 0 when it has none or is not known. For adapters whose guest has
   * labels: what runs on behalf of a block has its label. Nothing is checked. @param domain CPython's domain number.
   */
  labelOf(domain: number, id: BlockId): LabelRow {
    return this.#recorder.sites.labelOf(this.#recorder.siteOf(domain, id));
  }

  /**
   * The traceback of a row, for adapters whose objects know their row. totalNframe is `null`, as in
   * Python's get_object_traceback. The row must be of this `generation`.
   */
  tracebackAt(row: TracebackRow): Traceback {
    return viewOf(this.#recorder, row);
  }

  /**
   * Records a block with its whole stack, MOST RECENT FRAME FIRST: convenient, not hot. The newest
   * nframe frames are kept. No frames at all become `<unknown>:0`.
   *
   * @returns 0, or −2 when not tracing, as CPython's PyTraceMalloc_Track does.
   * @throws TypeError or RangeError for bad arguments.
   */
  track(domain: number, address: BlockId, size: Bytes, frames: readonly RawFrame[]): 0 | -2 {
    checkDomain('domain', domain);
    checkSize('address', address);
    checkSize('size', size);
    checkFrames('frames', frames);
    if (!this.#recorder.on) return notTracing;
    const count = Math.min(frames.length, this.nframe);
    for (let i = 0; i < count; i++) {
      const [filename, lineno] = frames[i]!;
      this.stack[i] = this.frame(this.string(filename), lineno);
    }
    const traceback = this.capture(count, frames.length);
    this.#events.alloc(this.#trackDomain(domain), address, size, traceback, 0);
    return 0;
  }

  /**
   * Forgets a block; an unknown one is no error.
   * @returns 0, or −2 when not tracing, as CPython's PyTraceMalloc_Untrack does.
   * @throws TypeError or RangeError for bad arguments.
   */
  untrack(domain: number, address: BlockId): 0 | -2 {
    checkDomain('domain', domain);
    checkSize('address', address);
    if (!this.#recorder.on) return notTracing;
    const row = this.#trackDomains.get(domain);
    if (row !== undefined && this.#recorder.siteAt(row, address) !== 0)
      this.#events.free(row, address);
    return 0;
  }

  /**
   * Limits what may live together: an adapter that can raises the guest's own error for memory at
   * the allocation that would exceed it, after garbage was looked for, within 1 MiB or one
   * allocation. `onExceeded` is called before, at each refusal; it must not throw. `null`: no limit.
   *
   * @throws TypeError or RangeError when bytes is no integer above 0, or onExceeded no function.
   */
  setLimit(bytes: Bytes | null, onExceeded?: (excess: MemoryExcess) => void): void {
    this.#limit = bytes === null ? null : new MemoryLimit(this.#recorder, bytes, onExceeded);
    this.#switchListeners.call();
  }

  /** The limit; `null` when there is none: what an adapter checks for it alone costs nothing then. */
  get limit(): Pick<MemoryLimit, 'bytes' | 'onExceeded'> | null {
    return this.#limit;
  }

  // What adapters use. Handles are small integers; `docs/writing-an-adapter.md` is the guide.

  /** Whether to report at all: the one thing an adapter reads first on every event. */
  get on(): boolean {
    return this.#recorder.on;
  }

  /** Frames kept a traceback: how many of `stack` are used. */
  get nframe(): number {
    return this.#recorder.tracebacks.limit;
  }

  /**
   * Changes whenever traceback rows die: at start, stop and clearTraces, and inside `alloc` (after
   * the block was recorded) when dead tracebacks are dropped. Rows of another generation must not
   * be used. It says nothing of blocks: see {@link session}.
   */
  get generation(): number {
    return this.#recorder.tracebacks.generation;
  }

  /**
   * Changes whenever all blocks are forgotten: at stop and clearTraces. What an adapter knows of
   * blocks of another session (ids, sizes, marks on objects) is void.
   */
  get session(): number {
    return this.#recorder.session;
  }

  /**
   * Calls `listener` before traced memory is read, by takeSnapshot, getTracedMemory and resetPeak:
   * adapters that see frees late or sizes lazily settle here. Any number, in their order; what a
   * listener reads itself calls none.
   *
   * @returns The undo. @throws TypeError when it is no function.
   */
  onRead(listener: Listener): () => void {
    return this.#readListeners.add('onRead', listener);
  }

  /**
   * Calls `listener` after tracing began, ended or forgot all traces, or the limit changed: adapters whose hooks cost
   * something put them in and take them out here. Any number, in their order.
   *
   * @returns The undo. @throws TypeError when it is no function.
   */
  onSwitch(listener: Listener): () => void {
    return this.#switchListeners.add('onSwitch', listener);
  }

  /** Scratch for pulled frames, most recent first; at least `nframe` entries. Read it anew. */
  get stack(): Int32Array {
    return this.#recorder.tracebacks.stack;
  }

  /**
   * For adapters, before `bytes` more are allocated: why the limit forbids it; `null` when it does
   * not, or when there is none. Whoever gets a reason refuses the guest. Hot.
   */
  refuse(bytes: Bytes, traceback: TracebackRow = 0): MemoryExcess | null {
    const limit = this.#limit;
    if (limit === null || this.#recorder.current + bytes <= limit.until) return null;
    if (this.#readListeners.isCalling || !this.#recorder.on) return null;
    return limit.refuse(bytes, traceback, () => this.#beforeRead());
  }

  /** What could not be used, by reason, since start or clearTraces. */
  get rejected(): Readonly<Rejected> {
    return this.#recorder.rejected;
  }

  /**
   * Has every event told to `listener` as well: what the interpreter reports before it is recorded,
   * as it was reported, and only while tracing is on; walks and clears after they happened. Any
   * number; costs nothing while there is none. A listener runs inside the guest's allocations, so
   * it must not throw, allocate for long, or report events itself.
   *
   * @returns The undo.
   */
  onEvents(listener: TracerEvents): () => void {
    const entry = { listener };
    listener.setLabel(this.currentLabel);
    this.#listenTo([...this.#eventListeners, entry]);
    return () => this.#listenTo(this.#eventListeners.filter((other) => other !== entry));
  }

  /** Merges into what later snapshots say of their origin. */
  setMetadata(metadata: SnapshotMetadata): void {
    Object.assign(this.metadata, metadata);
  }

  /** A namespace of ids. Cold. @throws TypeError or RangeError that names the option. */
  domain(options: DomainOptions): DomainRow {
    return this.#recorder.addDomain(options).row;
  }

  /** Row of a file name, function name or any text; valid as long as the tracer. */
  string(text: string): StringRow {
    return this.#recorder.strings.intern(text);
  }

  /** Row of a type name; 0 is "unknown". Valid as long as the tracer. */
  type(name: string): TypeRow {
    return this.#recorder.strings.intern(name);
  }

  /**
   * Row of a label: what a program is at, by a name of its own, such as a request or a tenant; `''`
   * is row 0, none. Valid as long as the tracer. A tracer keeps 65 536 labels apart; those that
   * come later are one, `(other labels)`, and snapshots say in `metadata.foldedLabels` how often
   * one of them was asked for. @throws TypeError when the name is no string.
   */
  label(name: string): LabelRow {
    return this.#recorder.labels.of(checkString('name', name));
  }

  /** What is allocated next has it: what {@link setLabel} or {@link useLabel} set last. */
  get currentLabel(): LabelRow {
    return this.#recorder.label;
  }

  /**
   * What is allocated from now on has the label; 0 = none. Of coroutines that a `ShadowStack`
   * follows each has a label of its own. What is no label's row is counted and ignored. Hot.
   */
  setLabel(label: LabelRow): void {
    this.#events.setLabel(label);
    if (this.#recorder.label === label) this.#hostLabel = label;
  }

  /** What {@link setLabel} set last, whatever the guest's own label is by now. */
  get hostLabel(): LabelRow {
    return this.#hostLabel;
  }

  /** For adapters whose guest labels what it allocates: its label, or {@link hostLabel} where it has none. Hot. */
  useLabel(label: LabelRow): void {
    this.#events.setLabel(label);
  }

  /**
   * Labels what `work` allocates until it returns: of an asynchronous function that is what comes
   * before its first `await`, for what runs afterwards runs in turns of its own. Coroutines and
   * timers that a guest makes in it keep the label.
   *
   * @returns What `work` returns. @throws What `work` throws.
   */
  withLabel<T>(name: string, work: () => T): T {
    const before = this.hostLabel;
    this.setLabel(this.label(name));
    try {
      return work();
    } finally {
      this.setLabel(before);
    }
  }

  /**
   * Names this moment in the time line, if one is recorded (`recordTimeline`) and the tracer
   * traces; else does nothing. @throws TypeError when the name is no string.
   */
  mark(name: string): void {
    checkString('name', name);
    if (this.#recorder.on) this.#recorder.tables.timeline?.mark(name);
  }

  /** Row of a frame; valid as long as the tracer. Memoise it by program counter or node. */
  frame(file: StringRow, line: number, functionName: StringRow = 0): FrameRow {
    return this.#recorder.frames.intern(file, line, functionName);
  }

  /**
   * Pulled frames: the traceback of `stack[0 … count)`, of a stack that has `total` frames in all.
   * Row 0 when count is below 1. Cost: O(min(count, nframe)).
   */
  capture(count: number, total: number = count): TracebackRow {
    return this.#recorder.capture(count, total);
  }

  /** Pushed frames: `parent`'s stack (row 0 = empty) with `frame` called from it. O(1) mostly. */
  extend(parent: TracebackRow, frame: FrameRow): TracebackRow {
    return this.#recorder.extend(parent, frame);
  }

  /** A block was allocated. A live id is replaced. Hot. */
  alloc(domain: DomainRow, id: BlockId, size: Bytes, traceback: TracebackRow, type = 0): void {
    this.#events.alloc(domain, id, size, traceback, type);
  }

  /** A block moved or changed size; `from` need not be known. Capture before the guest moves it. */
  realloc(
    domain: DomainRow,
    from: BlockId,
    to: BlockId,
    size: Bytes,
    traceback: TracebackRow,
    type = 0,
  ): void {
    this.#events.realloc(domain, from, to, size, traceback, type);
  }

  /** A block's size became known late, or changed in place; the traceback stays. Hot. */
  resize(domain: DomainRow, id: BlockId, size: Bytes): void {
    this.#events.resize(domain, id, size);
  }

  /** A block serves a new object without having been freed (free lists); the size stays. Hot. */
  retag(domain: DomainRow, id: BlockId, traceback: TracebackRow, type = 0): void {
    this.#events.retag(domain, id, traceback, type);
  }

  /** A block was freed; an unknown one is counted and ignored. Hot. */
  free(domain: DomainRow, id: BlockId): void {
    this.#events.free(domain, id);
  }

  /** Every block of the domain is gone: an arena, a request, a closed state. O(sites). */
  freeAll(domain: DomainRow): void {
    this.#events.freeAll(domain);
  }

  /** A bulk collection begins: report survivors from now on. */
  gcBegin(domain: DomainRow): void {
    this.#events.gcBegin(domain);
  }

  /** A block survived, at `to` if it moved; ids may overlap as in sliding compaction. */
  survive(domain: DomainRow, from: BlockId, to: BlockId = from): void {
    this.#events.survive(domain, from, to);
  }

  /** The collection ends: what did not survive is dead. */
  gcEnd(domain: DomainRow): void {
    this.#events.gcEnd(domain);
  }

  /** For walked domains: counts an allocation, of which no block is kept. Hot. */
  countAllocated(domain: DomainRow, size: Bytes, traceback: TracebackRow, type = 0): void {
    this.#events.countAllocated(domain, size, traceback, type);
  }

  /** A read runs no other: what its listeners read does not begin one. */
  #beforeRead(): void {
    this.#readListeners.callOnce(() => this.#events.walk());
  }

  #listenTo(listeners: readonly Listening[], sampler = this.sampler): void {
    this.#eventListeners = listeners;
    this.sampler = sampler;
    this.#events = eventsTo(this.#recorder, listeners, sampler);
  }

  #trackDomain(code: number): DomainRow {
    const known = this.#trackDomains.get(code);
    if (known !== undefined) return known;
    const row = this.domain({ name: `domain ${code}`, ids: 'address', code });
    this.#trackDomains.set(code, row);
    return row;
  }
}
