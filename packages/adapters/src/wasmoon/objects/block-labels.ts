import type { LabelRow, Tracer } from '@tracemalloc/core';
import { CoroutineLabels } from '../../contract/index.ts';
import type { LuaThread } from '../host.ts';

/** Labels of Lua's threads, which are known by the ids of their blocks: those begin a few bytes before them. */
export class BlockLabels {
  readonly #labels: CoroutineLabels<number>;
  readonly #shift: number;
  /** Bytes of a coroutine's block. */
  #size = 0;

  constructor(tracer: Tracer, shift: number) {
    this.#labels = new CoroutineLabels(tracer, new Map());
    this.#shift = shift;
  }

  /** What is allocated next is of the thread. Hot. */
  run(thread: LuaThread): void {
    this.#labels.run(thread >>> this.#shift);
  }

  /** The running thread has made a coroutine. */
  made(id: number, size: number): void {
    this.#size = size;
    this.#labels.made(id);
  }

  /** A block is gone, which may have been a coroutine. Hot. */
  freed(id: number, size: number): void {
    if (size === this.#size) this.#labels.gone(id);
  }

  push(thread: LuaThread, row: LabelRow): void {
    this.#labels.push(thread >>> this.#shift, row);
  }

  pop(thread: LuaThread): void {
    this.#labels.pop(thread >>> this.#shift);
  }
}
