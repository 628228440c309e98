import type { TracebackRow, Tracer } from '@tracemalloc/core';
import { type IntMemo, intMemo } from '../../callbacks/int-memo.ts';
import type { Address, Memory } from '../host.ts';
import type { Layout } from '../layout.ts';
import type { WatchedBlocks } from '../watched-blocks.ts';
import { FrameLabels } from './frame-labels.ts';
import { GuestText } from './guest-text.ts';
import { firstOwnerWithoutCode, RunningFrame } from './running-frame.ts';

const ownedByGenerator = 1;
/** A code unit; `_co_firsttraceable` counts them. */
const codeUnit = 2;
/** `_co_firsttraceable` and `co_extra` lie before the bytecode. */
const firstTraceableBefore = 8;
/** Deeper stacks than the guest can have are none: its memory was read wrong. */
const depthLimit = 1_000_000;
const framesAtFirst = 64;

/** What is remembered for a program counter instead of a row: that the frame is none, or of a file that is excluded. */
const left = { out: 0, unrecorded: 1 } as const;
/** What is remembered for row 0. */
const firstRow = 2;
/** Of a frame that is none. */
export const noLine = 1;

/**
 * Reads the guest's stack from CPython's frames, as its own tracemalloc does. What was read last is kept, so that in a loop no
 * frame is looked up and no traceback is interned.
 */
export class StackWalk {
  readonly #tracer: Tracer;
  readonly #memory: Memory;
  readonly #layout: Layout;
  readonly #watched: WatchedBlocks;
  readonly #text: GuestText;
  readonly #rowOf: IntMemo;
  readonly #excluded = new Set<string>();
  readonly running: RunningFrame;
  /** How the guest labels what it allocates. */
  readonly labels: FrameLabels;
  /** The frame that is looked up. */
  #frame: Address = 0;
  #pcs = new Int32Array(framesAtFirst);
  #rows = new Int32Array(framesAtFirst);
  #depth = -1;
  #last: TracebackRow = 0;
  #generation = 0;

  constructor(tracer: Tracer, memory: Memory, layout: Layout, watched: WatchedBlocks) {
    this.#tracer = tracer;
    this.#memory = memory;
    this.#layout = layout;
    this.#watched = watched;
    this.#text = new GuestText(memory.module);
    this.running = new RunningFrame(memory, layout);
    this.labels = new FrameLabels(tracer, memory, layout, this.running);
    this.#rowOf = intMemo((pc) => this.#lookUp(pc));
  }

  /** Leaves a file's frames out, and what is allocated in them. */
  excludeFile(file: string): void {
    this.#excluded.add(file);
    this.forget();
  }

  /**
   * A number for what a frame's program counter stands for, of which as many are alike as tracebacks have alike: {@link noLine} for
   * a frame that is none.
   * @throws RangeError where memory is not as the layout says.
   */
  lineOf(frame: Address, counter: Address): number {
    // Frames are looked up in the same order whoever asks.
    this.traceback();
    this.#frame = frame;
    return noLine + this.#rowOf(counter);
  }

  /** Forgets which frames program counters stand for. */
  forget(): void {
    this.#rowOf.flush();
    this.#pcs.fill(0);
    this.#depth = -1;
  }

  /**
   * The row of the stack as it is; −1 where a file that is excluded allocates. Cost: three loads a frame.
   * @throws RangeError where memory is not as the layout says.
   */
  traceback(): TracebackRow {
    const tracer = this.#tracer;
    const { previous, owner, instruction } = this.#layout.frame;
    const memory = this.#memory;
    memory.refresh();
    const { i32, u8 } = memory;
    const limit = tracer.nframe;
    if (limit > this.#pcs.length) this.#grow(limit);
    const pcs = this.#pcs;
    let depth = 0;
    let isSame = true;
    let steps = 0;
    for (let frame = this.running.find(); frame !== 0; frame = i32[(frame + previous) >>> 2]!) {
      if (++steps > depthLimit) throw new RangeError('the stack has no end');
      if (u8[(frame + owner) >>> 0]! >= firstOwnerWithoutCode) continue;
      if (i32[(frame + instruction) >>> 2] !== pcs[depth]) {
        const found = this.#changed(frame, depth, limit);
        if (found === left.out) continue;
        if (found === left.unrecorded && depth === 0) return -1;
        if (found === left.unrecorded) continue;
        isSame &&= depth >= limit;
      }
      depth++;
    }
    this.labels.settle();
    if (isSame && depth === this.#depth && this.#generation === tracer.generation)
      return this.#last;
    return this.#capture(depth, limit);
  }

  #capture(depth: number, limit: number): TracebackRow {
    const tracer = this.#tracer;
    const count = Math.min(depth, limit);
    const { stack } = tracer;
    const rows = this.#rows;
    for (let i = 0; i < count; i++) stack[i] = rows[i]!;
    this.#last = tracer.capture(count, depth);
    this.#depth = depth;
    this.#generation = tracer.generation;
    return this.#last;
  }

  /** Keeps what a frame is that is another than it was, unless it doesn't count. */
  #changed(frame: Address, depth: number, limit: number): number {
    const pc = this.#memory.word(frame + this.#layout.frame.instruction);
    this.#frame = frame;
    if (depth >= limit) {
      if (this.#isIncomplete(frame, pc)) return left.out;
    } else {
      const found = this.#rowOf(pc);
      if (found < firstRow) return found;
      this.#rows[depth] = found - firstRow;
    }
    if (depth < this.#pcs.length) this.#pcs[depth] = pc;
    return firstRow;
  }

  /**
   * A frame that has not come to its first line yet is none, as in CPython: what it allocates counts for its caller. So is the one that
   * CPython puts below each `__init__`.
   */
  #isIncomplete(frame: Address, pc: Address): boolean {
    const memory = this.#memory;
    const { frame: of, code: offsets } = this.#layout;
    if (memory.u8[(frame + of.owner) >>> 0] === ownedByGenerator) return false;
    const bytecode = (memory.word(frame + of.executable) & ~3) + offsets.bytecode;
    return pc < bytecode + codeUnit * memory.word(bytecode - firstTraceableBefore);
  }

  /** @throws RangeError before CPython is asked for something that is no frame: it would crash. */
  #lookUp(pc: Address): number {
    const memory = this.#memory;
    const { frame: of, code: offsets, objectType } = this.#layout;
    const code = memory.word(this.#frame + of.executable) & ~3;
    const isCode = memory.word(code + objectType) === memory.module._PyCode_Type;
    if (!isCode || pc < code + offsets.bytecode - codeUnit) {
      throw new RangeError('a frame has no code where it should');
    }
    this.#watched.watch(code >>> 0);
    if (this.#isIncomplete(this.#frame, pc)) return left.out;
    const line = memory.module._PyUnstable_InterpreterFrame_GetLine(this.#frame);
    const file = this.#text.ofStr(memory.word(code + offsets.filename));
    const name = this.#text.ofStr(memory.word(code + offsets.qualname));
    memory.refresh();
    if (this.#excluded.has(file)) return left.unrecorded;
    const tracer = this.#tracer;
    // Code that stands for no line has -1; CPython's tracemalloc writes 0.
    return firstRow + tracer.frame(tracer.string(file), Math.max(line, 0), tracer.string(name));
  }

  #grow(limit: number): void {
    const size = Math.max(limit, this.#pcs.length * 2);
    this.#pcs = new Int32Array(size);
    this.#rows = new Int32Array(size);
    this.#depth = -1;
  }
}
