import { TracemallocError, Tracer } from '@tracemalloc/core';
import { recordTimeline } from '@tracemalloc/core/timeline';
import { expect, test } from 'vitest';
import { snapshotOf } from '../../../core/test/snapshot-text.ts';
import { formatPlot, type NamedPlot, plotReport, plotSvg } from '../../src/index.ts';
import { BrailleCanvas } from '../../src/text/braille.ts';
import { formatTime } from '../../src/text/units.ts';

/** Takes and frees blocks, each at its time; `-5` frees the block of 5 bytes. */
function recorded(hasClock: boolean, steps: readonly (readonly [time: number, size: number])[]) {
  let now = 0;
  const tracer = new Tracer();
  tracer.start(1);
  const heap = tracer.domain({ name: 'heap', ids: 'serial' });
  tracer.alloc(heap, 7, 7, 0);
  const clock = { clock: () => now, hostHeap: () => (now > 20 ? 2 ** 20 + now * 1000 : 0) };
  recordTimeline(tracer, { every: '1 event', ...(hasClock ? clock : {}) });
  for (const [time, size] of steps) {
    now = time;
    if (size < 0) tracer.free(heap, -size);
    else if (size === 0) tracer.mark(time === 25 ? 'loaded <all> & more' : `at ${time}`);
    else tracer.alloc(heap, size, size, 0);
  }
  now += 10;
  return plotReport(tracer.takeSnapshot());
}

const steps = [
  ...([[10, 1000], [20, 2000], [25, 0], [30, 5000], [50, -5000], [50, 0]] as const), // biome-ignore format: short
  ...([[90, 100.0], [90, 40_000], [90, -40_000]] as const), // biome-ignore format: short
];
const timed = (): NamedPlot => ({ name: 'timed.tm', report: recorded(true, steps) });
const untimed = (): NamedPlot => {
  return { name: '<untimed & more>', report: recorded(false, steps.slice(0, 4)) };
};
const marked = (): NamedPlot => {
  const marks = Array.from({ length: 22 }, (_, i) => [i * 3000, 0] as const);
  return { name: 'marked', report: recorded(true, marks) };
};

const text = { width: 60, color: false, units: 'iec' } as const;

test('plots of one and of several runs, as text and as SVG', async () => {
  const drawn = [
    ['timed', formatPlot([timed()], text)],
    ['in 30 columns, SI units', formatPlot([timed()], { ...text, width: 30, units: 'si' })],
    ['timed and untimed', formatPlot([timed(), untimed()], text)],
    ['many marks', formatPlot([marked()], text)],
    ['in colour', JSON.stringify(formatPlot([untimed(), untimed()], { ...text, color: true }))],
    ['SVG', plotSvg([timed()])],
    ['SVG of several', plotSvg([timed(), untimed(), marked()])],
  ];
  const all = drawn.map(([name, shown]) => `=== ${name}\n${shown}`).join('\n');
  await expect(all).toMatchFileSnapshot('golden/plots.txt');
});

test('a report has the moments of the run, the first one before all events', () => {
  expect(untimed().report).toEqual({
    points: [
      { ...at(0, 7, 1, 7, 7), allocated: 0 },
      { ...at(1, 1007, 2, 7, 1007), allocated: 1000 },
      { ...at(2, 3007, 3, 1007, 3007), allocated: 3000 },
      { ...at(3, 8007, 4, 3007, 8007), allocated: 8000 },
    ],
    marks: [{ time: null, name: 'loaded <all> & more', allocated: 3000 }],
    peak: 8007,
    peakTime: null,
  });
  const { peak, peakTime, marks, points } = timed().report;
  expect({
    peak,
    peakTime,
    marks,
    first: points[0],
    hosts: points.map(({ host }) => host),
  }).toEqual({
    peak: 43_107,
    peakTime: 90,
    marks: [
      { time: 25, name: 'loaded <all> & more', allocated: 3000 },
      { time: 50, name: 'at 50', allocated: 8000 },
    ],
    first: { ...at(0, 7, 1, 7, 7), allocated: 0, time: 0 },
    hosts: points.map(({ time }) => (time! > 20 ? 2 ** 20 + time! * 1000 : null)),
  });
});

function at(events: number, bytes: number, blocks: number, min: number, max: number) {
  return { time: null, bytes, blocks, host: null, min, max, events };
}

test('a snapshot without a time line has no plot', () => {
  const message =
    'the snapshot has no time line: record one by `tracemalloc run --timeline`, or recordTimeline(tracer)';
  expect(() => plotReport(snapshotOf('1  a.py:1'))).toThrow(
    new TracemallocError('unsupported', message),
  );
});

test('times have the unit that they need', () => {
  const times = [0, 0.25, 9.96, 10, 999.4, 1000, 9994, 10_040, 59_900, 60_000, 125_400];
  expect(times.map(formatTime)).toEqual([
    ...['0 ms', '0.3 ms', '10 ms', '10 ms', '999 ms', '1 s', '9.99 s', '10 s', '59.9 s'],
    ...['1 min 0 s', '2 min 5 s'],
  ]);
});

test('dots of braille stand in their rows and columns', () => {
  const canvas = new BrailleCanvas(3, 2);
  expect([canvas.width, canvas.height, canvas.lines()]).toEqual([6, 8, ['⠀⠀⠀', '⠀⠀⠀']]);
  for (let i = 0; i < 6; i++) canvas.vertical(i, i, i);
  canvas.vertical(5, 7, 6);
  canvas.vertical(0, 4, 7);
  expect(canvas.lines()).toEqual(['⠑⢄⠀', '⡇⠀⢱']);
});
