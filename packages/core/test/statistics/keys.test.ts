import { expect, test } from 'vitest';
import {
  Frame,
  type GroupKey,
  type Snapshot,
  Statistic,
  StatisticDiff,
  Traceback,
  Tracer,
} from '../../src/index.ts';

/** `file:line:function:type:label` and bytes of blocks, all of which live. */
function snapshotOf(...blocks: readonly (readonly [text: string, size: number])[]): Snapshot {
  const tracer = new Tracer();
  tracer.start(5);
  const heaps = [0, 3, 12].map((code) => tracer.domain({ name: `${code}`, ids: 'serial', code }));
  for (const [id, [text, size]] of blocks.entries()) {
    const [file = '', line, name = '', type = '', label = ''] = text.split(':');
    const frame = tracer.frame(tracer.string(file), Number(line), tracer.string(name));
    tracer.setLabel(tracer.label(label));
    tracer.alloc(heaps[id % 3]!, id, size, tracer.extend(0, frame), tracer.type(type));
  }
  return tracer.takeSnapshot();
}

const texts = (snapshot: Snapshot, key: GroupKey): string[] =>
  snapshot.statistics(key).map((one) => `${one.label} ${one.size} ${one.count}`);

test('groups that Python has no word for have names of their own', () => {
  const snapshot = snapshotOf(
    ['a.py:1:f:list:GET /', 1],
    ['a.py:2:f:dict', 20],
    ['b.py:2:f', 300],
    ['b.py:3::list:GET /', 4000],
    ['b.py:4::list', 50_000],
  );
  expect({
    functions: texts(snapshot, 'function'),
    types: texts(snapshot, 'type'),
    labels: texts(snapshot, 'label'),
    domains: texts(snapshot, 'domain'),
    lines: texts(snapshot, 'lineno').slice(0, 1),
  }).toEqual({
    functions: ['b.py:4 50000 1', 'b.py:3 4000 1', 'f (b.py) 300 1', 'f (a.py) 21 2'],
    types: ['list 54001 3', '<unknown> 300 1', 'dict 20 1'],
    labels: ['(no label) 50320 3', 'GET / 4001 2'],
    domains: ['domain 3 50020 2', 'domain 0 4001 2', 'domain 12 300 1'],
    lines: ['b.py:4 50000 1'],
  });
});

test('groups of one size and count stand in the order of their text, the last one first', () => {
  const blocks = [
    ...['a.py:2:f:x', 'b.py:1:e:y', 'a.py:10:e:z', '\u{1F600}.py:1', '\uFFFD.py:1:g'],
    'a.py:1:g',
  ];
  const order = (key: GroupKey): string[] =>
    snapshotOf(...blocks.map((text) => [text, 8] as const))
      .statistics(key)
      .map((one) => one.label ?? String(one.traceback));
  expect({
    lines: order('lineno'),
    files: order('filename'),
    functions: order('function'),
  }).toEqual({
    lines: ['\u{1F600}.py:1', '\uFFFD.py:1', 'b.py:1', 'a.py:10', 'a.py:2', 'a.py:1'],
    files: ['a.py:0', '\u{1F600}.py:0', '\uFFFD.py:0', 'b.py:0'],
    functions: ['\u{1F600}.py:1', 'g (\uFFFD.py)', 'e (b.py)', 'g (a.py)', 'f (a.py)', 'e (a.py)'],
  });
});

test.each([1, 2, 3, 4, 5, 8, 9])('%i groups are sorted, whatever their number', (count) => {
  const blocks = Array.from(
    { length: count },
    (_, i) => [`${i}.py:1`, ((i * 7) % count) + 1] as const,
  );
  const sizes = snapshotOf(...blocks)
    .statistics('lineno')
    .map((one) => one.size);
  expect(sizes).toEqual(Array.from({ length: count }, (_, i) => count - i));
});

test('blocks of no bytes count, and groups that have none are left out', () => {
  const snapshot = snapshotOf(['a.py:1', 0], ['b.py:1', 5]);
  expect(snapshot.statistics('lineno').map(String)).toEqual([
    'b.py:1: size=5 B, count=1, average=5 B',
    'a.py:1: size=0 B, count=1, average=0 B',
  ]);
});

