import type { LabelRow, Tracer } from '@tracemalloc/core';
import { type GuestLabels, LabelSwitch, noLabel } from '../../contract/index.ts';
import type { MemoryViews } from '../../wasm/memory-views.ts';
import type { Address } from '../host.ts';
import type { Layout } from '../layout.ts';
import type { ClassRows } from '../objects/class-rows.ts';
import type { StackWalk } from './stack-walk.ts';

/** A label that a call was given, and those that it had before. */
type Given = {
  readonly row: LabelRow;
  /** What it runs: the place of a call may be another one's later. */
  readonly called: Address;
  readonly outer: Given | null;
};

/** Labels of the guest; functions are the addresses of objects. */
export type QuickJsLabels = GuestLabels & {
  /** What is kept for later, such as a timer's callback, has the label of who hands it over. */
  inherit(callable: Address): void;
};

/** The guest's own heap. */
const domain = 0;

/**
 * Labels by calls: one holds in the call that was given it, or whose function was, and in all that this calls. The state of a generator or an asynchronous
 * function stays where it is, so that it has its label again whenever it goes on. What the host calls by itself, after an `await` or as a
 * callback, has no such call below it: it has the label in which its own state or its function was made.
 */
export class FrameLabels extends LabelSwitch implements QuickJsLabels {
  readonly #tracer: Tracer;
  readonly #memory: MemoryViews;
  readonly #layout: Layout;
  readonly #classes: ClassRows;
  readonly #walk: StackWalk;
  readonly #runtime: Address;
  /** By where a call is. */
  readonly #given = new Map<Address, Given>();
  /** By where a function is, with where its code is, or what else is there of one of C. */
  readonly #functions = new Map<Address, { readonly row: LabelRow; readonly code: Address }>();
  #isUsed = false;

  constructor(
    tracer: Tracer,
    memory: MemoryViews,
    layout: Layout,
    classes: ClassRows,
    walk: StackWalk,
    runtime: Address,
  ) {
    super(tracer);
    this.#tracer = tracer;
    this.#memory = memory;
    this.#layout = layout;
    this.#classes = classes;
    this.#walk = walk;
    this.#runtime = runtime;
  }

  /**
   * What is allocated next has the label of the newest call that has one. Hot; cost: some loads a call, where anybody has ever asked for a label.
   * @throws RangeError where memory is not as the layout says.
   */
  settle(): void {
    if (!this.#isUsed && this.#tracer.currentLabel === 0) return;
    this.#isUsed = true;
    const memory = this.#memory;
    memory.refresh();
    const { frame: of } = this.#layout;
    let found = noLabel;
    let oldest = 0;
    for (let frame = this.#newest(); frame !== 0; frame = memory.word(frame + of.previous)) {
      const called = memory.word(frame + of.function);
      found = this.#ownLabel(frame, called);
      if (found !== noLabel) break;
      if (called !== 0 && this.#classes.isFunction(called)) oldest = frame;
    }
    // What the host labels has its label.
    const isByItself = found === noLabel && oldest !== 0 && this.host === 0;
    this.use(isByItself ? this.#madeIn(oldest) : found);
  }

  /** The newest call that is not of a file that is left out has the label from now on. */
  push(row: LabelRow): void {
    this.#isUsed = true;
    const frame = this.#caller();
    const called = this.#memory.word(frame + this.#layout.frame.function);
    const before = this.#given.get(frame);
    const outer = before?.called === called ? before : null;
    this.#given.set(frame, { row, called, outer });
  }

  pop(): void {
    const frame = this.#caller();
    const outer = this.#given.get(frame)?.outer ?? null;
    if (outer === null) this.#given.delete(frame);
    else this.#given.set(frame, outer);
  }

  /** @param callable The address of an object. */
  labelFunction(callable: unknown, row: LabelRow): boolean {
    const at = callable as Address;
    this.#memory.refresh();
    if (!this.#classes.hasCalls(at)) return false;
    this.#isUsed = true;
    this.#functions.set(at, { row, code: this.#codeOf(at) });
    return true;
  }

  inherit(callable: Address): void {
    this.settle();
    const { currentLabel } = this.#tracer;
    if (currentLabel !== 0) this.labelFunction(callable, currentLabel);
  }

  /** A block was freed, which may have been a function. Hot. */
  freed(block: Address): void {
    if (this.#functions.size > 0) this.#functions.delete(block);
  }

  #ownLabel(frame: Address, called: Address): LabelRow {
    const given = this.#given.get(frame);
    if (given !== undefined && given.called === called) return given.row;
    const labelled = this.#functions.get(called);
    return labelled !== undefined && labelled.code === this.#codeOf(called)
      ? labelled.row
      : noLabel;
  }

  /** What the oldest call was made in: the state of one that goes on later by itself, or else its function. */
  #madeIn(frame: Address): LabelRow {
    const { frame: of, asyncState } = this.#layout;
    const called = this.#memory.word(frame + of.function);
    const ofState = this.#classes.isAsync(called)
      ? this.#tracer.labelOf(domain, frame - asyncState.frame)
      : 0;
    const row = ofState === 0 ? this.#tracer.labelOf(domain, called) : ofState;
    return row === 0 ? noLabel : row;
  }

  #newest(): Address {
    return this.#memory.word(this.#runtime + this.#layout.runtime.frame);
  }

  #caller(): Address {
    const memory = this.#memory;
    memory.refresh();
    const { frame: of } = this.#layout;
    for (let frame = this.#newest(); frame !== 0; frame = memory.word(frame + of.previous)) {
      const called = memory.word(frame + of.function);
      const isGuest = called !== 0 && this.#classes.isFunction(called);
      if (isGuest && !this.#walk.isLeftOut(this.#codeOf(called))) return frame;
    }
    return 0;
  }

  #codeOf(called: Address): Address {
    return this.#memory.word(called + this.#layout.object.bytecode);
  }
}
