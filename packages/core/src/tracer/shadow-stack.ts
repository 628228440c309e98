import { checkInteger } from '../base/check.ts';
import {
  type FrameRow,
  type LabelRow,
  maxTracebackLimit,
  type TracebackRow,
} from '../base/units.ts';
import { growInt32, grownCapacity } from '../table/column.ts';
import { maxChanged, StackMemory } from './stack-memory.ts';

/** What a shadow stack needs of a tracer. */
export type StackTracer = {
  /** Changes when rows move. */
  readonly generation: number;
  /** Frames kept a traceback. */
  readonly nframe: number;
  /** The label of what is allocated now. */
  readonly currentLabel: LabelRow;
  /** Frame rows to be captured, MOST RECENT FIRST. */
  readonly stack: Int32Array;
  /** The traceback of the first frames in `stack`. */
  capture(count: number, total: number): TracebackRow;
  /** Labels what is allocated from now on. */
  setLabel(label: LabelRow): void;
};

/** Stands for what is no number: an Int32Array would throw on a bigint. No tracer has this row. */
const noFrame: FrameRow = -1;

/** One thread of control: the guest's main program, or a coroutine. */
type Context = {
  depth: number;
  frames: Int32Array;
  /**
   * anchors[i], for i <= valid: the row of a stack that has the frames below i, as this one has
   * them now, and depths[i] frames of this context in all.
   */
  anchors: Int32Array;
  depths: Int32Array;
  /** Frames that stand as they did when a traceback was asked for last; −1 = no anchor holds. */
  valid: number;
  /** Frames of those who resumed the context, when a stack was captured last. */
  below: number;
  generation: number;
  resumedBy: Context | null;
  /** The tracer's label while another context runs. */
  label: LabelRow;
  /** Its frames are being collected now. */
  asked: boolean;
};

/**
 * The guest's stack, pushed by an interpreter whose own stack cannot be read: call `enter`, `line`
 * and `leave` as it runs. Coroutines each get a context.
 *
 * `traceback()` costs O(1) while few frames changed in a way seen lately, which is a loop, and else
 * O(min(depth, nframe)): the frames are captured, so that callers that allocate nothing get no row.
 * Unbalanced calls never throw: `leave` on an empty stack and `line` outside any frame change nothing.
 */
export class ShadowStack {
  readonly #tracer: StackTracer;
  readonly #contexts = new Map<number, Context>();
  readonly #memory = new StackMemory();
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
    const context = this.#current;
    const { generation } = this.#tracer;
    if (context.generation !== generation) {
      context.generation = generation;
      context.valid = -1;
    }
    const { depth, valid, anchors, depths } = context;
    // An anchor that had more frames says nothing of those that the limit cut from it.
    const isAnchored = valid >= 0 && depths[valid]! <= depth;
    if (isAnchored && valid === depth) return anchors[valid]!;
    const row = isAnchored ? this.#changed(context) : this.#capture(context);
    for (let i = valid + 1; i <= depth; i++) {
      anchors[i] = row;
      depths[i] = depth;
    }
    if (!isAnchored && valid >= 0) {
      anchors[valid] = row;
      depths[valid] = depth;
    }
    // Row 0 of a stack that has frames is that of any stack with a frame that is no row.
    context.valid = row === 0 ? -1 : depth;
    return row;
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
    dropped.valid = -1;
    this.#current.valid = -1;
    this.#contexts.delete(context);
  }

  #run(next: Context, resumedBy: Context | null = next.resumedBy): void {
    const current = this.#current;
    next.valid = -1;
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

  /** The row of a stack that has an anchor. */
  #changed(context: Context): TracebackRow {
    const { depth, valid, anchors, depths, below, frames } = context;
    // A depth of 65 535 stands for all greater ones.
    if (depth - valid > maxChanged || depth + below >= maxTracebackLimit) {
      return this.#capture(context);
    }
    const { generation } = context;
    const gone = depths[valid]! - valid;
    const known = this.#memory.find(generation, anchors[valid]!, gone, frames, valid, depth);
    if (known >= 0) return known;
    const row = this.#capture(context);
    if (row > 0) this.#memory.keep(row);
    return row;
  }

  #capture(context: Context): TracebackRow {
    const { stack, nframe } = this.#tracer;
    let count = 0;
    let total = 0;
    // Contexts that resumed each other in a circle are cut.
    for (let one: Context | null = context; one !== null && !one.asked; one = one.resumedBy) {
      const { frames, depth } = one;
      const used = Math.min(depth, nframe - count);
      for (let i = 0; i < used; i++) stack[count + i] = frames[depth - 1 - i]!;
      count += used;
      total += depth;
      one.asked = true;
    }
    for (let one: Context | null = context; one?.asked === true; one = one.resumedBy) {
      one.asked = false;
    }
    context.below = total - context.depth;
    return count === 0 ? 0 : this.#tracer.capture(count, total);
  }
}

function newContext(label: LabelRow): Context {
  return {
    depth: 0,
    frames: new Int32Array(16),
    anchors: new Int32Array(17),
    depths: new Int32Array(17),
    valid: -1,
    below: 0,
    generation: 0,
    resumedBy: null,
    label,
    asked: false,
  };
}

function growContext(context: Context): void {
  const capacity = grownCapacity(context.frames.length, context.depth + 1);
  context.frames = growInt32(context.frames, capacity);
  context.anchors = growInt32(context.anchors, capacity + 1);
  context.depths = growInt32(context.depths, capacity + 1);
}
