import {
  type BlockId,
  type Bytes,
  type DomainOptions,
  type DomainRow,
  type FrameRow,
  type LabelRow,
  type RawFrame,
  type Rejected,
  type Snapshot,
  type StringRow,
  type TracebackRow,
  TracemallocError,
  Tracer,
  type TracerOptions,
  type TypeRow,
} from '@tracemalloc/core';
import { shown } from '../contract/shown.ts';
import { RowSpace } from './row-space.ts';

/** What {@link CheckedTracer} may be told. */
export type CheckedTracerOptions = TracerOptions & {
  /**
   * The guest has blocks that are older than `start()`: what is said of unknown blocks is no
   * mistake then. Default false.
   */
  readonly lateStart?: boolean;
};

const meaning: Readonly<Record<keyof Rejected, string>> = {
  badSize: 'a size is an integer in 0..2^53-1',
  badId: 'an id is an integer in 0..2^53-1',
  badRow: 'a frame of the stack is no row of this tracer',
  unknownBlock: 'no such block is live: it was freed before, or its allocation was not reported',
  replacedBlock: 'the block is live already: its free was not reported',
  strayCollection: 'gcBegin and gcEnd come in pairs, and survive between them',
  failedWalk: 'the walk over what lives threw',
  cutSize: 'all that live together have at most 2^53-1 bytes',
  cutSum: 'a site had more than 2^53-1 bytes in all',
};

/**
 * A tracer that throws where {@link Tracer} only counts, for the tests of an adapter: bad sizes and
 * ids, rows of another tracer, of another kind or of an earlier generation, frees of blocks that
 * are not live, stray collections. Its rows are marked, so they differ from a plain tracer's.
 */
export class CheckedTracer extends Tracer {
  readonly #lateStart: boolean;
  readonly #domains = new RowSpace('domain');
  readonly #strings = new RowSpace('string');
  readonly #types = new RowSpace('type');
  readonly #frames = new RowSpace('frame');
  readonly #labels = new RowSpace('label');
  /** What walks over the living threw during this read. */
  readonly #walkErrors: unknown[] = [];
  #tracebacks = new RowSpace('traceback');
  #generation = 0;
  /** `track` and its like are written against plain rows. */
  #isPlain = false;

  constructor(options: CheckedTracerOptions = {}) {
    const { lateStart = false, ...rest } = options;
    super(rest);
    this.#lateStart = lateStart;
  }

