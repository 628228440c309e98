import { type FrameRow, ShadowStack, TracemallocError } from '@tracemalloc/core';
import { shown } from '../contract/shown.ts';
import type { CheckedTracer } from './checked-tracer.ts';

/**
 * A {@link ShadowStack} that throws where a plain one ignores unbalanced calls, and where contexts
 * are switched in a way that loses a caller.
 */
export class CheckedStack extends ShadowStack {
  readonly #checked: CheckedTracer;
  #running = 0;
  /** Who resumed a context and waits for it; contexts that nobody waits for are not in here. */
  readonly #resumers = new Map<number, number>();

  constructor(tracer: CheckedTracer) {
    super(tracer);
    this.#checked = tracer;
  }

  override enter(frame: FrameRow): void {
    this.#checked.checkFrame('enter', frame);
    super.enter(frame);
  }

  override line(frame: FrameRow): void {
    this.#checked.checkFrame('line', frame);
    this.#needsFrame(`line(${frame})`);
    super.line(frame);
  }

  override leave(): void {
    this.#needsFrame('leave()');
    super.leave();
  }

  override unwindTo(depth: number): void {
    if (Number.isInteger(depth) && depth >= 0 && depth <= this.depth) {
      super.unwindTo(depth);
      return;
    }
    throw misuse(
      `unwindTo(${shown(depth)})`,
      `the depth is an integer in 0..${this.depth}, the frames of this context`,
    );
  }

  override switchTo(context: number, resumedBy?: number | null): void {
    const waitsFor = this.#resumers.get(context);
    const isWaiting = context !== this.#running && this.#chain().includes(context);
    if (isWaiting && resumedBy !== undefined && waitsFor !== undefined && waitsFor !== resumedBy) {
      throw misuse(
        `switchTo(${context}, ${resumedBy})`,
        `context ${waitsFor}, which resumed ${context}, would be lost: leave resumedBy out, or say leaveContext()`,
      );
    }
    super.switchTo(context, resumedBy);
    if (resumedBy === null || resumedBy === context) this.#resumers.delete(context);
    else if (resumedBy !== undefined) this.#resumers.set(context, resumedBy);
    this.#now(context);
  }

  override leaveContext(): void {
    const resumer = this.#resumers.get(this.#running);
    if (resumer === undefined) {
      throw misuse('leaveContext()', `nobody resumed context ${this.#running}, which runs`);
    }
    super.leaveContext();
    this.#now(resumer);
  }

  override drop(context: number): void {
    if (context !== this.#running && this.#chain().includes(context)) {
      throw misuse(
        `drop(${context})`,
        `the context waits for what it resumed: leave context ${this.#running} first`,
      );
    }
    super.drop(context);
    if (context === this.#running) this.#now(this.#resumers.get(context) ?? 0);
    this.#resumers.delete(context);
  }

  /** For the end of a program: @throws TracemallocError `misuse` when a frame was not left. */
  checkBalanced(): void {
    if (this.depth === 0) return;
    throw misuse('checkBalanced()', `${this.depth} frames were entered and not left`);
  }

  #now(context: number): void {
    if (this.#resumers.get(this.#running) === context) this.#resumers.delete(this.#running);
    this.#running = context;
  }

  /** The running context, and all that wait for it. */
  #chain(): number[] {
    const chain: number[] = [];
    for (let at: number | undefined = this.#running; at !== undefined && !chain.includes(at); ) {
      chain.push(at);
      at = this.#resumers.get(at);
    }
    return chain;
  }

  #needsFrame(call: string): void {
    if (this.depth === 0) throw misuse(call, 'no frame was entered that it could speak of');
  }
}

function misuse(call: string, reason: string): TracemallocError {
  return new TracemallocError('misuse', `${call}: ${reason}`, { call });
}