test('a group has the type that all of its blocks have, one that is gone the type that it had', () => {
  const old = snapshotOf(['a.py:1::list', 1], ['gone.py:1::tuple', 2], ['b.py:1', 4]);
  const snapshot = snapshotOf(
    ['a.py:1::list', 1],
    ['a.py:1:f:list', 2],
    ['a.py:2::dict', 4],
    ['b.py:1', 8],
    ['b.py:2::int', 16],
    ['b.py:2::float', 32],
    ['b.py:2::int', 64],
  );
  const lines = snapshot.statistics('lineno');
  const changes = snapshot.compareTo(old, 'lineno');
  const types = (rows: readonly { readonly label: string; readonly type: string | null }[]) =>
    Object.fromEntries(rows.map(({ label, type }) => [label, type]));
  const ofLines = { 'b.py:2': null, 'b.py:1': '', 'a.py:2': 'dict', 'a.py:1': 'list' };
  expect({
    lines: types(lines),
    files: types(snapshot.statistics('filename')),
    changes: types(changes),
  }).toEqual({
    lines: ofLines,
    files: { 'a.py:0': null, 'b.py:0': null },
    changes: { ...ofLines, 'gone.py:1': 'tuple' },
  });
});

test('of all frames, too, a group has the type of its blocks, and none of what is dead', () => {
  const tracer = new Tracer();
  tracer.start(5);
  const heap = tracer.domain({ name: 'heap', ids: 'serial' });
  const frames = [1, 2, 3].map((line) => tracer.frame(tracer.string('a.py'), line));
  const blocks = [
    [[2, 0], 'list'],
    [[2, 1], 'list'],
    [[1], 'dict'],
    [[0], 'dead'],
    [[0], 'list'],
  ] as const;
  for (const [id, [stack, type]] of blocks.entries()) {
    let traceback = 0;
    for (const at of stack) traceback = tracer.extend(traceback, frames[at]!);
    tracer.alloc(heap, id, 8, traceback, tracer.type(type));
  }
  tracer.free(heap, 3);
  const types = (cumulative: boolean) =>
    tracer
      .takeSnapshot()
      .statistics('lineno', { cumulative })
      .map(({ label, count, type }) => [label, count, type]);
  expect({ newest: types(false), all: types(true) }).toEqual({
    newest: [
      ['a.py:2', 2, null],
      ['a.py:1', 2, 'list'],
    ],
    all: [
      ['a.py:3', 2, 'list'],
      ['a.py:2', 2, null],
      ['a.py:1', 2, 'list'],
    ],
  });
});

test('a file is in no function, a line in the one that it was met in first', () => {
  const snapshot = snapshotOf(['a.py:1:f', 1], ['a.py:1:g', 2], ['b.py:1', 4]);
  const functions = (key: GroupKey) =>
    snapshot.statistics(key).map(({ traceback }) => traceback.at(-1)!.functionName);
  expect({
    files: functions('filename'),
    lines: functions('lineno'),
    types: functions('type'),
  }).toEqual({ files: ['', ''], lines: ['', 'f'], types: [''] });
});

test('a statistic of no type is one of which none is known', () => {
  const traceback = new Traceback([new Frame('a.py', 1)]);
  expect([
    new Statistic(traceback, 1, 1).type,
    new StatisticDiff(traceback, 1, 1, 1, 1).type,
  ]).toEqual(['', '']);
});

test.each(['type', 'domain', 'label'] as const)('no frame has a %s, so none is counted', (key) => {
  const snapshot = snapshotOf(['a.py:1', 1]);
  const message = `cumulative mode cannot be used with key type '${key}'`;
  const options = { cumulative: true as never };
  expect(() => snapshot.statistics(key, options)).toThrow(new RangeError(message));
  expect(() => snapshot.compareTo(snapshot, key, options)).toThrow(new RangeError(message));
});

test.each([
  ["it's", `"it's"`],
  [null, 'None'],
  [undefined, 'None'],
  [true, 'True'],
  [false, 'False'],
  [5, '5'],
  [['type'], 'an array of 1'],
])('%j is no key', (key, shown) => {
  const snapshot = snapshotOf(['a.py:1', 1]);
  expect(() => snapshot.statistics(key as GroupKey)).toThrow(
    new RangeError(`unknown key_type: ${shown}`),
  );
});
