import type { FrameRow, LabelRow, TracebackRow, Tracer } from '@tracemalloc/core';
import type { HostStack } from '../../host-frames/index.ts';
import type { SkulptObject } from '../host.ts';
import type { Charged } from '../limit/meter.ts';
import { LabelledRows } from './labelled-rows.ts';

/** A compiled function's `$saveSuspension`, which tells what its frame holds; or what it holds. */
export type FrameRoots =
  | ((child: object, file: string, line: number, column: number) => object)
  | object;

/** A label that a frame was given, and those that it had before. */
type Given = { readonly row: LabelRow; readonly outer: Given | null };

/** What a block is made for, which is all that there is of an allocator. */
export type Allocator = 'object' | 'list growth' | 'dict growth' | 'set growth' | 'cells';

/** The module that manages a frame's context for its caller. */
const managerFile = /(?:^|\/)contextlib\.py$/;

/** Frames that are told apart; what is called deeper has the lines of the deepest one. */
const maxDepth = 65536;

/** Frames without a row, and kept a traceback, from which a stack is captured in one step. */
const longRun = 256;

/**
 * The guest's stack. Compiled functions write to it themselves (see emit-frames.ts), because a
 * call for every line would cost more than the line: the fields are public for them.
 *
 * A stamp is `base` plus twice a traceback row, or plus an odd number for a row with a label. Rows
 * start anew when traces are cleared, stamps don't: what an object was stamped with before is smaller
 * than `base` then, and means "not traced".
 */
export class GuestStack {
  /** Depth; 0 = no Python frame. */
  sp = 0;
  /** By depth: the FrameRow that the frame is at. */
  readonly loc: Int32Array = new Int32Array(maxDepth);
  /** By depth: the traceback of the stack up to there, 0 = not known. */
  readonly node: Int32Array = new Int32Array(maxDepth);
  /** By depth: what `loc` was when `node` was found. */
  readonly known: Int32Array = new Int32Array(maxDepth);
  /** By depth: the label of what the frame allocates; 0 = what the host has set. */
  readonly label: Int32Array = new Int32Array(maxDepth);
  /** By depth: the labels that the frame itself was given, and has again wherever it goes on. */
  readonly given: (Given | null | undefined)[] = [null];
  /** By depth: how to find what the frame holds. */
  readonly roots: (FrameRoots | null)[] = [null];
  /** While a limit is set: what comprehensions are making, up to eight a frame. */
  readonly makings: (SkulptObject | null)[] = [];
  /** Frames that wait in a suspension. */
  readonly parked: Set<object> = new Set();
  /** Stands for the child of a suspension that is made only to look into a frame. */
  readonly probe: object = { data: undefined, optional: false };
  /** Files whose code is the tracer's own. */
  readonly ownFiles: Set<string> = new Set();
  /** Files whose code has no frames: what it allocates is its caller's. */
  readonly plainFiles: Set<string> = new Set();

  /** What smaller stamps are not of this session. */
  base = 1;
  /** Told of what is allocated while a limit is set, or somebody waits for it; or `null`. */
  meter: Charged | null = null;
  /** Reads Skulpt's own functions, too; `null` where nobody asks for them. */
  native: HostStack | null = null;
  /** Not 0: allocations are not recorded. */
  paused = 0;
  /** Qualified name of the class whose body ended last. */
  body = '';
  /** Told by compiled code that a module may have that many names of its own now. */
  grow: ((namespace: SkulptObject, count: number) => void) | null = null;
  #newest: TracebackRow = 0;
  readonly #tracer: Tracer;
  readonly #labelled = new LabelledRows();
  readonly #managers = new Set<FrameRow>();

  constructor(tracer: Tracer) {
    this.#tracer = tracer;
  }

  /** The stamp of an allocation that happens now; 0 when it is not recorded. Hot. */
  stamp(allocator: Allocator = 'object'): number {
    if (this.paused !== 0) return 0;
    const { sp, node } = this;
    if (sp < maxDepth && node[sp] !== 0 && this.known[sp] === this.loc[sp]) {
      return this.#stampOf(node[sp]!, allocator);
    }
    return this.#stampOf(this.#find(sp < maxDepth ? sp : maxDepth - 1), allocator);
  }

