import { type Address, guestMemory, type Memory } from '../host.ts';
import type { Layout } from '../layout.ts';
import type { Counting } from './counting.ts';
import { type DomainFunctions, domains, makeShim, type Shim } from './shim.ts';
import { scratchBytes } from './shim-walk.ts';

/** `PyMemAllocatorEx`: a context, then table indices of malloc, calloc, realloc and free. */
type Allocator = readonly number[];

const allocatorWords = 5;
const signatures = ['iii', 'iiii', 'iiii', 'vii'] as const;
const refTracerSignature = 'iiii';

/** Our functions while they are in CPython's places. */
type Installed = {
  readonly shim: Shim;
  readonly originals: readonly Allocator[];
  readonly ours: readonly Allocator[];
  readonly refTracer: number;
  /** Room for the words of an allocator, in the guest's memory, and for what the shim's walk keeps. */
  readonly words: Address;
  readonly scratch: Address;
};

/**
 * Puts functions of ours into the places that CPython has for it: the allocators of its three domains, and the reference tracer, of which
 * there is one.
 */
export class AllocatorHooks {
  readonly #memory: Memory;
  readonly #layout: Layout;
  readonly #counting: Counting;
  #installed: Installed | null = null;

  constructor(memory: Memory, layout: Layout, counting: Counting) {
    this.#memory = memory;
    this.#layout = layout;
    this.#counting = counting;
  }

  /** Whether something is being told: what is allocated then is our own. */
  get isTelling(): boolean {
    return this.#installed?.shim.globals.isInside.value === 1;
  }

  get isInstalled(): boolean {
    return this.#installed !== null;
  }

  install(): void {
    if (this.#installed !== null) return;
    const { module } = this.#memory;
    const words = module._PyMem_RawMalloc(4 * allocatorWords);
    const originals = domains.map((domain) => this.#allocatorOf(domain, words));
    const functions = originals.map(
      (allocator) =>
        allocator
          .slice(1)
          .map((index) => module.wasmTable.get(index)) as unknown as DomainFunctions,
    );
    const scratch = module._PyMem_RawMalloc(scratchBytes);
    const { events, frames, ledger } = this.#counting;
    const shim = makeShim(functions, {
      ...{ events, frames, ledger: ledger.calls, layout: this.#layout },
      memory: scratch === 0 ? null : guestMemory(module),
    });
    shim.globals.scratch.value = scratch;
    this.#counting.use(shim.globals);
    const ours = shim.domains.map((domain, i) => [
      originals[i]![0]!,
      ...domain.map((one, kind) => module.addFunction(one, signatures[kind]!)),
    ]);
    const refTracer = module.addFunction(shim.refTracer, refTracerSignature);
    this.#installed = { shim, originals, ours, refTracer, words, scratch };
    for (const [domain, allocator] of ours.entries()) this.#setAllocator(domain, allocator, words);
    this.takeRefTracer();
  }

  /**
   * Takes the reference tracer if nobody has it.
   * @returns whether it is ours: the guest's own tracemalloc needs it too.
   */
  takeRefTracer(): boolean {
    const { module } = this.#memory;
    const { refTracer = -1 } = this.#installed ?? {};
    const holder = module._PyRefTracer_GetTracer(0);
    if (holder === 0 && refTracer >= 0) module._PyRefTracer_SetTracer(refTracer, 0);
    return holder === 0 || holder === refTracer;
  }

  /** Whether CPython still calls us: who put an allocator over ours, and takes it out again, may take ours out, too. */
  isCalled(): boolean {
    const { module } = this.#memory;
    const wasCalled = this.#installed?.shim.globals.wasCalled;
    if (wasCalled === undefined) return false;
    wasCalled.value = 0;
    module._PyMem_RawFree(module._PyMem_RawMalloc(1));
    return wasCalled.value !== 0;
  }

  /** Puts back what was there. Functions over which somebody put his own stay, and hand on what they are given. */
  remove(): void {
    const installed = this.#installed;
    if (installed === null) return;
    this.#installed = null;
    const { module } = this.#memory;
    const { shim, originals, ours, refTracer, words, scratch } = installed;
    this.#counting.use(null);
    if (module._PyRefTracer_GetTracer(0) === refTracer) module._PyRefTracer_SetTracer(0, 0);
    shim.globals.isInside.value = 1;
    let areAllOut = true;
    for (const [domain, allocator] of ours.entries()) {
      const isOnTop = this.#allocatorOf(domain, words)[1] === allocator[1];
      if (isOnTop) this.#setAllocator(domain, originals[domain]!, words);
      areAllOut &&= isOnTop;
    }
    module._PyMem_RawFree(words);
    module._PyMem_RawFree(scratch);
    if (!areAllOut) return;
    for (const allocator of ours) {
      for (const index of allocator.slice(1)) module.removeFunction(index);
    }
    module.removeFunction(refTracer);
  }

  #allocatorOf(domain: number, words: Address): Allocator {
    this.#memory.module._PyMem_GetAllocator(domain, words);
    this.#memory.refresh();
    return Array.from({ length: allocatorWords }, (_, i) => this.#memory.word(words + 4 * i));
  }

  #setAllocator(domain: number, allocator: Allocator, words: Address): void {
    this.#memory.refresh();
    this.#memory.i32.set(allocator, words >>> 2);
    this.#memory.module._PyMem_SetAllocator(domain, words);
  }
}
