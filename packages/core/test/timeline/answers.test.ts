import { type Snapshot, Tracer } from '@tracemalloc/core';
import { dump, load } from '@tracemalloc/core/codec';
import {
  between,
  coarser,
  liveAt,
  type Range,
  rangeOf,
  rangeOfSites,
  recordTimeline,
  type SiteUse,
  type TimelineOptions,
} from '@tracemalloc/core/timeline';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../runs.ts';
import { FullLog, type Uses } from './full-log.ts';

const domain = fc.nat(1);
const id = fc.constantFrom(0, 8, 16, 17, 24, 4096, 2 ** 32, 2 ** 40 + 8);
const size = fc.oneof({ weight: 6, arbitrary: fc.nat(300) }, fc.constant(2 ** 33));
const site = fc.nat(3);

const operation = fc.oneof(
  { weight: 12, arbitrary: fc.tuple(fc.constant('alloc'), domain, id, size, site) },
  { weight: 3, arbitrary: fc.tuple(fc.constant('realloc'), domain, id, id, size, site) },
  { weight: 3, arbitrary: fc.tuple(fc.constant('resize'), domain, id, size) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('retag'), domain, id, site) },
  { weight: 9, arbitrary: fc.tuple(fc.constant('free'), domain, id) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('freeAll'), domain) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('gcBegin'), domain) },
  { weight: 3, arbitrary: fc.tuple(fc.constant('survive'), domain, id, id) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('gcEnd'), domain) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom('mark', 'snapshot', 'label')) },
);

type Operation = [name: string, ...args: number[]];

/** A tracer with a time line and a log of all that is done to it. */
class Guest {
  readonly tracer = new Tracer();
  readonly log = new FullLog(2);
  readonly #labels = [0, this.tracer.label('GET /')];
  readonly #domains = [
    this.tracer.domain({ name: 'heap', ids: 'address' }),
    this.tracer.domain({ name: 'objects', ids: 'serial', code: 7 }),
  ];

  constructor(options: TimelineOptions) {
    this.tracer.start(3);
    recordTimeline(this.tracer, options);
  }

  run([name, ...args]: Operation): void {
    const { tracer, log } = this;
    const [a, b, c, d] = args as [number, number, number, number];
    const row = this.#domains[a] ?? 0;
    const { traceback, type } = this.#site(args.at(-1)!);
    const key = this.#key(a, args.at(-1)!);
    if (name === 'alloc') {
      tracer.alloc(row, b, c, traceback, type);
      log.alloc(a, b, c, key);
    } else if (name === 'realloc') {
      tracer.realloc(row, b, c, d, traceback, type);
      log.realloc(a, b, c, d, key);
    } else if (name === 'resize') {
      tracer.resize(row, b, c);
      log.resize(a, b, c);
    } else if (name === 'retag') {
      tracer.retag(row, b, traceback, type);
      log.retag(a, b, key);
    } else if (name === 'free') {
      tracer.free(row, b);
      log.free(a, b);
    } else if (name === 'survive') {
      tracer.survive(row, b, c);
      log.survive(a, b, c);
    } else if (name === 'freeAll' || name === 'gcBegin' || name === 'gcEnd') {
      tracer[name](row);
      log[name](a);
    } else if (name === 'mark') tracer.mark('here');
    else if (name === 'snapshot') tracer.takeSnapshot();
    else tracer.setLabel(this.#labels[tracer.currentLabel === 0 ? 1 : 0]!);
  }

  #site(number: number) {
    const { tracer } = this;
    tracer.stack[0] = tracer.frame(tracer.string('a.py'), 1 + (number & 1));
    return { traceback: tracer.capture(1), type: tracer.type(number > 1 ? 'list' : '') };
  }

  #key(domainNumber: number, number: number): string {
    const label = this.tracer.currentLabel === 0 ? '' : 'GET /';
    return [1 + (number & 1), domainNumber * 7, number > 1 ? 'list' : '', label].join(' ');
  }
}

/** As a log has it: without sites that have nothing. */
function uses(snapshot: Snapshot, { size: sizes, count }: SiteUse): Uses {
  const { sites, strings, tracebacks, frames } = snapshot.data;
  const found = new Map<string, readonly [number, number]>();
  for (let row = 0; row < sites.length; row++) {
    if (sizes[row] === 0 && count[row] === 0) continue;
    const frame = tracebacks.frame[tracebacks.offset[sites.traceback[row]!]!]!;
    const names = [strings[sites.type[row]!]!, strings[sites.label[row]!]!];
    const key = [frames.line[frame]!, sites.domain[row]!, ...names].join(' ');
    found.set(key, [sizes[row]!, count[row]!]);
  }
  return sorted(found);
}

