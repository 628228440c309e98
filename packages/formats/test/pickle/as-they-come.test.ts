import { Snapshot } from '@tracemalloc/core';
import {
  dumpPickle,
  loadPickle,
  loadPickles,
  loadPicklesInARow,
} from '@tracemalloc/formats/pickle';
import { describe, expect, test } from 'vitest';
import {
  errorOf,
  newObject,
  type Part,
  pickle,
  snapshotPickle,
  text8,
  trace,
  uint32,
} from './pickles.ts';

test('attributes named after the prototype chain are attributes', () => {
  const attributes = [
    text8('__proto__'),
    '}',
    text8('polluted'),
    'K\x01s',
    text8('constructor'),
    'N',
  ];
  const { metadata } = loadPickle(snapshotPickle([']'], attributes));
  expect(Object.entries(metadata)).toEqual([
    ['__proto__', { polluted: 1 }],
    ['constructor', null],
  ]);
  expect(Object.getPrototypeOf(metadata)).toBe(Object.prototype);
});

test('attributes that JSON cannot say become what it can', () => {
  const attributes = [
    ...[text8('bytes'), 'C', 2, [0x41, 0xff]],
    ...[text8('big'), 0x8a, 9, [0, 0, 0, 0, 0, 0, 0, 0, 1]],
    ...[text8('nan'), 'Fnan\n', text8('inf'), 'F-inf\n'],
    ...[text8('set'), 0x8f, '(K\x01', 0x90],
    ...[text8('keys'), '}K\x05K\x06s'],
    ...[text8('bool'), 'I01\n'],
  ];
  expect(loadPickle(snapshotPickle([']'], attributes)).metadata).toEqual({
    bytes: 'Aÿ',
    big: '18446744073709551616',
    nan: 'nan',
    inf: '-inf',
    set: [1],
    keys: { 5: 6 },
    bool: true,
  });
});

describe('what is no plain data', () => {
  const load = (...attributes: Part[]) => {
    const warnings: string[] = [];
    const onWarning = (message: string) => void warnings.push(message);
    const { metadata } = loadPickle(snapshotPickle([']'], attributes), { onWarning });
    return { metadata, warnings };
  };
  const leftOut = (names: string) => [
    `attributes are left out that are no plain data, since nothing of a pickle is executed: ${names}`,
  ];

  test.each<[string, Part[], string]>([
    ['a call', ['cdatetime\ndatetime\nC', 1, 'x', 0x85, 'R'], 'datetime.datetime'],
    ['a call of a call', ['cos\ngetattr\n)R)R'], 'os.getattr'],
    ['a state for it', ['cpathlib\nPosixPath\n)R}b'], 'pathlib.PosixPath'],
    [
      'items for it',
      ['ccollections\nOrderedDict\n)RK\x01K\x02s(K\x01K\x02u'],
      'collections.OrderedDict',
    ],
    ['appends to it', ['ccollections\ndeque\n)RK\x01a(K\x01e'], 'collections.deque'],
    ['a class', ['cbuiltins\ndict\n'], 'builtins.dict'],
    ['an instance by NEWOBJ', ['cuuid\nUUID\n)', 0x81], 'uuid.UUID'],
    ['an instance by NEWOBJ_EX', ['ca\nB\n)}', 0x92], 'a.B'],
    ['an instance by INST', ['(ia\nB\n'], 'a.B'],
    ['an instance by OBJ', ['(ca\nB\nK\x01o'], 'a.B'],
    ['one of copyreg', ['ccopyreg\n_reconstructor\n(ca\nB\ncbuiltins\nobject\nNtR'], 'a.B'],
    ['a snapshot', [newObject('Snapshot')], 'tracemalloc.Snapshot'],
    ['deep inside', [']}K\x01ca\nB\nsa'], 'a.B'],
    ['a name that acts on terminals', ['ca\x1b[31m\nB\n'], 'a\\u{1b}[31m.B'],
  ])('%s is left out by name, and nothing else is', (_, value, name) => {
    expect(load(text8('x'), ...value, text8('y'), 'K', 7)).toEqual({
      metadata: { y: 7 },
      warnings: leftOut(`x (${name})`),
    });
  });

  test('several are named in one warning', () => {
    expect(load(text8('x'), 'ca\nB\n', text8('y'), 'cc\nD\n')).toEqual({
      metadata: {},
      warnings: leftOut('x (a.B), y (c.D)'),
    });
  });

  test('data that old protocols write as calls is data', () => {
    const set = pickle('c__builtin__\nset\n](K\x01K\x02e', 0x85, 'R');
    const bytes = pickle(
      'c_codecs\nencode\nX',
      uint32(3),
      'A\u00c3\u00bf',
      'X',
      uint32(6),
      'latin1',
      0x86,
      'R',
    );
    const attributes = [text8('set'), set, text8('bytes'), bytes];
    expect(load(...attributes)).toEqual({
      metadata: { set: [1, 2], bytes: 'A\u00ff' },
      warnings: [],
    });
  });

  test('as Python’s, nothing is lost', () => {
    const attributes = [
      ...[text8('tuple'), 'K\x01', 0x85, text8('set'), 0x8f, '(K\x01', 0x90],
      ...[text8('frozen'), '(K\x01', 0x91, text8('bytes'), 'C', 2, [0x41, 0xff]],
      ...[text8('big'), 0x8a, 9, [0, 0, 0, 0, 0, 0, 0, 0, 1], text8('nan'), 'Fnan\n'],
      ...[text8('keys'), '}K\x05K\x06s', text8('list'), ']K\x01a'],
    ];
    const { metadata } = loadPickle(snapshotPickle([']'], attributes), { attributes: 'python' });
    expect(metadata).toEqual({
      tuple: { $tuple: [1] },
      set: { $set: [1] },
      frozen: { $frozenset: [1] },
      bytes: { $bytes: 'A\u00ff' },
      big: { $int: '18446744073709551616' },
      nan: { $float: 'nan' },
      keys: { $dict: [[5, 6]] },
      list: [1],
    });
  });
});

