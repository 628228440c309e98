// An arena allocator: blocks are handed out one after the other, and freed all at once.
import { AddressHeap, frameMemo } from '@tracemalloc/adapters/callbacks';
import { ShadowStack, Tracer } from '@tracemalloc/core';

export class Arena {
  tracer = new Tracer({ metadata: { host: 'arena 1', liveness: 'exact' } });
  #stack = new ShadowStack(this.tracer);
  #heap = new AddressHeap(this.tracer, this.#stack, { name: 'arena' });
  #frame = frameMemo(this.tracer, (code) => code);
  #top = 16;

  /** Calls a function of the guest, on a line of it. */
  call(name, line, work) {
    this.#stack.enter(this.#frame(functionNamed(name), line));
    try {
      return work();
    } finally {
      this.#stack.leave();
    }
  }

  alloc(size, type = '') {
    const address = this.#top;
    this.#top += (size + 15) & ~15;
    this.#heap.alloc(address, size, this.tracer.type(type));
    return address;
  }

  reset() {
    this.#top = 16;
    this.#heap.freeAll();
  }
}

const functions = new Map();

/** The memo knows code by identity. */
function functionNamed(name) {
  if (!functions.has(name)) functions.set(name, { file: 'parser.arena', name });
  return functions.get(name);
}

/** Parses a text into nodes, and forgets them; `keeps` forgets to. */
export function parse(arena, text, keeps = false) {
  arena.call('parse', 1, () => {
    for (const word of text.split(' '))
      arena.call('node', 7, () => arena.alloc(16 + word.length, 'node'));
  });
  if (!keeps) arena.reset();
}
