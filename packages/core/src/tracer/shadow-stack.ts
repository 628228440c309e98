import { checkInteger } from '../base/check.ts';
import type { FrameRow, LabelRow, TracebackRow } from '../base/units.ts';
import { growInt32, grownCapacity } from '../table/column.ts';

/** What a shadow stack needs of a tracer. */
export type StackTracer = {
  readonly generation: number;
  readonly nframe: number;
  readonly currentLabel: LabelRow;
  readonly stack: Int32Array;
  capture(count: number, total: number): TracebackRow;
  extend(parent: TracebackRow, frame: FrameRow): TracebackRow;
  setLabel(label: LabelRow): void;
};

/** Stands for what is no number: an Int32Array would throw on a bigint. No tracer has this row. */
const noFrame: FrameRow = -1;

/** Frames without a row, and kept a traceback, from which a stack is captured in one step. */
const longRun = 256;

/** One thread of control: the guest's main program, or a coroutine. */
type Context = {
  depth: number;
  frames: Int32Array;
  /** tracebacks[i] = row of the stack up to frame i, for first <= i < valid. */
  tracebacks: Int32Array;
  first: number;
  valid: number;
  generation: number;
  resumedBy: Context | null;
  /** The tracer's label while another context runs. */
  label: LabelRow;
  /** Its traceback is being put together now. */
  asked: boolean;
};

/**
 * The guest's stack, pushed by an interpreter whose own stack cannot be read: call `enter`, `line`
 * and `leave` as it runs. Coroutines each get a context.
 *
 * `traceback()` costs O(frames that changed since the last call), not O(depth), because a caller's
 * line stands still while its callee runs. Unbalanced calls never throw: `leave` on an empty stack
 * and `line` outside any frame change nothing.
 */
export class ShadowStack {
  readonly #tracer: StackTracer;
  readonly #contexts = new Map<number, Context>();
  #nextContext = 1;
  #current: Context = newContext(0);

  constructor(tracer: StackTracer) {
    this.#tracer = tracer;
    this.#contexts.set(0, this.#current);
  }

  /** Frames of the current context. */
  get depth(): number {
    return this.#current.depth;
  }

  /** A function is called; `frame` is where it stands first. */
  enter(frame: FrameRow): void {
    const context = this.#current;
    const depth = context.depth;
    if (depth === context.frames.length) growContext(context);
    context.frames[depth] = typeof frame === 'number' ? frame : noFrame;
    context.depth = depth + 1;
  }

  /** The running function has come to another line. */
  line(frame: FrameRow): void {
    const context = this.#current;
    const top = context.depth - 1;
    if (top < 0 || context.frames[top] === frame) return;
    context.frames[top] = typeof frame === 'number' ? frame : noFrame;
    if (context.valid > top) context.valid = top;
  }

