import type { TracebackRow, Tracer } from '@tracemalloc/core';
import { type IntMemo, intMemo } from '../../callbacks/int-memo.ts';
import type { MemoryViews } from '../../wasm/memory-views.ts';
import type { Address } from '../host.ts';
import type { Layout } from '../layout.ts';
import type { ClassRows } from '../objects/class-rows.ts';
import { placeOf } from './code-place.ts';
import type { GuestNames } from './guest-names.ts';

/** What is remembered for a call of a file that is excluded, instead of a row. */
const excluded = 0;
const firstRow = 1;
const framesAtFirst = 64;
/** Deeper stacks than the guest can have are none. */
const depthLimit = 1 << 20;

/** Reads the calls that are on their way from QuickJS's own list. What was read last is kept, so that in a loop nothing is looked up. */
export class StackWalk {
  readonly #tracer: Tracer;
  readonly #memory: MemoryViews;
  readonly #layout: Layout;
  readonly #names: GuestNames;
  readonly #classes: ClassRows;
  readonly #runtime: Address;
  readonly #rowOf: IntMemo;
  readonly #excludedFiles = new Set<string>();
  /** Blocks of code that rows are remembered for. */
  readonly #known = new Set<Address>();
  /** Of the call that is looked up. */
  #code: Address = 0;
  #pc: Address = 0;
  /** Of the stack that was read last: where its calls are, and their rows. */
  #places = new Uint32Array(framesAtFirst);
  #rows = new Int32Array(framesAtFirst);
  #depth = -1;
  #last: TracebackRow = 0;
  #generation = 0;

  constructor(
    tracer: Tracer,
    memory: MemoryViews,
    layout: Layout,
    names: GuestNames,
    classes: ClassRows,
    runtime: Address,
  ) {
    this.#tracer = tracer;
    this.#memory = memory;
    this.#layout = layout;
    this.#names = names;
    this.#classes = classes;
    this.#runtime = runtime;
    this.#rowOf = intMemo(() => this.#lookUp());
  }

  /** Leaves a file's frames out, and what is allocated in them. */
  excludeFile(file: string): void {
    this.#excludedFiles.add(file);
    this.forget();
  }

  /** Whether code is of a file that is left out. */
  isLeftOut(code: Address): boolean {
    if (this.#excludedFiles.size === 0) return false;
    this.#code = code;
    this.#pc = 0;
    return this.#rowOf(code) === excluded;
  }

  /** Forgets which frames addresses stand for. */
  forget(): void {
    this.#rowOf.flush();
    this.#known.clear();
    this.#places.fill(0);
    this.#depth = -1;
  }

  /** A block was freed; it may have been code, whose address may come to mean other code. Hot. */
  freed(block: Address): void {
    if (this.#known.has(block)) this.forget();
  }

  /** The row of the stack as it is; −1 where a file that is excluded allocates. @throws RangeError where memory is not as the layout says. */
  traceback(): TracebackRow {
    const { frame: of, runtime } = this.#layout;
    const memory = this.#memory;
    memory.refresh();
    const { nframe: limit } = this.#tracer;
    if (limit > this.#rows.length) this.#grow(limit);
    let depth = 0;
    let isSame = true;
    let steps = 0;
    for (
      let frame = memory.word(this.#runtime + runtime.frame);
      frame !== 0;
      frame = memory.word(frame + of.previous)
    ) {
      if (++steps > depthLimit) throw new RangeError('the stack has no end');
      const called = memory.word(frame + of.function);
      if (called === 0 || !this.#classes.isFunction(called)) continue;
      const place = this.#placeOf(frame, called);
      if (depth >= limit || place !== this.#places[depth]) {
        const found = this.#rowOf(place);
        if (found === excluded && depth === 0) return -1;
        if (found === excluded) continue;
        if (depth < limit) {
          this.#places[depth] = place;
          this.#rows[depth] = found - firstRow;
          isSame = false;
        }
      }
      depth++;
    }
    return this.#capture(depth, isSame);
  }

  /** The instruction that a call is at; the code, before its first call that notes one. */
  #placeOf(frame: Address, called: Address): Address {
    const { frame: of, object, bytecode } = this.#layout;
    const memory = this.#memory;
    this.#code = memory.word(called + object.bytecode);
    const pc = memory.word(frame + of.pc);
    const offset = pc - memory.word(this.#code + bytecode.code);
    const isWithin = offset > 0 && offset <= memory.word(this.#code + bytecode.length);
    this.#pc = isWithin ? pc : 0;
    return isWithin ? pc : this.#code;
  }

  #capture(depth: number, isSame: boolean): TracebackRow {
    const tracer = this.#tracer;
    const { generation } = tracer;
    if (isSame && depth === this.#depth && generation === this.#generation) return this.#last;
    const count = Math.min(depth, tracer.nframe);
    const { stack } = tracer;
    for (let i = 0; i < count; i++) stack[i] = this.#rows[i]!;
    this.#last = tracer.capture(count, depth);
    this.#depth = depth;
    this.#generation = tracer.generation;
    return this.#last;
  }

  #grow(limit: number): void {
    const size = Math.max(limit, this.#rows.length * 2);
    this.#places = new Uint32Array(size);
    this.#rows = new Int32Array(size);
    this.#depth = -1;
  }

  #lookUp(): number {
    const { file, line, name } = placeOf(
      this.#code,
      this.#pc,
      this.#memory,
      this.#layout,
      this.#names,
    );
    this.#known.add(this.#code);
    if (this.#excludedFiles.has(file)) return excluded;
    const tracer = this.#tracer;
    return firstRow + tracer.frame(tracer.string(file), line, tracer.string(name));
  }
}
