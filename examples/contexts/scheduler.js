// A guest whose tasks take turns: a loop resumes them, and each awaits a coroutine of its own.
import { AddressHeap, frameMemo } from '@tracemalloc/adapters/callbacks';
import { ShadowStack, Tracer } from '@tracemalloc/core';

const tracer = new Tracer();
const stack = new ShadowStack(tracer);
const heap = new AddressHeap(tracer, stack, { name: 'guest' });
const frame = frameMemo(tracer, (code) => code);
const [loop, task, load] = ['loop', 'task', 'load'].map((name) => ({ file: 'app.x', name }));
tracer.start(10);

/** A task that awaits load(): two contexts, of which the second one waits. */
function startTask(name) {
  tracer.setLabel(tracer.label(name)); // contexts that are made now have it
  const outer = stack.context();
  const inner = stack.context();
  tracer.setLabel(0);
  stack.switchTo(outer, 0); // the loop resumes the task
  stack.enter(frame(task, 10));
  stack.switchTo(inner, outer); // the task awaits load()
  stack.enter(frame(load, 20));
  stack.switchTo(0); // load() awaits the network: the whole chain waits, and the loop runs
  return { outer, inner };
}

stack.enter(frame(loop, 1));
const tasks = ['GET /a', 'GET /b'].map(startTask);
stack.line(frame(loop, 2));
for (const [i, { outer, inner }] of tasks.entries()) {
  stack.switchTo(outer, 0); // the network answered: the loop resumes the task …
  stack.switchTo(inner); // … which still waits for load()
  stack.line(frame(load, 21));
  heap.alloc(0x100 * i, 1000 * (i + 1));
  stack.drop(inner); // load() returns to the task
  stack.line(frame(task, 11));
  heap.alloc(0x100 * i + 8, 10);
  stack.drop(outer); // the task is over: the loop runs
}

const snapshot = tracer.takeSnapshot();
for (const { size, traceback } of snapshot.traces) {
  console.log(size, traceback.frames.map((f) => `${f.functionName}:${f.lineno}`).join(' > '));
}
for (const { size, label } of snapshot.statistics('label')) console.log(size, label);