  /** The running function returns or throws. */
  leave(): void {
    this.unwindTo(this.#current.depth - 1);
  }

  /** An exception or a non-local exit unwound the stack to `depth` frames. */
  unwindTo(depth: number): void {
    const context = this.#current;
    if (!Number.isInteger(depth) || depth < 0 || depth >= context.depth) return;
    context.depth = depth;
    if (context.valid > depth) context.valid = depth;
  }

  /** The traceback of an allocation that happens now; row 0 when there is no frame. */
  traceback(): TracebackRow {
    return this.#tracebackOf(this.#current);
  }

  /**
   * A new coroutine with an empty stack and the label of who makes it.
   * @returns Its number; the main program's is 0.
   */
  context(): number {
    const number = this.#nextContext++;
    this.#contexts.set(number, newContext(this.#tracer.currentLabel));
    return number;
  }

  /**
   * Control passes to a context. With `resumedBy`, the stack of that context continues below the
   * resumed one, as in a traceback through `generator.send()`; left out, whoever resumed it before
   * still waits for it; `null`: nobody does. Going back to whoever resumed the running context
   * suspends that one: it waits for nobody any more. The label that the tracer had there last is its
   * label again.
   *
   * @throws RangeError for a context that does not exist.
   */
  switchTo(context: number, resumedBy?: number | null): void {
    const next = this.#get('context', context);
    if (typeof resumedBy !== 'number') this.#run(next, resumedBy);
    else this.#run(next, this.#get('resumedBy', resumedBy));
  }

  /**
   * The running context yields or ends: control goes back to whoever resumed it, and who resumed
   * that one waits as before. Changes nothing when nobody did.
   */
  leaveContext(): void {
    const { resumedBy } = this.#current;
    if (resumedBy !== null) this.#run(resumedBy);
  }

  /**
   * A coroutine is over. The running one is left first, as by {@link leaveContext}, or for the main
   * program. @throws RangeError for the main program and unknown contexts.
   */
  drop(context: number): void {
    checkInteger('context', context, 1, this.#nextContext - 1);
    const dropped = this.#get('context', context);
    if (dropped === this.#current) this.#run(dropped.resumedBy ?? this.#contexts.get(0)!);
    // What it resumed goes on above whoever resumed it.
    dropped.depth = 0;
    dropped.valid = 0;
    this.#contexts.delete(context);
  }

  #run(next: Context, resumedBy: Context | null = next.resumedBy): void {
    const current = this.#current;
    next.valid = 0;
    next.resumedBy = resumedBy;
    if (next === current) return;
    if (current.resumedBy === next) current.resumedBy = null;
    current.label = this.#tracer.currentLabel;
    this.#tracer.setLabel(next.label);
    this.#current = next;
  }

  #get(name: string, number: number): Context {
    const context = this.#contexts.get(number);
    if (context !== undefined) return context;
    throw new RangeError(`${name} must be a context that context() returned, got ${number}`);
  }

  #tracebackOf(context: Context): TracebackRow {
    const { generation } = this.#tracer;
    if (context.generation !== generation) {
      context.generation = generation;
      context.valid = 0;
    }
    if (context.valid <= context.first) {
      context.valid = 0;
      context.first = 0;
    }
    const { depth, frames, tracebacks } = context;
    const isLong = depth - context.valid > longRun && this.#tracer.nframe > longRun;
    if (isLong && context.resumedBy === null) return this.#capture(context);
    let row = 0;
    if (context.valid > 0) row = tracebacks[context.valid - 1]!;
    else if (context.resumedBy !== null) row = this.#below(context);
    for (let i = context.valid; i < depth; i++) {
      row = this.#tracer.extend(row, frames[i]!);
      tracebacks[i] = row;
    }
    context.valid = depth;
    return row;
  }

  /**
   * A long stack in one step. Frame by frame, every caller would get a row of its own, each with
   * all the frames below it: 65 535 calls deep that would be 8 GB.
   */
  #capture(context: Context): TracebackRow {
    const { depth, frames, tracebacks } = context;
    const { stack, nframe } = this.#tracer;
    const count = Math.min(depth, nframe);
    for (let i = 0; i < count; i++) stack[i] = frames[depth - 1 - i]!;
    const row = this.#tracer.capture(count, depth);
    tracebacks[depth - 1] = row;
    context.first = depth - 1;
    context.valid = depth;
    return row;
  }

  /** The traceback of what resumed the context; 0 where contexts resumed each other in a circle. */
  #below(context: Context): TracebackRow {
    const { resumedBy } = context;
    if (resumedBy === null || resumedBy.asked) return 0;
    context.asked = true;
    const row = this.#tracebackOf(resumedBy);
    context.asked = false;
    return row;
  }
}

function newContext(label: LabelRow): Context {
  return {
    depth: 0,
    frames: new Int32Array(16),
    tracebacks: new Int32Array(16),
    first: 0,
    valid: 0,
    generation: 0,
    resumedBy: null,
    label,
    asked: false,
  };
}

function growContext(context: Context): void {
  const capacity = grownCapacity(context.frames.length, context.depth + 1);
  context.frames = growInt32(context.frames, capacity);
  context.tracebacks = growInt32(context.tracebacks, capacity);
}
