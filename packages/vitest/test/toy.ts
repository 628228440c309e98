import { type GetLine, ShadowStack, Tracer } from '@tracemalloc/core';

/** An interpreter of nothing: its lines are called by hand. */
export class Toy {
  readonly tracer = new Tracer();
  readonly #stack = new ShadowStack(this.tracer);
  readonly #heap = this.tracer.domain({ name: 'toy', ids: 'address' });
  #next = 8;

  /** Allocates on a line of load(), which main() calls on its line 1. */
  alloc(line: number, size: number, type = ''): number {
    const at = (file: string, number: number, name: string) =>
      this.tracer.frame(this.tracer.string(file), number, this.tracer.string(name));
    this.#stack.enter(at('main.toy', 1, 'main'));
    this.#stack.enter(at('load.toy', line, 'load'));
    const address = this.#next;
    this.#next += 8;
    const { tracer } = this;
    tracer.alloc(this.#heap, address, size, this.#stack.traceback(), tracer.type(type));
    this.#stack.unwindTo(0);
    return address;
  }

  free(address: number): void {
    this.tracer.free(this.#heap, address);
  }

  readonly getLine: GetLine = (file, line) =>
    file === 'main.toy' ? '  load()' : `  new_block(${line})\n`;
}
