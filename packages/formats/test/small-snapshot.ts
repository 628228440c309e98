import { type Snapshot, Tracer } from '@tracemalloc/core';

/**
 * Five sites whose metrics all differ:
 * `<module>` calls `load`, which keeps a list of its two, drops a dict at once and calls `parse`;
 * `<module>` itself has a block of no known type, and one in domain 2, freed before the peak.
 */
export function smallSnapshot(): Snapshot {
  const tracer = new Tracer({ metadata: { host: 'brython 3.14.3', liveness: 'exact' } });
  tracer.start(3);
  const guest = tracer.domain({ name: 'guest', ids: 'serial', code: 0 });
  const buffers = tracer.domain({ name: 'buffers', ids: 'serial', code: 2 });
  const frame = (file: string, line: number, name: string) =>
    tracer.frame(tracer.string(file), line, tracer.string(name));
  const traceback = (frames: number[], total = frames.length) => {
    for (const [index, row] of frames.entries()) tracer.stack[index] = row;
    return tracer.capture(frames.length, total);
  };
  const main = frame('app.py', 9, '<module>');
  const load = frame('app.py', 3, 'load');
  const inLoad = traceback([load, main]);
  const inParse = traceback([frame('lib/json.py', 42, 'parse'), load, main], 5);
  const inMain = traceback([frame('app.py', 1, '<module>')]);
  const inUnknown = traceback([frame('<string>', 0, '')]);
  tracer.alloc(buffers, 1, 700, inMain, tracer.type(''));
  tracer.free(buffers, 1);
  tracer.alloc(guest, 1, 100, inLoad, tracer.type('list'));
  tracer.alloc(guest, 2, 60, inLoad, tracer.type('list'));
  tracer.alloc(guest, 3, 232, inLoad, tracer.type('dict'));
  tracer.free(guest, 3);
  tracer.alloc(guest, 4, 1000, inParse, tracer.type('str'));
  tracer.free(guest, 2);
  tracer.alloc(guest, 5, 28, inUnknown, tracer.type(''));
  return tracer.takeSnapshot();
}
