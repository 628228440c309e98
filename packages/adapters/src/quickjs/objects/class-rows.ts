import type { Tracer, TypeRow } from '@tracemalloc/core';
import { type IntMemo, intMemo } from '../../callbacks/int-memo.ts';
import type { MemoryViews } from '../../wasm/memory-views.ts';
import type { GuestNames } from '../frames/guest-names.ts';
import type { Address } from '../host.ts';
import type { Layout } from '../layout.ts';

/** `gc_obj_type`: the lowest bits of a byte; 0 is an object. */
const kindBits = 0xf;
const nativeFunction = 12;
const plainFunction = 13;
/** Classes whose functions have bytecode, beside that of plain functions. */
const asyncClasses = ['AsyncFunction', 'AsyncGeneratorFunction'];
const functionClasses = ['GeneratorFunction', ...asyncClasses];

/** Classes of the guest's objects. */
export class ClassRows {
  readonly #memory: MemoryViews;
  readonly #layout: Layout;
  readonly #names: GuestNames;
  readonly #runtime: Address;
  readonly #rowOf: IntMemo;
  readonly #hasBytecode: IntMemo;
  readonly #isAsync: IntMemo;

  constructor(
    tracer: Tracer,
    memory: MemoryViews,
    layout: Layout,
    names: GuestNames,
    runtime: Address,
  ) {
    this.#memory = memory;
    this.#layout = layout;
    this.#names = names;
    this.#runtime = runtime;
    this.#rowOf = intMemo((id) => tracer.type(this.#nameOf(id)));
    this.#hasBytecode = intMemo((id) =>
      id === plainFunction || functionClasses.includes(this.#nameOf(id)) ? 1 : 0,
    );
    this.#isAsync = intMemo((id) => (asyncClasses.includes(this.#nameOf(id)) ? 1 : 0));
  }

  /** Bytes of the block of an object. */
  get objectSize(): number {
    return this.#layout.object.size;
  }

  /** Whether an object is a function in JavaScript, rather than one of C. */
  isFunction(object: Address): boolean {
    return this.#hasBytecode(this.#classOf(object)) === 1;
  }

  /** Whether calls of a function are in QuickJS's list: not those of a bound one or a proxy, which call another. */
  hasCalls(object: Address): boolean {
    return this.#classOf(object) === nativeFunction || this.isFunction(object);
  }

  /** Whether a function goes on later by itself. */
  isAsync(object: Address): boolean {
    return this.#isAsync(this.#classOf(object)) === 1;
  }

  /**
   * The row of the class of the object that is in a block of {@link objectSize}; 0 for a block that holds none. An object is in the collector's list, whose neighbours say so.
   * @throws RangeError where memory is not as the layout says.
   */
  rowOf(block: Address): TypeRow {
    const { object, runtime } = this.#layout;
    const memory = this.#memory;
    memory.refresh();
    const { u32 } = memory;
    if ((memory.byte(block + object.kind) & kindBits) !== 0) return 0;
    const link = block + object.link;
    const [previous, next] = [u32[link >>> 2]!, u32[(link + 4) >>> 2]!];
    const isListed = u32[(previous + 4) >>> 2] === link && u32[next >>> 2] === link;
    const id = this.#classOf(block);
    if (!isListed || id === 0 || id >= memory.word(this.#runtime + runtime.classCount)) return 0;
    return this.#rowOf(id);
  }

  /** Classes may be made anew. */
  forget(): void {
    this.#rowOf.flush();
    this.#hasBytecode.flush();
    this.#isAsync.flush();
  }

  #classOf(object: Address): number {
    return this.#memory.u16[(object + this.#layout.object.class) >>> 1] ?? 0;
  }

  #nameOf(id: number): string {
    const { runtime, class: of } = this.#layout;
    const memory = this.#memory;
    const at = memory.word(this.#runtime + runtime.classes) + id * of.size;
    return this.#names.textOf(memory.word(at + of.name));
  }
}
