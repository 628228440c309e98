// What bundlers get: no Node, all that a page uses.
import { AddressHeap, ShadowStack } from '@tracemalloc/adapters/callbacks';
import { Tracer } from '@tracemalloc/core';
import { dump, load } from '@tracemalloc/core/codec';
import { formatTopLines } from '@tracemalloc/report';

const tracer = new Tracer();
const stack = new ShadowStack(tracer);
const heap = new AddressHeap(tracer, stack, { name: 'toy' });
tracer.start(5);
stack.enter(tracer.frame(tracer.string('a.toy'), 3, tracer.string('f')));
heap.alloc(8, 1024);
console.log(formatTopLines(load(dump(tracer.takeSnapshot()))));