  #stampOf(guest: TracebackRow, allocator: Allocator): number {
    const { native } = this;
    let row = guest;
    if (native !== null) {
      row = native.onto(guest, native.allocator(allocator));
      if (row > this.#newest) this.#newest = row;
    }
    const label = this.labelNow();
    return this.base + (label === 0 ? 2 * row : this.#labelled.of(row, label));
  }

  /** The label of an allocation that happens now. Hot. */
  labelNow(): LabelRow {
    const { sp } = this;
    return this.label[sp < maxDepth ? sp : maxDepth - 1] || this.#tracer.currentLabel;
  }

  /** The running frame, or who has it managed, has a label. */
  push(row: LabelRow): void {
    const depth = this.#labelledDepth();
    this.#give(depth, { row, outer: this.given[depth] ?? null });
  }

  /** It has the label that it had before. */
  pop(): void {
    const depth = this.#labelledDepth();
    this.#give(depth, this.given[depth]?.outer ?? null);
  }

  #give(depth: number, given: Given | null): void {
    if (depth === 0) return;
    this.given[depth] = given;
    for (let i = depth; i <= this.sp && i < maxDepth; i++) {
      this.label[i] = this.given[i]?.row ?? this.label[i - 1]!;
    }
  }

  /** Where a label belongs: a frame that runs for a context manager labels whoever enters that. */
  #labelledDepth(): number {
    const isManager = (depth: number): boolean => this.#managers.has(this.loc[depth]!);
    let depth = Math.min(this.sp, maxDepth - 1);
    for (;;) {
      let above = depth > 0 && isManager(depth) ? depth : depth - 1;
      if (above < 1 || !isManager(above)) return depth;
      while (above > 0 && isManager(above)) above--;
      if (above === 0) return depth;
      depth = above;
    }
  }

  /** The stamp of what is allocated for the running frame by its caller. */
  callerStamp(): number {
    if (this.sp === 0) return this.stamp('cells');
    this.sp--;
    const stamp = this.stamp('cells');
    this.sp++;
    return stamp;
  }

  /** The traceback of a stamp; −1 when it is of another session or of nothing recorded. */
  rowOf(stamp: number | undefined): TracebackRow {
    if (stamp === undefined || stamp < this.base) return -1;
    const of = stamp - this.base;
    return (of & 1) === 0 ? of / 2 : this.#labelled.rowOf(of);
  }

  /** The label of a stamp of this session. */
  labelOf(stamp: number): LabelRow {
    const of = stamp - this.base;
    return (of & 1) === 0 ? 0 : this.#labelled.labelOf(of);
  }

  /** Whether code of a file keeps frames. */
  hasFrames(file: string): boolean {
    return !this.ownFiles.has(file) && !this.plainFiles.has(file);
  }

  /** Traceback rows start anew. */
  renew(): void {
    this.base += 2 * Math.max(this.#newest, this.#labelled.count) + 2;
    this.#labelled.clear();
    this.#newest = 0;
    this.node.fill(0);
  }

  /** A main program begins; what an earlier one left waiting will not go on. */
  beginProgram(): void {
    if (this.sp === 0) this.parked.clear();
  }

  #find(sp: number): TracebackRow {
    const { node, known, loc } = this;
    let valid = sp;
    while (valid > 0 && (node[valid] === 0 || known[valid] !== loc[valid])) valid--;
    const { nframe } = this.#tracer;
    if (sp - valid > longRun && nframe > longRun) return this.#capture(sp, nframe);
    let row = node[valid]!;
    for (let i = valid + 1; i <= sp; i++) {
      row = this.#tracer.extend(row, loc[i]!);
      node[i] = row;
      known[i] = loc[i]!;
    }
    if (row > this.#newest) this.#newest = row;
    return row;
  }

  /** A long stack in one step: frame by frame, each caller would get a row with all frames below. */
  #capture(sp: number, nframe: number): TracebackRow {
    const { stack } = this.#tracer;
    const count = Math.min(sp, nframe);
    for (let i = 0; i < count; i++) stack[i] = this.loc[sp - i]!;
    const row = this.#tracer.capture(count, sp);
    this.node[sp] = row;
    this.known[sp] = this.loc[sp]!;
    if (row > this.#newest) this.#newest = row;
    return row;
  }

  /** The row of a frame. Called when code is compiled. */
  frameRow(file: string, line: number, functionName: string): FrameRow {
    const tracer = this.#tracer;
    const row = tracer.frame(tracer.string(file), line, tracer.string(functionName));
    if (managerFile.test(file)) this.#managers.add(row);
    return row;
  }
}
