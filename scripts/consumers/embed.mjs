// embed: an interpreter of one's own tells a tracer what it allocates.
import { AddressHeap, ShadowStack } from '@tracemalloc/adapters/callbacks';
import { nodeCollector } from '@tracemalloc/adapters/callbacks/node';
import { Tracer } from '@tracemalloc/core';
import { formatTopLines } from '@tracemalloc/report';

const tracer = new Tracer();
const stack = new ShadowStack(tracer);
const heap = new AddressHeap(tracer, stack, { name: 'toy' });
tracer.start(5);
stack.enter(tracer.frame(tracer.string('a.toy'), 3, tracer.string('f')));
heap.alloc(8, 1024);
stack.leave();
const text = formatTopLines(tracer.takeSnapshot());
if (!text.includes('#1: a.toy:3: 1.0 KiB')) throw new Error(text);
const collector = nodeCollector();
process.stdout.write(
  collector === null ? 'frees of objects between turns' : 'frees of objects at once',
);
