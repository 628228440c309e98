import { expect, test } from 'vitest';
import { LabelFilter, TypeFilter } from '../../src/filters/index.ts';
import { ShadowStack, Snapshot, Tracer } from '../../src/index.ts';
import { mergeSnapshots } from '../../src/merge/index.ts';

/** A tracer of one heap; `alloc` allocates a block of so many bytes at a line of its own. */
function labelling(): { tracer: Tracer; alloc: (size: number, type?: string) => number } {
  const tracer = new Tracer();
  tracer.start();
  const heap = tracer.domain({ name: 'heap', ids: 'serial' });
  const frame = tracer.frame(tracer.string('a.py'), 1);
  let id = 0;
  return {
    tracer,
    alloc(size, type = '') {
      tracer.alloc(heap, id++, size, tracer.extend(0, frame), tracer.type(type));
      return heap;
    },
  };
}

function byLabel(snapshot: Snapshot): string[] {
  return snapshot.statistics('label').map(({ label, size, count }) => `${label} ${size} ${count}`);
}

test('a live block is asked for its label, and what is unknown has none', () => {
  const { tracer, alloc } = labelling();
  alloc(1);
  tracer.setLabel(tracer.label('GET /'));
  const heap = alloc(20);
  alloc(20);
  tracer.setLabel(0);
  tracer.free(heap, 2);
  expect([0, 1, 2, 3].map((id) => tracer.labelOf(0, id))).toEqual([0, tracer.label('GET /'), 0, 0]);
  expect(tracer.labelOf(7, 1)).toBe(0);
});

test('blocks have the label that is set when they are allocated, in tables, traces and groups', () => {
  const { tracer, alloc } = labelling();
  alloc(1);
  tracer.setLabel(tracer.label('GET /'));
  alloc(20, 'list');
  alloc(20, 'list');
  tracer.setLabel(tracer.label('POST /'));
  alloc(300);
  tracer.setLabel(0);
  alloc(4);
  const snapshot = tracer.takeSnapshot();
  expect(byLabel(snapshot)).toEqual(['POST / 300 1', 'GET / 40 2', '(no label) 5 2']);
  expect(
    Array.from(snapshot.traces, ({ type, label, size }) => `${label}|${type}|${size}`),
  ).toEqual(['||1', 'GET /|list|20', 'GET /|list|20', 'POST /||300', '||4']);
  expect(snapshot.statistics('lineno').map(String)).toEqual([
    'a.py:1: size=345 B, count=5, average=69 B',
  ]);
  expect(() => snapshot.statistics('label', { cumulative: true as never })).toThrow(
    new RangeError(`cumulative mode cannot be used with key type 'label'`),
  );
});

test('a block that is resized or moves in a collection keeps its label', () => {
  const { tracer, alloc } = labelling();
  tracer.setLabel(tracer.label('a'));
  const heap = alloc(10);
  tracer.setLabel(tracer.label('b'));
  tracer.resize(heap, 0, 50);
  tracer.gcBegin(heap);
  tracer.survive(heap, 0, 7);
  tracer.gcEnd(heap);
  expect(byLabel(tracer.takeSnapshot())).toEqual(['a 50 1']);
  tracer.realloc(heap, 7, 8, 60, 0);
  expect(byLabel(tracer.takeSnapshot())).toEqual(['b 60 1']);
});

test('withLabel labels what work allocates, also where labels nest and work fails', async () => {
  const { tracer, alloc } = labelling();
  const failure = tracer.withLabel('outer', () => {
    alloc(1);
    try {
      tracer.withLabel('inner', () => {
        alloc(10);
        throw new Error('it failed');
      });
    } catch (error) {
      alloc(100);
      return error;
    }
    return null;
  });
  expect(failure).toEqual(new Error('it failed'));
  alloc(1000);
  const turn = tracer.withLabel('async', async () => {
    alloc(10_000);
    await Promise.resolve();
    alloc(100_000);
    return 'done';
  });
  expect(tracer.currentLabel).toBe(0);
  expect(await turn).toBe('done');
  expect(byLabel(tracer.takeSnapshot())).toEqual([
    '(no label) 101000 2',
    'async 10000 1',
    'outer 101 2',
    'inner 10 1',
  ]);
});

test('a coroutine begins with the label of who makes it, and keeps its own', () => {
  const { tracer, alloc } = labelling();
  const stack = new ShadowStack(tracer);
  tracer.setLabel(tracer.label('main'));
  const task = stack.context();
  stack.switchTo(task, 0);
  alloc(1);
  tracer.setLabel(tracer.label('task'));
  alloc(10);
  stack.switchTo(0);
  alloc(100);
  tracer.setLabel(tracer.label('later'));
  stack.switchTo(task);
  alloc(1000);
  stack.drop(task);
  alloc(10_000);
  expect(byLabel(tracer.takeSnapshot())).toEqual(['later 10000 1', 'task 1010 2', 'main 101 2']);
});

test('rows that are no labels are counted and change nothing', () => {
  const { tracer, alloc } = labelling();
  tracer.setLabel(tracer.label('a'));
  for (const row of [tracer.string('text'), -1, 1.5, Number.NaN, '1', null, 1n, {}]) {
    tracer.setLabel(row as number);
  }
  alloc(1);
  expect(tracer.rejected.badRow).toBe(8);
  expect(byLabel(tracer.takeSnapshot())).toEqual(['a 1 1']);
  expect(() => tracer.label(7 as never)).toThrow(new TypeError('name must be a string, got 7'));
  expect(tracer.label('')).toBe(0);
});

