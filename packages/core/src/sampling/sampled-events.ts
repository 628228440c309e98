import type { BlockId, Bytes, DomainRow, LabelRow, TracebackRow, TypeRow } from '../base/units.ts';
import type { TracerEvents } from '../tracer/events.ts';
import type { Recorder } from '../tracer/recorder.ts';
import type { ChosenSizes } from './chosen-sizes.ts';

/** Which traceback a block is recorded with: its own, or that of what was not chosen. */
type Choice = { rowFor(size: Bytes, traceback: TracebackRow): TracebackRow };

/** Hands events on, with the stacks of chosen blocks alone, whose sizes of then it keeps in mind. */
export class SampledEvents implements TracerEvents {
  readonly #choice: Choice;
  readonly #recorder: Recorder;
  readonly #sizes: ChosenSizes;
  readonly #next: TracerEvents;

  constructor(choice: Choice, recorder: Recorder, sizes: ChosenSizes, next: TracerEvents) {
    this.#choice = choice;
    this.#recorder = recorder;
    this.#sizes = sizes;
    this.#next = next;
  }

  alloc(domain: DomainRow, id: BlockId, size: Bytes, traceback: TracebackRow, type: TypeRow): void {
    this.#sizes.forget(domain, id);
    this.#next.alloc(domain, id, size, this.#choice.rowFor(size, traceback), type);
  }

  realloc(
    domain: DomainRow,
    from: BlockId,
    to: BlockId,
    size: Bytes,
    traceback: TracebackRow,
    type: TypeRow,
  ): void {
    this.#sizes.forget(domain, from);
    this.#sizes.forget(domain, to);
    this.#next.realloc(domain, from, to, size, this.#choice.rowFor(size, traceback), type);
  }

  /** It stays chosen, or not, as likely as it was by the size that it had. */
  resize(domain: DomainRow, id: BlockId, size: Bytes): void {
    const before = this.#sizeOf(domain, id);
    if (before !== size && before >= 0) this.#sizes.keep(domain, id, before);
    this.#next.resize(domain, id, size);
  }

  /** A new object, in the place of another one. */
  retag(domain: DomainRow, id: BlockId, traceback: TracebackRow, type: TypeRow): void {
    this.#sizes.forget(domain, id);
    const row = this.#choice.rowFor(Math.max(0, this.#sizeOf(domain, id)), traceback);
    this.#next.retag(domain, id, row, type);
  }

  free(domain: DomainRow, id: BlockId): void {
    this.#sizes.forget(domain, id);
    this.#next.free(domain, id);
  }

  freeAll(domain: DomainRow): void {
    this.#sizes.forgetAll(domain);
    this.#next.freeAll(domain);
  }

  gcBegin(domain: DomainRow): void {
    this.#sizes.begin(domain);
    this.#next.gcBegin(domain);
  }

  survive(domain: DomainRow, from: BlockId, to: BlockId): void {
    this.#sizes.survive(domain, from, to);
    this.#next.survive(domain, from, to);
  }

  gcEnd(domain: DomainRow): void {
    this.#sizes.end(domain);
    this.#next.gcEnd(domain);
  }

  countAllocated(domain: DomainRow, size: Bytes, traceback: TracebackRow, type: TypeRow): void {
    this.#next.countAllocated(domain, size, traceback, type);
  }

  setLabel(label: LabelRow): void {
    this.#next.setLabel(label);
  }

  walk(): void {
    this.#next.walk();
  }

  clear(): void {
    this.#sizes.clear();
    this.#next.clear();
  }

  /** Bytes of a live block; −1 when there is none. */
  #sizeOf(domain: DomainRow, id: BlockId): number {
    const store = this.#recorder.domains[domain]?.store;
    if (store === undefined || !(Number.isSafeInteger(id) && id >= 0)) return -1;
    return store.find(id) === 0 ? -1 : store.foundSize[0]!;
  }
}
