// A page with a guest that leaks a little at each click, and sends what it knows when it is hidden.
import { Tracer } from '@tracemalloc/core';
import { sampling } from '@tracemalloc/core/sampling';
import { sendOnHide } from './send-on-hide.ts';

const tracer = new Tracer({ metadata: { host: 'example 1.0', liveness: 'exact' } });
tracer.start(8, sampling({ sampleInterval: '1 KiB' }));
const heap = tracer.domain({ name: 'guest', ids: 'serial' });
const rows = tracer.type('Row');
let blocks = 0;

/** What an interpreter does for its guest: tells of each block, with a stack where one is wanted. */
function click(): void {
  for (let i = 0; i < 100; i++) {
    const frame = tracer.frame(tracer.string('app/rows.py'), 7, tracer.string('keep'));
    const { sampler } = tracer;
    const isWanted = sampler === null || sampler.wants(120);
    const row = isWanted ? tracer.extend(0, frame) : sampler.notSampled;
    tracer.alloc(heap, blocks++, 120, row, rows);
  }
  document.querySelector('output')!.textContent = `${blocks} blocks`;
}

document.querySelector('button')!.addEventListener('click', click);
const { searchParams } = new URL(location.href);
sendOnHide(() => tracer.takeSnapshot(), {
  url: searchParams.get('collector') ?? '/v1/snapshots',
  release: '1.1',
  privacy: 'names',
});