test('labels survive stop and start', () => {
  const { tracer, alloc } = labelling();
  tracer.setLabel(tracer.label('a'));
  tracer.stop();
  tracer.start();
  alloc(1);
  expect(byLabel(tracer.takeSnapshot())).toEqual(['a 1 1']);
});

test('beyond 65 536 labels the others are one, and the snapshot says how often', () => {
  const { tracer, alloc } = labelling();
  for (let i = 0; i < 65_538; i++) {
    tracer.setLabel(tracer.label(`request ${i}`));
    alloc(1);
  }
  tracer.setLabel(tracer.label('request 65535'));
  alloc(1);
  const snapshot = tracer.takeSnapshot();
  expect(byLabel(snapshot).slice(0, 3)).toEqual([
    'request 65535 2 2',
    '(other labels) 2 2',
    'request 9999 1 1',
  ]);
  expect(snapshot.metadata['foldedLabels']).toBe(2);
});

test('the time of an event does not depend on how many labels or types a traceback has', () => {
  const cost = (labels: number, types: number): number => {
    const { tracer, alloc } = labelling();
    const labelRows = Array.from({ length: labels }, (_, i) => tracer.label(`label ${i}`));
    const names = Array.from({ length: types }, (_, i) => `type ${i}`);
    const pass = () => {
      for (let i = 0; i < 20_000; i++) {
        tracer.setLabel(labelRows[(i * 7919) % labels]!);
        alloc(1, names[(i * 7919) % types]);
      }
    };
    pass();
    const start = process.cpuUsage();
    pass();
    return process.cpuUsage(start).user;
  };
  // A list of 4000 would be walked for 10 µs an event, a thousandfold.
  const few = cost(2, 2);
  expect(cost(4000, 1) / few).toBeLessThan(20);
  expect(cost(1, 4000) / few).toBeLessThan(20);
});

test('when dead tracebacks go, what was allocated under a label stays counted under it', () => {
  const { tracer } = labelling();
  tracer.stop();
  tracer.start(2);
  const heap = tracer.domain({ name: 'heap', ids: 'serial' });
  const labels = ['a', 'b', 'c'].map((name) => tracer.label(name));
  const { generation } = tracer;
  const stacks = 80_000;
  for (let i = 0; i < stacks; i++) {
    tracer.setLabel(labels[i % 3]!);
    tracer.stack[0] = tracer.frame(0, 1);
    tracer.stack[1] = tracer.frame(0, i);
    tracer.alloc(heap, 1, 10, tracer.capture(2));
    tracer.free(heap, 1);
  }
  expect(tracer.generation).not.toBe(generation);
  const totals = tracer.takeSnapshot().statistics('label', { metric: 'allocated' });
  expect(totals.map(({ label, count }) => [label, count])).toEqual(
    [
      ['b', Math.ceil((stacks - 1) / 3)],
      ['a', Math.ceil(stacks / 3)],
      ['c', Math.floor(stacks / 3)],
    ].sort(([a, m], [b, n]) => Number(n) - Number(m) || (a! < b! ? 1 : -1)),
  );
});

test('traces are filtered by label and by type', () => {
  const { tracer, alloc } = labelling();
  alloc(1, 'list');
  tracer.withLabel('GET /', () => alloc(10, 'dict'));
  tracer.withLabel('POST /', () => alloc(100, 'list'));
  const snapshot = tracer.takeSnapshot();
  const left = (...filters: (LabelFilter | TypeFilter)[]) => {
    const bySite = byLabel(snapshot.filterTraces(filters));
    // A filter without forSites is asked for every trace.
    const plain = filters.map((filter) => ({
      inclusive: filter.inclusive,
      matches: filter.matches.bind(filter),
    }));
    expect(byLabel(snapshot.filterTraces(plain))).toEqual(bySite);
    return bySite;
  };
  expect(left(new LabelFilter(true, '*ET /'))).toEqual(['GET / 10 1']);
  expect(left(new LabelFilter(false, 'GET*'))).toEqual(['POST / 100 1', '(no label) 1 1']);
  expect(left(new LabelFilter(true, ''))).toEqual(['(no label) 1 1']);
  expect(left(new TypeFilter(true, 'list'), new LabelFilter(false, 'P*'))).toEqual([
    '(no label) 1 1',
  ]);
  expect(() => new LabelFilter(1 as never, '')).toThrow(
    new TypeError('inclusive must be a boolean, got 1'),
  );
});

test('merged snapshots keep their labels, and have one each where they had none', () => {
  const { tracer, alloc } = labelling();
  alloc(1);
  tracer.withLabel('own', () => alloc(10));
  const one = tracer.takeSnapshot();
  const other = Snapshot.fromTraces([[0, 100, [['a.py', 1]], 1]], 1);
  expect(byLabel(mergeSnapshots([one, other]))).toEqual(['(no label) 101 2', 'own 10 1']);
  expect(byLabel(mergeSnapshots([one, other], { labels: ['own', 'b.tm'] }))).toEqual([
    'b.tm 100 1',
    'own 11 2',
  ]);
  expect(byLabel(mergeSnapshots([one], { labels: ['a.tm'] }))).toEqual(['own 10 1', 'a.tm 1 1']);
  expect(() => mergeSnapshots([one, other], { labels: ['a'] })).toThrow(
    new RangeError('labels must be 2 strings, one a snapshot, got an array of 1'),
  );
  expect(() => mergeSnapshots([one], { labels: [1 as never] })).toThrow(
    new TypeError('labels[0] must be a string, got 1'),
  );
});