describe('several snapshots', () => {
  const one = snapshotPickle([']', trace, 'a']);
  const two = snapshotPickle([']', trace, 'a', trace, 'a']);
  const body = (bytes: Uint8Array) => bytes.subarray(2, -1);
  const list = pickle([0x80, 4], '](', body(one), body(two), 'e.');
  const counts = (snapshots: readonly Snapshot[]) => snapshots.map(({ traces }) => traces.length);

  test('a list, a tuple, a dict and a nest of them have theirs in order', () => {
    const files = [
      list,
      pickle([0x80, 4], body(one), body(two), 0x86, '.'),
      pickle([0x80, 4], '}(', text8('a'), body(one), text8('b'), body(two), 'u.'),
      pickle([0x80, 4], '](', body(one), body(two), 0x85, 'e.'),
      one,
    ];
    expect(files.map((file) => counts(loadPickles(file)))).toEqual([
      [1, 2],
      [1, 2],
      [1, 2],
      [1, 2],
      [1],
    ]);
  });

  test('loadPickle gives the only one, and says where the others are', () => {
    expect(loadPickle(pickle([0x80, 4], ']', body(two), 'a.')).traces.length).toBe(2);
    expect(errorOf(list)).toMatchObject({
      code: 'unsupported',
      message: `unsupported pickle: it holds 2 snapshots, and loadPickle gives one: use loadPickles (at byte ${list.length})`,
    });
  });

  test('of two in a row the first is read, and the other is told of', () => {
    const warnings: string[] = [];
    const onWarning = (message: string) => void warnings.push(message);
    const row = pickle(one, two);
    expect(loadPickle(row, { onWarning }).traces.length).toBe(1);
    expect(warnings).toEqual([
      `another pickle follows at byte ${one.length}: the first is read, as Snapshot.load does`,
    ]);
    expect(counts(loadPicklesInARow(pickle(row, list)))).toEqual([1, 2, 1, 2]);
    expect(() => loadPicklesInARow(pickle(one, 'rest'))).toThrow('4 bytes after its end');
  });

  test('one traceback that is shared by many snapshots counts for each', () => {
    const traces = Array.from({ length: 20_000 }, () => trace);
    const shared = pickle([0x80, 4], '](', body(snapshotPickle(['](', ...traces, 'e', 0x94])));
    const more = pickle(
      newObject('Snapshot'),
      '}(',
      text8('traces'),
      newObject('_Traces'),
      '}',
      text8('_traces'),
      'h\0sb',
      text8('traceback_limit'),
      'K',
      1,
      'ub',
    );
    const bomb = pickle(shared, ...Array.from({ length: 300 }, () => more), 'e.');
    expect(() => loadPickles(bomb)).toThrow('its traces and tracebacks take more than');
  });
});

test('for older Pythons traces have three fields, and lose the depth of their stacks', () => {
  const snapshot = Snapshot.fromTraces([[0, 10, [['a.py', 3]], 7]], 1);
  const shown = (python: '3.9' | '3.4') =>
    Array.from(loadPickle(dumpPickle(snapshot, { python })).traces, ({ size, traceback }) => [
      size,
      String(traceback),
      traceback.totalNframe,
    ]);
  expect([shown('3.9'), shown('3.4')]).toEqual([[[10, 'a.py:3', 7]], [[10, 'a.py:3', null]]]);
  // @ts-expect-error: no such version.
  expect(() => dumpPickle(snapshot, { python: '2.7' })).toThrow(
    new RangeError('option python of dumpPickle must be "3.9" or "3.4", got 2.7'),
  );
});
