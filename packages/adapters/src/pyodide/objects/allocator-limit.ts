import type { BlockLimitParts } from '../../contract/block-limit.ts';
import { BlockLimit, excluding } from '../../contract/index.ts';
import { type Gated, makeGates } from '../../wasm/allocation-gates.ts';
import { RunningFrame } from '../frames/running-frame.ts';
import type { Address, Memory, PyodideModule } from '../host.ts';
import type { Layout } from '../layout.ts';
import { PendingCall } from './pending-call.ts';

/**
 * `PYMEM_DOMAIN_MEM` and `_OBJ`, whose callers can all raise a MemoryError. What CPython asks of `_RAW` is its own, and
 * some of it ends the process where it fails.
 */
const limitedDomains = [1, 2] as const;

/** `PyMemAllocatorEx`: a context, then table indices of malloc, calloc, realloc and free. */
const allocatorWords = 5;
const kinds: readonly (Omit<Gated, 'original'> & { readonly type: string })[] = [
  { signature: 'ii:i', bytes: 1, type: 'iii' },
  { signature: 'iii:i', count: 1, bytes: 2, type: 'iiii' },
  { signature: 'iii:i', from: 1, bytes: 2, type: 'iiii' },
];

/**
 * `BINARY_OP_INPLACE_ADD_UNICODE`, `text += more`: CPython 3.14 goes on with no object where there is no memory for it, and
 * then crashes. There the error comes right after the instruction.
 */
const [minorWithDeadly, deadly] = [14, 3];

type Raising = PyodideModule & { _PyErr_NoMemory(): number };

type Parts = Omit<BlockLimitParts, 'isRunning' | 'collector'> & {
  readonly events: { excluded: number };
  /** Whether what is allocated is the adapter's own. */
  readonly isOwn: () => boolean;
};

/**
 * Allocators of CPython's that ask the tracer's limit, in front of those that are there: a refused one gives NULL, and CPython
 * raises a MemoryError.
 */
export class AllocatorLimit {
  readonly #memory: Memory;
  readonly #limit: BlockLimit;
  readonly #running: RunningFrame;
  readonly #collection: PendingCall;
  readonly #error: PendingCall;
  /** Of `_PyInterpreterFrame.instr_ptr`; 0 where no instruction is looked at. */
  readonly #instruction: number;
  #installed: readonly (readonly [
    domain: number,
    before: readonly number[],
    ours: readonly number[],
  ])[] = [];

  constructor(memory: Memory, layout: Layout, parts: Parts) {
    this.#memory = memory;
    const { module } = memory;
    const exclude = excluding(parts.events);
    // What the collector allocates is not refused: that would ask for the next collection.
    this.#collection = new PendingCall(module, 0, () => exclude(() => module._PyGC_Collect()));
    this.#error = new PendingCall(module, -1, () => (module as Raising)._PyErr_NoMemory());
    this.#instruction = layout.minor === minorWithDeadly ? layout.frame.instruction : 0;
    this.#running = new RunningFrame(memory, layout);
    this.#limit = new BlockLimit({
      ...parts,
      isRunning: () => {
        memory.refresh();
        return !parts.isOwn() && this.#running.find() !== 0;
      },
      collector: this.#collection.isPossible ? this.#collection : null,
    });
  }

  install(): void {
    const { module } = this.#memory;
    const limit = this.#limit;
    const words = module._PyMem_RawMalloc(4 * allocatorWords);
    const before = limitedDomains.map((domain) => this.#allocatorOf(domain, words));
    const gated = before.flatMap(([, ...functions]) =>
      kinds.map((kind, i) => ({ ...kind, original: module.wasmTable.get(functions[i]!) })),
    );
    // All in one module: what one of them has had is no room for another.
    const gates = makeGates(gated, {
      isRefused: (from, bytes) => this.#isRefused(from, bytes),
      get room() {
        return limit.room;
      },
    });
    this.#installed = limitedDomains.map((domain, d) => {
      const [context, ...functions] = before[d] as [number, ...number[]];
      const ours = kinds.map(({ type }, i) =>
        module.addFunction(gates[d * kinds.length + i], type),
      );
      this.#setAllocator(domain, [context, ...ours, functions[3]!], words);
      return [domain, before[d]!, ours] as const;
    });
    module._PyMem_RawFree(words);
  }

  /** Puts back what was there. */
  remove(): void {
    if (this.#installed.length === 0) return;
    const { module } = this.#memory;
    const words = module._PyMem_RawMalloc(4 * allocatorWords);
    for (const [domain, before, ours] of this.#installed) {
      // Functions over which somebody put his own stay, and hand on what they are given.
      if (this.#allocatorOf(domain, words)[1] !== ours[0]) continue;
      this.#setAllocator(domain, before, words);
      for (const index of ours) module.removeFunction(index);
    }
    module._PyMem_RawFree(words);
    this.#installed = [];
  }

  /** The same for good. */
  close(): void {
    this.remove();
    this.#collection.close();
    this.#error.close();
  }

  #isRefused(from: number, bytes: number): number {
    const refused = this.#limit.isRefused(from, bytes);
    if (refused === 0 || !this.#isDeadly()) return refused;
    this.#error.request();
    return 0;
  }

  #isDeadly(): boolean {
    if (this.#instruction === 0) return false;
    const { i32, u8 } = this.#memory;
    const at = i32[(this.#running.find() + this.#instruction) >>> 2]!;
    return u8[at >>> 0] === deadly;
  }

  #allocatorOf(domain: number, words: Address): number[] {
    this.#memory.module._PyMem_GetAllocator(domain, words);
    this.#memory.refresh();
    return Array.from({ length: allocatorWords }, (_, i) => this.#memory.word(words + 4 * i));
  }

  #setAllocator(domain: number, allocator: readonly number[], words: Address): void {
    this.#memory.refresh();
    this.#memory.i32.set(allocator, words >>> 2);
    this.#memory.module._PyMem_SetAllocator(domain, words);
  }
}