function sorted(all: Uses): Uses {
  const some = [...all].filter(([, [bytes, blocks]]) => bytes !== 0 || blocks !== 0);
  return new Map(some.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** With fewer points, and with fewer sites: what is said of the ranges that are left stays the same. */
function checkCoarser(snapshot: Snapshot, maxPoints: number): void {
  const timeline = snapshot.timeline!;
  const bounds = { points: Math.max(2, maxPoints >> 1), marks: 1 };
  const fewer = coarser(timeline, bounds);
  expect(fewer.points.length).toBeLessThanOrEqual(bounds.points);
  expect(fewer.marks.name).toEqual(timeline.marks.name.slice(0, 1));
  const { changes, deaths, points } = coarser(timeline, { rows: 9 });
  if (points.length > 3) expect(changes.length + deaths!.length).toBeLessThanOrEqual(9);
  const siteRows = new Int32Array(snapshot.data.sites.length).map((_, row) => row >> 1);
  const paired = coarser(timeline, { ...bounds, siteRows });
  const moments = [
    0,
    ...Array.from(fewer.points.tick, (tick) => timeline.points.tick.indexOf(tick) + 1),
  ];
  const inPairs = (use: SiteUse): SiteUse => ({ size: pairs(use.size), count: pairs(use.count) });
  const pairs = (column: Float64Array) =>
    Float64Array.from(
      { length: (column.length + 1) >> 1 },
      (_, i) => column[2 * i]! + (column[2 * i + 1] ?? 0),
    );
  const { sites } = snapshot.data;
  const live = inPairs({ size: sites.liveSize, count: sites.liveCount });
  const pairedSites = { length: live.size.length, liveSize: live.size, liveCount: live.count };
  for (let from = 0; from < moments.length; from++) {
    for (let to = from; to < moments.length; to++) {
      const wanted = rangeOf(snapshot, moments[from]!, moments[to]!);
      const found = rangeOfSites(sites, fewer, from, to);
      expect(comparable(found)).toEqual(comparable(wanted));
      const ofPairs = rangeOfSites(pairedSites, paired, from, to);
      for (const part of ['grown', 'allocated', 'alive'] as const) {
        expect(ofPairs[part]).toEqual(inPairs(wanted[part]!));
      }
      expect(ofPairs.highest).toMatchObject(inPairs(wanted.highest));
    }
  }
}

/** Without the numbers of points. */
function comparable({ grown, allocated, alive, highest }: Range) {
  return { grown, allocated, alive, highest: { ...highest, point: 0 } };
}

const options = fc.record({
  every: fc.constantFrom('1 event', '3 events', '100 B', '1 KiB'),
  maxPoints: fc.integer({ min: 4, max: 9 }),
});

test('any range of any program is answered as by a log of all of its moments', () => {
  const program = fc.array(operation, { maxLength: 120, size: 'max' });
  const cut = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(
      options,
      program,
      fc.array(fc.tuple(cut, cut), { minLength: 3, maxLength: 6 }),
      (how, operations, cuts) => {
        const guest = new Guest(how);
        for (const one of operations) guest.run(one as Operation);
        const snapshot = load(dump(guest.tracer.takeSnapshot()));
        const { points } = snapshot.timeline!;
        expect(points.length).toBeLessThanOrEqual(Math.max(4, how.maxPoints) + 1);
        const eventsAt = (moment: number) => (moment === 0 ? 0 : points.events[moment - 1]!);
        for (const pair of [[0, 1], ...cuts]) {
          const [from, to] = pair
            .map((part) => Math.round(part * points.length))
            .sort((a, b) => a - b) as [number, number];
          const range = rangeOf(snapshot, from, to);
          const wanted = guest.log.range(eventsAt(from), eventsAt(to));
          const seen = [range.grown, range.allocated, range.alive!, range.highest];
          expect(seen.map((one) => uses(snapshot, one))).toEqual(
            [wanted.grown, wanted.allocated, wanted.alive, wanted.highest].map(sorted),
          );
          expect(range.highest.total).toBe(wanted.max);
          const spans = points.minSize.slice(from, to);
          if (to > from) expect(Math.min(...spans)).toBe(wanted.min);
          expect(uses(snapshot, liveAt(snapshot, from))).toEqual(
            sorted(guest.log.range(0, eventsAt(from)).grown),
          );
          const ranged = between(snapshot, from, to);
          expect(
            uses(snapshot, {
              size: ranged.data.sites.liveSize,
              count: ranged.data.sites.liveCount,
            }),
          ).toEqual(sorted(wanted.alive));
          expect(load(dump(ranged)).data.sites).toEqual(ranged.data.sites);
        }
        checkCoarser(snapshot, how.maxPoints);
      },
    ),
    { numRuns: runs(60) },
  );
});
