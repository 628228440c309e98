// Stands in for browsers: pages of one program, some of which leak.
import { type Snapshot, Tracer } from '@tracemalloc/core';

/** Snapshots of pages, each of a session of its own. */
export function* pages(count: number): Generator<Snapshot> {
  for (let page = 0; page < count; page++) {
    const tracer = new Tracer({ metadata: { host: 'example 1.0', liveness: 'exact' } });
    tracer.start(8);
    const heap = tracer.domain({ name: 'guest', ids: 'serial' });
    let id = 0;
    const keep = (file: string, line: number, size: number, blocks: number) => {
      const frame = tracer.frame(tracer.string(file), line, tracer.string('run'));
      const traceback = tracer.extend(0, frame);
      for (let i = 0; i < blocks; i++) {
        tracer.alloc(heap, id++, size, traceback, tracer.type('list'));
      }
    };
    for (let line = 1; line <= 30; line++) keep('app/views.py', line, 64 + line * 8, 3);
    // Every fourth page leaks.
    keep('app/cache.py', 12, 400, page % 4 === 0 ? 500 : 5);
    yield tracer.takeSnapshot().withMetadata({
      release: page % 2 === 0 ? '1.0' : '1.1',
      session: `page ${page}`,
      time: new Date(Date.UTC(2026, 0, 5, 0, page)).toISOString(),
    });
  }
}
