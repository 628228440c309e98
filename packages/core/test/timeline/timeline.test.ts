import { Tracer } from '@tracemalloc/core';
import { mergeSnapshots } from '@tracemalloc/core/merge';
import {
  atMoment,
  between,
  momentOfMark,
  momentOfTime,
  rangeOf,
  recordTimeline,
  type TimelineData,
  type TimelineOptions,
} from '@tracemalloc/core/timeline';
import { expect, test } from 'vitest';

function guest(options: TimelineOptions = {}) {
  const tracer = new Tracer();
  const heap = tracer.domain({ name: 'heap', ids: 'serial' });
  tracer.start(1);
  const recording = recordTimeline(tracer, options);
  return {
    tracer,
    recording,
    alloc: (id: number, size: number) => tracer.alloc(heap, id, size, 0),
    free: (id: number) => tracer.free(heap, id),
    timeline: (): TimelineData => tracer.takeSnapshot().timeline!,
  };
}

/** `time events: bytes in blocks (min … max)`. */
function pointsOf({ points }: TimelineData): string[] {
  return Array.from({ length: points.length }, (_, i) => {
    const time = points.time === null ? '' : `${points.time[i]} ms, `;
    const live = `${points.liveSize[i]} in ${points.liveCount[i]}`;
    return `${time}${points.events[i]}: ${live} (${points.minSize[i]}…${points.maxSize[i]})`;
  });
}

test('a point ends after so many allocated bytes, and the last one with the snapshot', () => {
  const { alloc, free, timeline } = guest({ every: '100 B' });
  alloc(1, 60);
  alloc(2, 60);
  free(1);
  alloc(3, 10);
  free(2);
  expect(pointsOf(timeline())).toEqual(['2: 120 in 2 (0…120)', '5: 10 in 1 (10…120)']);
});

test('a point ends after so many events', () => {
  const { alloc, timeline } = guest({ every: '2 events' });
  for (let id = 0; id < 5; id++) alloc(id, 10);
  expect(pointsOf(timeline())).toEqual([
    '2: 20 in 2 (0…20)',
    '4: 40 in 4 (20…40)',
    '5: 50 in 5 (40…50)',
  ]);
});

test('a point ends after so much time, and a clock that jumps back or fails stands still', () => {
  let now = 1000;
  const clock = () => {
    if (now < 0) throw new Error('no time');
    return now;
  };
  const { tracer, alloc, timeline } = guest({ every: '10 ms', clock });
  for (const [id, time] of [1000, 1004, 1012, 1013, 900, 1030, Number.NaN, -1, 1050].entries()) {
    now = time;
    alloc(id, 10);
    if (time === 1013) tracer.mark('loaded');
  }
  expect(timeline().marks).toEqual({
    length: 1,
    tick: Float64Array.of(2),
    time: Float64Array.of(13),
    name: ['loaded'],
  });
  expect(pointsOf(timeline())).toEqual([
    '12 ms, 2: 20 in 2 (0…20)',
    '13 ms, 4: 40 in 4 (20…40)',
    '30 ms, 5: 50 in 5 (40…50)',
    '50 ms, 8: 80 in 8 (50…80)',
    '50 ms, 9: 90 in 9 (80…90)',
  ]);
});

test('the host tells its heap once a point, or does not', () => {
  const heaps = [1000, null, -5, 2.5, 4000];
  const { alloc, timeline } = guest({ every: '1 event', hostHeap: () => heaps.shift()! });
  for (let id = 0; id < 5; id++) alloc(id, 10);
  expect([...timeline().points.host!]).toEqual([1000, 0, 0, 0, 4000]);
});

test('what was there before is known, but not when it was born', () => {
  const tracer = new Tracer();
  const heap = tracer.domain({ name: 'heap', ids: 'serial' });
  tracer.start(1);
  tracer.alloc(heap, 1, 100, 0);
  recordTimeline(tracer, { every: '1 event' });
  tracer.alloc(heap, 2, 10, 0);
  tracer.free(heap, 1);
  const snapshot = tracer.takeSnapshot();
  expect(pointsOf(snapshot.timeline!)).toEqual(['1: 110 in 2 (100…110)', '2: 10 in 1 (10…110)']);
  const range = rangeOf(snapshot, 0, 2);
  expect([range.grown.size[0], range.alive!.size[0], range.highest.total]).toEqual([-90, 10, 110]);
  expect(atMoment(snapshot, 0).statistics('filename')[0]!.size).toBe(100);
});

test('a mark ends its point, so that ranges begin and end at it', () => {
  const { tracer, alloc, free } = guest();
  alloc(1, 1000);
  tracer.mark('loaded');
  alloc(2, 10);
  free(1);
  tracer.mark('served');
  alloc(3, 5);
  const snapshot = tracer.takeSnapshot();
  const [from, to] = ['loaded', 'served'].map((name) => momentOfMark(snapshot.timeline!, name)!);
  expect([from, to, momentOfMark(snapshot.timeline!, 'nowhere')]).toEqual([1, 2, null]);
  const served = between(snapshot, from!, to!);
  expect(served.metadata.tracedMemory).toEqual({ current: 10, peak: 1010 });
  for (const [metric, size] of [
    ['live', 10],
    ['peak', 1010],
    ['allocated', 10],
  ] as const) {
    expect(served.statistics('lineno', { metric })[0]!.size).toBe(size);
  }
  expect(() => served.statistics('lineno', { metric: 'temporary' })).toThrow(/does not know/);
});

