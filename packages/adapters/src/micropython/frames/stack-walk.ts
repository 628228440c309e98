import type { TracebackRow, Tracer } from '@tracemalloc/core';
import { type IntMemo, intMemo } from '../../callbacks/int-memo.ts';
import type { MemoryViews } from '../../wasm/memory-views.ts';
import type { Address } from '../host.ts';
import type { Layout } from '../layout.ts';
import type { Shim } from '../objects/shim.ts';
import { placeOf } from './code-place.ts';
import type { GuestNames } from './guest-names.ts';

const framesAtFirst = 64;
/** What is remembered for an instruction of a file that is excluded, instead of a row. */
const excluded = 0;
const firstRow = 1;

/** Reads the calls that are on their way. What was read last is kept, so that in a loop nothing is looked up. */
export class StackWalk {
  readonly #tracer: Tracer;
  readonly #memory: MemoryViews;
  readonly #layout: Layout;
  readonly #names: GuestNames;
  readonly #calls: Pick<Shim, 'depth' | 'memory'>;
  readonly #rowOf: IntMemo;
  readonly #excludedFiles = new Set<string>();
  #entries: Uint32Array;
  /** The call that is looked up. */
  #state: Address = 0;
  #instructions = new Uint32Array(framesAtFirst);
  #rows = new Int32Array(framesAtFirst);
  #depth = -1;
  #last: TracebackRow = 0;
  #generation = 0;

  constructor(
    tracer: Tracer,
    memory: MemoryViews,
    layout: Layout,
    names: GuestNames,
    calls: Pick<Shim, 'depth' | 'memory'>,
  ) {
    this.#tracer = tracer;
    this.#memory = memory;
    this.#layout = layout;
    this.#names = names;
    this.#calls = calls;
    this.#entries = new Uint32Array(calls.memory.buffer);
    this.#rowOf = intMemo(() => this.#lookUp());
  }

  /** Leaves a file's frames out, and what is allocated in them. */
  excludeFile(file: string): void {
    this.#excludedFiles.add(file);
    this.forget();
  }

  /** Forgets which frames instructions stand for: code may have died. */
  forget(): void {
    this.#rowOf.flush();
    this.#instructions.fill(0);
    this.#depth = -1;
  }

  /**
   * The row of the stack as it is; −1 where a file that is excluded allocates. Cost: three loads a call.
   * @throws RangeError where memory is not as the layout says.
   */
  traceback(): TracebackRow {
    const { nframe: limit, generation } = this.#tracer;
    const memory = this.#memory;
    memory.refresh();
    if (this.#entries.length === 0) this.#entries = new Uint32Array(this.#calls.memory.buffer);
    if (limit > this.#rows.length) this.#grow(limit);
    const { u32 } = memory;
    const entries = this.#entries;
    const instructions = this.#instructions;
    const calls = this.#calls.depth.value;
    const offset = this.#layout.state.instruction;
    let depth = 0;
    let isSame = true;
    for (let i = calls - 1; i >= 0; i--) {
      const state = entries[2 * i + 1]!;
      const instruction = u32[(state + offset) >>> 2]!;
      if (depth >= limit || instruction !== instructions[depth]) {
        this.#state = state;
        const found = this.#rowOf(instruction);
        if (found === excluded && i === calls - 1) return -1;
        if (found === excluded) continue;
        if (depth < limit) {
          instructions[depth] = instruction;
          this.#rows[depth] = found - firstRow;
          isSame = false;
        }
      }
      depth++;
    }
    if (isSame && depth === this.#depth && generation === this.#tracer.generation) {
      if (this.#generation === generation) return this.#last;
    }
    return this.#capture(depth, limit);
  }

  #capture(depth: number, limit: number): TracebackRow {
    const tracer = this.#tracer;
    const count = Math.min(depth, limit);
    const { stack } = tracer;
    for (let i = 0; i < count; i++) stack[i] = this.#rows[i]!;
    this.#last = tracer.capture(count, depth);
    this.#depth = depth;
    this.#generation = tracer.generation;
    return this.#last;
  }

  #lookUp(): number {
    const { file, line, name } = placeOf(this.#state, this.#memory, this.#layout, this.#names);
    if (this.#excludedFiles.has(file)) return excluded;
    const tracer = this.#tracer;
    return firstRow + tracer.frame(tracer.string(file), line, tracer.string(name));
  }

  #grow(limit: number): void {
    const size = Math.max(limit, this.#rows.length * 2);
    this.#instructions = new Uint32Array(size);
    this.#rows = new Int32Array(size);
    this.#depth = -1;
  }
}
