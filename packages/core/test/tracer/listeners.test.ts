import { expect, test } from 'vitest';
import { Tracer } from '../../src/index.ts';

/** A tracer, and what its listeners noted. */
function listenedTo(): { tracer: Tracer; notes: string[]; note: (text: string) => () => void } {
  const notes: string[] = [];
  return { tracer: new Tracer(), notes, note: (text) => () => void notes.push(text) };
}

test('every read of memory is announced once, to all, in their order', () => {
  const { tracer, notes, note } = listenedTo();
  tracer.start();
  tracer.onRead(note('first'));
  tracer.onRead(note('second'));
  tracer.getTracedMemory();
  tracer.takeSnapshot();
  tracer.resetPeak();
  expect(notes).toEqual(['first', 'second', 'first', 'second', 'first', 'second']);
  tracer.stop();
  tracer.getTracedMemory();
  expect(notes).toHaveLength(6);
});

test('start, stop and clearTraces are announced after they happened', () => {
  const { tracer, notes } = listenedTo();
  tracer.onSwitch(() => notes.push(`${tracer.isTracing()} ${tracer.getTracebackLimit()}`));
  tracer.start(7);
  tracer.start(9);
  tracer.clearTraces();
  tracer.stop();
  tracer.clearTraces();
  expect(notes).toEqual(['true 7', 'true 7', 'false 7']);
});

test('listeners leave in any order, a function may come twice, and an undo counts once', () => {
  const { tracer, notes, note } = listenedTo();
  tracer.start();
  const twice = note('twice');
  const undos = [note('a'), twice, note('b'), twice].map((listener) => tracer.onRead(listener));
  const read = (): string => {
    notes.length = 0;
    tracer.getTracedMemory();
    return notes.join(' ');
  };
  expect(read()).toBe('a twice b twice');
  undos[1]!();
  undos[1]!();
  expect(read()).toBe('a b twice');
  undos[0]!();
  expect(read()).toBe('b twice');
  undos[3]!();
  undos[2]!();
  expect(read()).toBe('');
});

test('a listener that is taken off or put on meanwhile is called from the next read on or no more', () => {
  const { tracer, notes, note } = listenedTo();
  tracer.start();
  const undo = tracer.onRead(() => {
    notes.push('first');
    undo();
    undoLast();
    tracer.onRead(note('new'));
  });
  const undoLast = tracer.onRead(note('last'));
  tracer.getTracedMemory();
  tracer.getTracedMemory();
  expect(notes).toEqual(['first', 'new']);
});

test('what a listener reads itself announces nothing', () => {
  const { tracer, notes } = listenedTo();
  tracer.start();
  tracer.track(0, 8, 100, [['a.py', 1]]);
  tracer.onRead(() => notes.push(`${tracer.getTracedMemory().current}`));
  expect(tracer.takeSnapshot().traces).toHaveLength(1);
  expect(notes).toEqual(['100']);
});

test('one that throws keeps no other from being called, and the reader hears of it', () => {
  const { tracer, notes, note } = listenedTo();
  tracer.start();
  tracer.onRead(() => {
    throw new Error('no sizes');
  });
  tracer.onRead(note('second'));
  expect(() => tracer.takeSnapshot()).toThrow(new Error('no sizes'));
  expect(notes).toEqual(['second']);
});

test('a snapshot is refused where a listener has stopped the tracer', () => {
  const { tracer } = listenedTo();
  tracer.start();
  tracer.onRead(() => tracer.stop());
  expect(() => tracer.takeSnapshot()).toThrow(/must be tracing/);
  tracer.start();
  expect(tracer.getTracedMemory()).toEqual({ current: 0, peak: 0 });
});

test('only functions listen', () => {
  const { tracer } = listenedTo();
  expect(() => tracer.onRead(null as never)).toThrow(
    new TypeError('onRead takes a function, got null'),
  );
  expect(() => tracer.onSwitch({} as never)).toThrow(
    new TypeError('onSwitch takes a function, got an object'),
  );
});

test('the session changes when blocks are forgotten, the generation when rows die', () => {
  const { tracer } = listenedTo();
  const seen = () => [tracer.session, tracer.generation] as const;
  const changes: [session: boolean, generation: boolean][] = [];
  let [session, generation] = seen();
  for (const work of [() => tracer.start(), () => tracer.clearTraces(), () => tracer.stop()]) {
    work();
    const [nextSession, nextGeneration] = seen();
    changes.push([nextSession !== session, nextGeneration !== generation]);
    [session, generation] = [nextSession, nextGeneration];
  }
  expect(changes).toEqual([
    [false, true],
    [true, true],
    [true, true],
  ]);
});
