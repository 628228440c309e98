import fc from 'fast-check';
import { expect, test } from 'vitest';
import { counterNames } from '../../src/table/site-counters.ts';
import { DeadTracebacks } from '../../src/tracer/dead-tracebacks.ts';
import { Recorder } from '../../src/tracer/recorder.ts';
import { runs } from '../runs.ts';

const depth = 3;
const names = ['', 'list', 'job'];

/** A recorder whose stacks are texts: `abc` is a line that b called, which c called. */
class Recording {
  readonly recorder = new Recorder();
  readonly rows = names.map((name) => this.recorder.strings.intern(name));

  constructor() {
    this.recorder.start(depth);
    this.recorder.addDomain({ name: 'heap', ids: 'serial' });
    this.recorder.addDomain({ name: 'other', ids: 'serial', code: 7 });
  }

  alloc(id: number, size: number, stack: string, domain = 0, type = 0, label = 0): void {
    const { recorder, rows } = this;
    for (let i = 0; i < stack.length; i++) {
      recorder.tracebacks.stack[i] = recorder.frames.intern(rows[1]!, stack.charCodeAt(i), 0);
    }
    recorder.label = rows[label]!;
    recorder.alloc(domain, id, size, recorder.capture(stack.length, stack.length), rows[type]!);
  }

  drop(pins = 0): void {
    const { tracebacks, sites } = this.recorder;
    new DeadTracebacks({ tracebacks, sites, pins }).finish();
  }

  /** Site → its counters; a stack whose depth is not known ends in `?`. */
  sites(): Map<string, number[]> {
    const { sites } = this.recorder;
    const found = new Map<string, number[]>();
    for (let site = 1; site < sites.length; site++) {
      if (sites.tracebackOf(site) < 0) continue;
      const rows = Int32Array.of(site);
      const counters = counterNames.map((name) => sites.copyCounter(name, rows)[0]!);
      const place = [this.#stackOf(sites.tracebackOf(site)), sites.domainOf(site)];
      found.set([...place, sites.typeOf(site), sites.labelOf(site)].join(), counters);
    }
    return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  #stackOf(row: number): string {
    const { tracebacks, frames } = this.recorder;
    const kept = Array.from({ length: tracebacks.frameCountOf(row) }, (_, i) =>
      String.fromCharCode(frames.lineOf(tracebacks.frameOf(row, i))),
    );
    return `${kept.join('')}${tracebacks.totalOf(row) < 0 ? '?' : ''}`;
  }
}

/** What must be left: sites with nothing live, now or at the peak, are those of their line alone. */
function folded(sites: ReadonlyMap<string, number[]>): Map<string, number[]> {
  const isLive = counterNames.map((name) => name === 'liveCount' || name === 'peakCount');
  const left = new Map<string, number[]>();
  for (const [site, counters] of sites) {
    const [stack = '', ...rest] = site.split(',');
    const isKept = counters.some((value, i) => isLive[i] && value !== 0) || stack === '\0';
    const key = isKept || stack.endsWith('?') ? site : [`${stack[0]}?`, ...rest].join();
    const sum = left.get(key) ?? counters.map(() => 0);
    left.set(
      key,
      sum.map((value, i) => value + counters[i]!),
    );
  }
  return new Map([...left].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const event = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(
      fc.nat(5),
      fc.nat(100),
      fc.stringMatching(/^[abc]{0,3}$/),
      fc.nat(1),
      fc.nat(1),
      fc.constantFrom(0, 0, 2),
    ),
  },
  { weight: 5, arbitrary: fc.tuple(fc.nat(5), fc.nat(1)) },
  { weight: 1, arbitrary: fc.constantFrom('drop', 'resetPeak') },
);

test('dropping dead tracebacks keeps what each line allocated, and all of what lives', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), (events) => {
      const recording = new Recording();
      const { recorder } = recording;
      for (const one of events) {
        if (one === 'drop') recording.drop();
        else if (one === 'resetPeak') recorder.resetPeak();
        else if (one.length === 2) recorder.free(one[1], one[0]);
        else recording.alloc(...one);
      }
      const expected = folded(recording.sites());
      recording.drop();
      expect(recording.sites()).toEqual(expected);
      const { used } = recorder.tracebacks;
      recording.drop();
      expect(recording.sites()).toEqual(expected);
      expect(recorder.tracebacks.used).toBe(used);
    }),
    { numRuns: runs(100) },
  );
});

