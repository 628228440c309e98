import {
  AddressHeap,
  describeAdapter,
  frameMemo,
  ShadowStack,
} from '@tracemalloc/adapters/callbacks';
import type { Tracer } from '@tracemalloc/core';
import type { Code, Lisp } from './lisp/lisp.ts';

const caps = { frees: 'exact', sizes: 'exact', lines: 'exact' } as const;

/** Traces what the programs of one Lisp allocate. Attach before a program runs. */
export function attachLisp(lisp: Lisp, tracer: Tracer, stack = new ShadowStack(tracer)) {
  const heap = new AddressHeap(tracer, stack, { name: 'lisp' });
  const frame = frameMemo<Code>(tracer, (code) => code);
  const contexts = new Map([[0, 0]]);
  const contextOf = (id: number): number => contexts.get(id) ?? 0;
  const found = lisp.observer;
  lisp.observer = {
    call: (code, line) => stack.enter(frame(code, line)),
    line: (code, line) => stack.line(frame(code, line)),
    return: () => stack.leave(),
    unwind: (depth) => stack.unwindTo(depth),
    switchTo: (id, by) => stack.switchTo(contextOf(id), by === null ? by : contextOf(by)),
    coroutine: (id) => contexts.set(id, stack.context()),
    drop: (id) => {
      stack.drop(contextOf(id));
      contexts.delete(id);
    },
    alloc: (address, size, kind) => heap.alloc(address, size, tracer.type(kind)),
    free: (address) => heap.free(address),
  };
  tracer.setMetadata(describeAdapter('lisp', 'examples/callbacks', 'exact', caps));
  const detach = (): void => {
    lisp.observer = found;
  };
  return { caps, detach };
}
