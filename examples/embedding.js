import { ShadowStack, Tracer } from '@tracemalloc/core';

// The glue: what your interpreter calls as it runs.
const tracer = new Tracer();
const heap = tracer.domain({ name: 'toy', ids: 'address' });
const stack = new ShadowStack(tracer);
const frame = (file, line, name) => tracer.frame(tracer.string(file), line, tracer.string(name));
const onCall = (file, line, name) => stack.enter(frame(file, line, name));
const onLine = (file, line, name) => stack.line(frame(file, line, name));
const onReturn = () => stack.leave();
const onAlloc = (address, size) => tracer.alloc(heap, address, size, stack.traceback());
const onFree = (address) => tracer.free(heap, address);

// A guest program, played by hand: main.toy calls load() twice and keeps what the second returns.
tracer.start(25);
onCall('main.toy', 1, 'main');
onAlloc(0x1000, 64);
for (const address of [0x2000, 0x3000]) {
  onLine('main.toy', 3, 'main');
  onCall('load.toy', 10, 'load');
  onAlloc(address, 4096);
  onReturn();
}
onFree(0x2000);

// What Python's tracemalloc would say.
const snapshot = tracer.takeSnapshot();
for (const statistic of snapshot.statistics('lineno')) console.log(String(statistic));
const [largest] = snapshot.statistics('traceback');
console.log(largest.traceback.format().join('\n'));
console.log(tracer.getTracedMemory());