test('stacks of one line become one site, whose rows new sites use again', () => {
  const recording = new Recording();
  const { recorder } = recording;
  for (const stack of ['abc', 'ab', 'acb', 'b']) {
    recording.alloc(1, 10, stack);
    recorder.free(0, 1);
  }
  recording.alloc(1, 100, 'c');
  const rows = recorder.sites.length;
  recording.drop();
  expect(recording.sites()).toEqual(
    new Map([
      ['a?,0,0,0', [0, 0, 0, 0, 30, 3, 30, 3]],
      ['b?,0,0,0', [0, 0, 0, 0, 10, 1, 10, 1]],
      ['c,0,0,0', [100, 1, 100, 1, 100, 1, 0, 0]],
    ]),
  );
  for (const stack of ['ba', 'ca']) recording.alloc(stack.charCodeAt(0), 1, stack);
  expect(recorder.sites.length).toBeLessThanOrEqual(rows + 2);
  expect(recording.sites().size).toBe(5);
});

test('nothing is dropped while somebody looks on', () => {
  const recording = new Recording();
  recording.alloc(1, 10, 'abc');
  recording.recorder.free(0, 1);
  recording.alloc(1, 100, 'c');
  const before = recording.sites();
  recording.drop(1);
  expect(recording.sites()).toEqual(before);
});

test('rows of ever new stacks become free from 65 536 on, unless a heap is walked', () => {
  const rows = [false, true].map((isWalked) => {
    const { recorder, alloc } = shallow(isWalked);
    for (let i = 0; i < 200_000; i++) alloc(i);
    return recorder.tracebacks.length;
  });
  // A pass goes 256 rows an event, so a few hundred come while it runs.
  expect(rows).toEqual([65_796, 200_001]);
});

test('while all stacks live no row dies, and rows that are kept stay good', () => {
  const { recorder, alloc } = shallow(false);
  const { generation } = recorder.tracebacks;
  for (let i = 0; i < 150_000; i++) alloc(i, i);
  expect(recorder.tracebacks.generation).toBe(generation);
  expect(recorder.tracebacks.used).toBe(150_001);
});

test('a row that is handed out while a pass frees rows is not freed by it', () => {
  const recording = new Recording();
  const { recorder } = recording;
  for (const stack of ['abc', 'ab', 'acb', 'b']) {
    recording.alloc(1, 10, stack);
    recorder.free(0, 1);
  }
  recorder.resetPeak();
  recording.alloc(2, 1, 'c');
  const dead = new DeadTracebacks(recorder.tables);
  const { generation } = recorder.tracebacks;
  while (recorder.tracebacks.generation === generation) dead.step();
  const { stack } = recorder.tracebacks;
  for (const [i, line] of [...'abc'].entries()) {
    stack[i] = recorder.frames.intern(recording.rows[1]!, line.charCodeAt(0), 0);
  }
  const kept = recorder.capture(3, 3);
  dead.finish();
  recorder.label = 0;
  recorder.alloc(0, 3, 7, kept, 0);
  expect(recording.sites().get('abc,0,0,0')).toEqual([7, 1, 7, 1, 7, 1, 0, 0]);
});

test('a row that is free is no row, until it serves another stack', () => {
  const recording = new Recording();
  const { recorder } = recording;
  recording.alloc(1, 10, 'abc');
  recorder.free(0, 1);
  recording.alloc(1, 100, 'c');
  const row = 1;
  recording.drop();
  recorder.alloc(0, 9, 5, row, 0);
  expect([recorder.rejected.badRow, recorder.siteAt(0, 9)]).toEqual([1, 0]);
  recording.alloc(9, 5, 'bca');
  expect(recorder.sites.tracebackOf(recorder.siteAt(0, 9))).toBe(row);
});

/** Each block is allocated on a stack of its own, and freed at the next. */
function shallow(isWalked: boolean): {
  recorder: Recorder;
  alloc: (i: number, id?: number) => void;
} {
  const recorder = new Recorder();
  recorder.start(2);
  recorder.addDomain({ name: 'heap', ids: 'serial' });
  if (isWalked) recorder.addDomain({ name: 'walked', ids: 'walked', liveSet: () => undefined });
  const line = recorder.frames.intern(0, 1, 0);
  return {
    recorder,
    alloc(i, id = 1) {
      recorder.tracebacks.stack[0] = line;
      recorder.tracebacks.stack[1] = recorder.frames.intern(0, i + 2, 0);
      recorder.alloc(0, id, 1, recorder.capture(2, 2), 0);
    },
  };
}