test('a time falls to the moment that is closest', () => {
  let now = 0;
  const { alloc, timeline } = guest({ every: '1 event', clock: () => now });
  for (now = 10; now <= 30; now += 10) alloc(now, 10);
  const line = timeline();
  const at = [0, 4, 16, 25, 26, 1e9].map((time) => momentOfTime(line, time));
  expect(at).toEqual([0, 0, 1, 1, 2, 3]);
});

test('a walked heap has points at its walks, and no births', () => {
  const tracer = new Tracer();
  const sizes: number[] = [];
  const heap = tracer.domain({
    name: 'heap',
    ids: 'walked',
    liveSet: (emit) => {
      for (const size of sizes) emit(size, 0, tracer.type(`of ${size}`));
    },
  });
  tracer.start(1);
  recordTimeline(tracer, { every: '1 event' });
  for (const size of [10, 20, 30]) {
    sizes.push(size);
    tracer.countAllocated(heap, size, 0, tracer.type(`of ${size}`));
    tracer.getTracedMemory();
  }
  sizes.shift();
  const snapshot = tracer.takeSnapshot();
  expect(pointsOf(snapshot.timeline!)).toEqual([
    '1: 10 in 1 (0…10)',
    '2: 30 in 2 (10…30)',
    '3: 50 in 2 (30…60)',
  ]);
  const { alive, grown, highest, allocated } = rangeOf(snapshot, 1, 3);
  const types = Array.from(snapshot.data.sites.type, (row) => snapshot.data.strings[row]!);
  const shown = (column: Float64Array) =>
    types.map((type, row) => `${type}: ${column[row]}`).sort();
  expect(alive).toBe(null);
  expect(shown(grown.size)).toEqual(['of 10: -10', 'of 20: 20', 'of 30: 30']);
  expect(shown(highest.size)).toEqual(['of 10: 10', 'of 20: 20', 'of 30: 30']);
  expect(shown(allocated.size)).toEqual(['of 10: 0', 'of 20: 20', 'of 30: 30']);
});

test('it begins anew when traces are cleared, and ends when it is stopped', () => {
  const { tracer, recording, alloc, timeline } = guest({ every: '1 event' });
  alloc(1, 1000);
  tracer.mark('before');
  tracer.clearTraces();
  alloc(2, 10);
  expect(pointsOf(timeline())).toEqual(['1: 10 in 1 (0…10)']);
  expect(timeline().marks.length).toBe(0);
  recording.stop();
  recording.stop();
  expect(tracer.takeSnapshot().timeline).toBe(null);
  recordTimeline(tracer).stop();
});

test('a filtered or merged snapshot has none', () => {
  const { tracer, alloc } = guest();
  alloc(1, 1000);
  const snapshot = tracer.takeSnapshot();
  expect(snapshot.filterTraces([]).timeline).not.toBe(null);
  expect(mergeSnapshots([snapshot, snapshot]).timeline).toBe(null);
  expect(() => rangeOf(mergeSnapshots([snapshot]), 0, 0)).toThrow(
    'the snapshot has no time line: none was recorded, or it was filtered or merged since',
  );
});

test('a million marks are bounded, and the snapshot says so', () => {
  const { tracer } = guest();
  for (let i = 0; i < 65536 + 7; i++) tracer.mark(`mark ${i % 3}`);
  const { metadata, timeline } = tracer.takeSnapshot();
  expect([metadata['droppedMarks'], timeline!.marks.length]).toEqual([7, 65536]);
});

test('points wait where so many sites change that they would cost more than three bytes an event', () => {
  const { tracer, timeline } = guest({ every: '1 event', births: false });
  const heap = tracer.domain({ name: 'many', ids: 'serial' });
  const file = tracer.string('a.py');
  const events = 200_000;
  for (let id = 0; id < events; id++) {
    tracer.stack[0] = tracer.frame(file, 1 + ((id * 7919) % 5003));
    tracer.alloc(heap, id, 10, tracer.capture(1));
  }
  const { changes, points } = timeline();
  expect(changes.length).toBeLessThan(65536 + 5003 + events / 20);
  expect(points.liveSize.at(-1)).toBe(events * 10);
});

test.each([
  [
    { every: '10' as string },
    /^every must be a time, a size or a number of events above 0, such as '10 ms', '64 KiB' or '1000 events', got "10"$/,
  ],
  [{ every: '0 KiB' }, /got "0 KiB"$/],
  [{ every: '-5 ms', clock: () => 0 }, /got "-5 ms"$/],
  [{ every: '1e400 ms', clock: () => 0 }, /got "1e400 ms"$/],
  [{ every: '9007199254740993 events' }, /got "9007199254740993 events"$/],
  [
    { every: '10 ms' },
    /^every: "10 ms" needs a clock; give one, such as \(\) => performance.now\(\), or a size such as '64 KiB'$/,
  ],
  [{ maxPoints: 3 }, /^maxPoints must be an integer in 4..65536, got 3$/],
])('%j is refused', (options, message) => {
  expect(() => guest(options)).toThrow(message);
});

test('what is of another type is refused, and so is a second time line', () => {
  expect(() => guest({ every: 10 as never })).toThrow(TypeError);
  expect(() => guest({ clock: 7 as never })).toThrow('clock must be a function, got 7');
  expect(() => guest({ intervall: '1 s' } as never)).toThrow(/unknown option "intervall"/);
  const { tracer } = guest();
  expect(() => recordTimeline(tracer)).toThrow('the tracer has a time line already: stop it first');
  expect(() => tracer.mark(7 as never)).toThrow('name must be a string, got 7');
});
