// A guest whose generators call each other: outer() yields what inner() yields.
import { AddressHeap, frameMemo } from '@tracemalloc/adapters/callbacks';
import { ShadowStack, Tracer } from '@tracemalloc/core';

const tracer = new Tracer();
const stack = new ShadowStack(tracer);
const heap = new AddressHeap(tracer, stack, { name: 'guest' });
const frame = frameMemo(tracer, (code) => code);
const [main, outer, inner] = ['main', 'outer', 'inner'].map((name) => ({ file: 'app.x', name }));
tracer.start(10);

stack.enter(frame(main, 1));
const outerContext = stack.context(); // main calls outer(), which makes a generator
stack.line(frame(main, 2));
stack.switchTo(outerContext, 0); // next(outer): main waits for it
stack.enter(frame(outer, 20));
const innerContext = stack.context();
stack.line(frame(outer, 21));
stack.switchTo(innerContext, outerContext); // next(inner): outer waits for it
stack.enter(frame(inner, 30));
heap.alloc(0x10, 100);
stack.leaveContext(); // inner yields: outer runs again, and main still waits for that
stack.line(frame(outer, 22));
heap.alloc(0x20, 200);
stack.leaveContext(); // outer yields: main runs again
stack.line(frame(main, 3));
heap.alloc(0x30, 300);
stack.switchTo(outerContext, 0); // next(outer), from another line
stack.drop(innerContext); // the collector finds that nobody can resume inner
stack.line(frame(outer, 23));
heap.alloc(0x40, 400);
stack.drop(outerContext); // outer returns: main runs again

for (const { size, traceback } of tracer.takeSnapshot().traces) {
  console.log(size, traceback.frames.map((f) => `${f.functionName}:${f.lineno}`).join(' > '));
}
