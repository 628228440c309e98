import type { FrameRow, TracebackRow, Tracer } from '@tracemalloc/core';
import type { SkulptObject } from '../host.ts';

/** A compiled function's `$saveSuspension`, which tells what its frame holds; or what it holds. */
export type FrameRoots =
  | ((child: object, file: string, line: number, column: number) => object)
  | object;

/** Frames that are told apart; what is called deeper has the lines of the deepest one. */
const maxDepth = 65536;

/** Frames without a row, and kept a traceback, from which a stack is captured in one step. */
const longRun = 256;

/**
 * The guest's stack. Compiled functions write to it themselves (see emit-frames.ts), because a
 * call for every line would cost more than the line: the fields are public for them.
 *
 * A stamp is a traceback row plus `base`. Rows start anew when traces are cleared, stamps don't:
 * what an object was stamped with before is smaller than `base` then, and means "not traced".
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
  /** By depth: how to find what the frame holds. */
  readonly roots: (FrameRoots | null)[] = [null];
  /** Frames that wait in a suspension. */
  readonly parked: Set<object> = new Set();
  /** Stands for the child of a suspension that is made only to look into a frame. */
  readonly probe: object = { data: undefined, optional: false };
  /** Files whose code is the tracer's own. */
  readonly ownFiles: Set<string> = new Set();

  /** What smaller stamps are not of this session. */
  base = 1;
  /** Not 0: allocations are not recorded. */
  paused = 0;
  /** Qualified name of the class whose body ended last. */
  body = '';
  /** Told by compiled code that a module may have that many names of its own now. */
  grow: ((namespace: SkulptObject, count: number) => void) | null = null;
  #newest: TracebackRow = 0;
  readonly #tracer: Tracer;

  constructor(tracer: Tracer) {
    this.#tracer = tracer;
  }

  /** The stamp of an allocation that happens now; 0 when it is not recorded. Hot. */
  stamp(): number {
    if (this.paused !== 0) return 0;
    const { sp, node } = this;
    if (sp < maxDepth && node[sp] !== 0 && this.known[sp] === this.loc[sp]) {
      return this.base + node[sp]!;
    }
    return this.base + this.#find(sp < maxDepth ? sp : maxDepth - 1);
  }

  /** The stamp of what is allocated for the running frame by its caller. */
  callerStamp(): number {
    if (this.sp === 0) return this.stamp();
    this.sp--;
    const stamp = this.stamp();
    this.sp++;
    return stamp;
  }

  /** The traceback of a stamp; −1 when it is of another session or of nothing recorded. */
  rowOf(stamp: number | undefined): TracebackRow {
    return stamp === undefined || stamp < this.base ? -1 : stamp - this.base;
  }

  /** Traceback rows start anew. */
  renew(): void {
    this.base += this.#newest + 1;
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
    return tracer.frame(tracer.string(file), line, tracer.string(functionName));
  }
}