  override domain(options: DomainOptions): DomainRow {
    const { liveSet } = options;
    if (this.#isPlain) return super.domain(options);
    if (typeof liveSet !== 'function') return this.#domains.mark(super.domain(options));
    const checked: typeof liveSet = (emit) =>
      liveSet((size, traceback, type, label = 0) => {
        const values = [size, traceback, type, ...(label === 0 ? [] : [label])];
        const call = callOf('emit', values);
        const traceRow = this.#traceback(call, traceback);
        emit(size, traceRow, this.#types.rowOf(call, type), this.#labels.rowOf(call, label));
      });
    const row = super.domain({
      ...options,
      liveSet: (emit) => {
        try {
          checked(emit);
        } catch (error) {
          this.#walkErrors.push(error);
        }
      },
    });
    return this.#domains.mark(row);
  }

  override takeSnapshot(): Snapshot {
    return this.#read(() => super.takeSnapshot());
  }

  override getTracedMemory(): { current: Bytes; peak: Bytes } {
    return this.#read(() => super.getTracedMemory());
  }

  override resetPeak(): void {
    this.#read(() => super.resetPeak());
  }

  override string(text: string): StringRow {
    return this.#isPlain ? super.string(text) : this.#strings.mark(super.string(text));
  }

  override type(name: string): TypeRow {
    return this.#types.mark(super.type(name));
  }

  override label(name: string): LabelRow {
    return this.#labels.mark(super.label(name));
  }

  override get currentLabel(): LabelRow {
    return this.#labels.mark(super.currentLabel);
  }

  override get hostLabel(): LabelRow {
    return this.#labels.mark(super.hostLabel);
  }

  override useLabel(label: LabelRow): void {
    super.useLabel(this.#labels.rowOf(callOf('useLabel', [label]), label));
  }

  override setLabel(label: LabelRow): void {
    super.setLabel(this.#labels.rowOf(callOf('setLabel', [label]), label));
  }

  override frame(file: StringRow, line: number, functionName: StringRow = 0): FrameRow {
    if (this.#isPlain) return super.frame(file, line, functionName);
    const call = `frame(${shown(file)}, ${shown(line)}, ${shown(functionName)})`;
    const [fileRow, nameRow] = [file, functionName].map((row) => this.#strings.rowOf(call, row));
    return this.#frames.mark(super.frame(fileRow!, line, nameRow));
  }

  override capture(count: number, total: number = count): TracebackRow {
    if (this.#isPlain) return super.capture(count, total);
    const call = `capture(${shown(count)}, ${shown(total)})`;
    const { stack } = this;
    for (let i = 0; i < count && i < stack.length; i++) {
      stack[i] = this.#frames.rowOf(call, stack[i]);
    }
    return this.#mark(this.#watch(call, () => super.capture(count, total)));
  }

  override extend(parent: TracebackRow, frame: FrameRow): TracebackRow {
    const call = `extend(${shown(parent)}, ${shown(frame)})`;
    const row = super.extend(this.#traceback(call, parent), this.#frames.rowOf(call, frame));
    return this.#mark(row);
  }

  override alloc(
    domain: DomainRow,
    id: BlockId,
    size: Bytes,
    traceback: TracebackRow,
    type = 0,
  ): void {
    const call = callOf('alloc', [domain, id, size, traceback, type]);
    const rows = this.#rows(call, domain, traceback, type);
    this.#watch(call, () => super.alloc(rows.domain, id, size, rows.traceback, rows.type));
  }

  override realloc(
    domain: DomainRow,
    from: BlockId,
    to: BlockId,
    size: Bytes,
    traceback: TracebackRow,
    type = 0,
  ): void {
    const call = callOf('realloc', [domain, from, to, size, traceback, type]);
    const rows = this.#rows(call, domain, traceback, type);
    this.#watch(call, () => super.realloc(rows.domain, from, to, size, rows.traceback, rows.type));
  }

  override resize(domain: DomainRow, id: BlockId, size: Bytes): void {
    const call = callOf('resize', [domain, id, size]);
    const row = this.#domains.rowOf(call, domain);
    this.#watch(call, () => super.resize(row, id, size));
  }

  override retag(domain: DomainRow, id: BlockId, traceback: TracebackRow, type = 0): void {
    const call = callOf('retag', [domain, id, traceback, type]);
    const rows = this.#rows(call, domain, traceback, type);
    this.#watch(call, () => super.retag(rows.domain, id, rows.traceback, rows.type));
  }

  override free(domain: DomainRow, id: BlockId): void {
    const call = callOf('free', [domain, id]);
    const row = this.#domains.rowOf(call, domain);
    this.#watch(call, () => super.free(row, id));
  }

  override freeAll(domain: DomainRow): void {
    const row = this.#domains.rowOf(callOf('freeAll', [domain]), domain);
    super.freeAll(row);
  }

  override gcBegin(domain: DomainRow): void {
    const call = callOf('gcBegin', [domain]);
    const row = this.#domains.rowOf(call, domain);
    this.#watch(call, () => super.gcBegin(row));
  }

  override survive(domain: DomainRow, from: BlockId, to: BlockId = from): void {
    const call = callOf('survive', [domain, from, to]);
    const row = this.#domains.rowOf(call, domain);
    this.#watch(call, () => super.survive(row, from, to));
  }

  override gcEnd(domain: DomainRow): void {
    const call = callOf('gcEnd', [domain]);
    const row = this.#domains.rowOf(call, domain);
    this.#watch(call, () => super.gcEnd(row));
  }

  override countAllocated(domain: DomainRow, size: Bytes, traceback: TracebackRow, type = 0): void {
    const call = callOf('countAllocated', [domain, size, traceback, type]);
    const rows = this.#rows(call, domain, traceback, type);
    this.#watch(call, () => super.countAllocated(rows.domain, size, rows.traceback, rows.type));
  }

  override track(
    domain: number,
    address: BlockId,
    size: Bytes,
    frames: readonly RawFrame[],
  ): 0 | -2 {
    this.#isPlain = true;
    try {
      return super.track(domain, address, size, frames);
    } finally {
      this.#isPlain = false;
    }
  }

  /** Whether a row is a frame of this tracer's. @throws TracemallocError `misuse` when not. */
  checkFrame(call: string, frame: FrameRow): void {
    this.#frames.rowOf(`${call}(${shown(frame)})`, frame);
  }

  #rows(
    call: string,
    domain: DomainRow,
    traceback: TracebackRow,
    type: TypeRow,
  ): { domain: DomainRow; traceback: TracebackRow; type: TypeRow } {
    return {
      domain: this.#domains.rowOf(call, domain),
      // Nobody captures a stack for a tracer that is off.
      traceback: this.on ? this.#traceback(call, traceback) : 0,
      type: this.#types.rowOf(call, type),
    };
  }

  /** Tracebacks of every generation are a kind of their own: stale ones are found out. */
  #space(): RowSpace {
    if (this.#generation !== this.generation) {
      this.#generation = this.generation;
      this.#tracebacks = new RowSpace('traceback');
    }
    return this.#tracebacks;
  }

  #traceback(call: string, row: TracebackRow): TracebackRow {
    return this.#space().rowOf(call, row);
  }

  #mark(row: TracebackRow): TracebackRow {
    return this.#space().mark(row);
  }

  /** @throws what a walk over the living threw. */
  #read<T>(read: () => T): T {
    const result = read();
    const errors = this.#walkErrors.splice(0);
    if (errors.length > 0) throw errors[0];
    return result;
  }

  #watch<T>(call: string, work: () => T): T {
    const before = { ...this.rejected };
    const result = work();
    for (const key of Object.keys(meaning) as (keyof Rejected)[]) {
      if (this.rejected[key] <= before[key]) continue;
      if (key === 'unknownBlock' && this.#lateStart) continue;
      throw new TracemallocError('misuse', `${call}: ${meaning[key]}`, { call, reason: key });
    }
    return result;
  }
}

function callOf(name: string, values: readonly unknown[]): string {
  return `${name}(${values.map(shown).join(', ')})`;
}
