import { type Snapshot, Tracer } from '@tracemalloc/core';
import { expect, test } from 'vitest';
import {
  createPythonModule,
  type GuestValue,
  MemoryFiles,
  type PythonModuleOptions,
  snapshotCodec,
  type TracedGuest,
} from '../../src/python/module/index.ts';
import { guestOf, plain, plainHost } from './plain-host.ts';

function moduleOf(options: PythonModuleOptions = {}) {
  const tracer = new Tracer();
  let suspended = 0;
  const guest: TracedGuest = {
    tracer,
    exclude(work) {
      suspended++;
      try {
        return work();
      } finally {
        suspended--;
      }
    },
    excludeFile: () => undefined,
    settle: () => undefined,
    tracebackOf: (value) => (plain(value) === 'traced' ? tracer.getTraceback(0, 1) : null),
    sizeOf: () => 77,
  };
  const { native } = createPythonModule(plainHost, guest, { codec: snapshotCodec, ...options });
  const host = (name: string, ...args: unknown[]): unknown =>
    plain(native._tracemalloc_host[name]!(args as GuestValue[], []));
  const c = (name: string, ...args: unknown[]): unknown =>
    plain(native._tracemalloc[name]!(args.map(guestOf), []));
  return { tracer, host, c, isSuspended: () => suspended > 0 };
}

const RAW = [
  [
    0,
    10,
    [
      ['a.py', 2],
      ['b.py', 4],
    ],
    3,
  ],
  [2, 5, [['a.py', 2]], null],
];

function listOf(rows: readonly unknown[]): GuestValue {
  return plainHost.list(rows.map(guestOf));
}

test('raw traces have the most recent frame first, and equal tracebacks are one tuple', () => {
  const { tracer, c } = moduleOf();
  tracer.start(2);
  tracer.track(0, 1, 100, [
    ['new.py', 3],
    ['mid.py', 2],
    ['old.py', 1],
  ]);
  tracer.track(5, 2, 200, [
    ['new.py', 3],
    ['mid.py', 2],
    ['old.py', 1],
  ]);
  expect(c('_get_traces')).toEqual([
    [
      0,
      100,
      [
        ['new.py', 3],
        ['mid.py', 2],
      ],
      3,
    ],
    [
      5,
      200,
      [
        ['new.py', 3],
        ['mid.py', 2],
      ],
      3,
    ],
  ]);
  expect(c('_get_object_traceback', 'traced')).toEqual([
    ['new.py', 3],
    ['mid.py', 2],
  ]);
  expect(c('_get_object_traceback', 'other')).toBeNull();
  expect(c('get_traced_memory')).toEqual([300, 300]);
  expect(c('get_traceback_limit')).toBe(2);
  c('stop');
  expect(c('_get_traces')).toEqual([]);
  expect(c('_get_object_traceback', 'traced')).toBeNull();
});

test('what the guest’s own code does quietly is not traced', () => {
  const { host, isSuspended } = moduleOf();
  const work = {
    kind: 'other',
    value: (item: GuestValue) => plainHost.tuple([plainHost.bool(isSuspended()), item]),
  };
  expect(host('quietly', work, guestOf('x'))).toEqual([true, 'x']);
  expect(isSuspended()).toBe(false);
});

test('a list that columns can’t hold is left to Python', () => {
  const { host } = moduleOf();
  const declined: unknown[] = [
    [0, 2 ** 53, [['a', 1]], 1],
    [0, -1, [['a', 1]], 1],
    [0, 1.5, [['a', 1]], 1],
    [0, true, [['a', 1]], 1],
    [-1, 1, [['a', 1]], 1],
    [0, 1, [], 0],
    [0, 1, [['a', 2 ** 31]], 1],
    [0, 1, [['a', null]], 1],
    [0, 1, [['a', 1, 2]], 1],
    [0, 1, [['a', 1]], 70_000],
    [0, 1, [['a', 1]], 1, 1],
    [0, 1],
    'text',
  ];
  const counted = (row: unknown) =>
    host('statistics', {}, listOf([row]), guestOf('lineno'), guestOf(false));
  expect(declined.map(counted)).toEqual(declined.map(() => null));
  expect(counted(RAW[0])).toEqual([[[['a.py', 2]], 10, 1]]);
});

test('sums that may pass 2**53 - 1 are left to Python', () => {
  const { host } = moduleOf();
  const half = 2 ** 52;
  const rows = [
    [0, half, [['a', 1]], 1],
    [0, half - 1, [['a', 1]], 1],
  ];
  const count = (list: unknown[]) =>
    host('statistics', {}, listOf(list), guestOf('lineno'), guestOf(false));
  expect(count(rows)).toEqual([[[['a', 1]], 2 ** 53 - 1, 2]]);
  expect(count([...rows, [0, 1, [['a', 1]], 1]])).toBeNull();
});

test('traces of a filter’s snapshot are made when asked for', () => {
  const { host } = moduleOf();
  const kept = {};
  const rules = plainHost.list([guestOf([true, 'a*', 2, true, null]), guestOf([false, 2])]);
  expect(host('filter', {}, listOf(RAW), rules, kept)).toBe(true);
  expect(host('trace_count', kept)).toBe(1);
  expect(host('raw_trace', kept, guestOf(-1))).toEqual(RAW[0]);
  expect(host('raw_traces', kept)).toEqual([RAW[0]]);
  expect(() => host('raw_trace', kept, guestOf(1))).toThrow('IndexError: list index out of range');
  expect(() => host('raw_trace', kept, guestOf('x'))).toThrow(
    'TypeError: list indices must be integers or slices, not str',
  );
});

test('snapshots are written and read through the codec', () => {
  const files = new MemoryFiles();
  const encoded: Snapshot[] = [];
  const { host } = moduleOf({
    files,
    codec: {
      encode: (snapshot) => new Uint8Array([encoded.push(snapshot)]),
      decode: (bytes) => encoded[bytes[0]! - 1]!,
    },
  });
  const attributes = plainHost.dict([[guestOf('note'), guestOf(['x', 1.5])]]);
  host('dump', guestOf('f'), {}, listOf(RAW), guestOf(7), attributes);
  const traces = {};
  expect(host('load', guestOf('f'), traces)).toEqual([7, [['note', ['x', 1.5]]], []]);
  expect(host('raw_traces', traces)).toEqual(RAW);
  expect(() => host('load', guestOf('g'), traces)).toThrow(
    "FileNotFoundError: [Errno 2] No such file or directory: 'g'",
  );
});

test('source lines are numbered as linecache numbers them, and stripped as Python strips', () => {
  const sources = new Map([['a.py', 'one\r\n\ttwo\f\r  three\u2028\n']]);
  const { host } = moduleOf({ readSource: (name) => sources.get(name) });
  const lines = [0, 1, 2, 3, 4, 9].map((line) => host('getline', guestOf('a.py'), guestOf(line)));
  expect(lines).toEqual(['', 'one\n', '\ttwo\f\n', '  three\u2028\n', '', '']);
  expect(host('getline', guestOf('<string>'), guestOf(1))).toBe('');
  expect(host('strip', guestOf('\x1c\x85\u3000 \ufeffx\ufeff\t'))).toBe('\ufeffx\ufeff');
  sources.set('a.py', 'changed');
  expect(host('getline', guestOf('a.py'), guestOf(1))).toBe('changed\n');
});

test('sizes of any number have Python’s text', () => {
  const { host } = moduleOf();
  const text = (size: unknown, sign = false) => host('format_size', guestOf(size), guestOf(sign));
  expect(text(2.5)).toBe('2 B');
  expect(text(2n ** 80n)).toBe('1099511627776 TiB');
  expect([text(Number.NaN), text(Number.POSITIVE_INFINITY, true)]).toEqual(['nan TiB', '+inf TiB']);
  expect(text(Number.NEGATIVE_INFINITY, true)).toBe('-inf TiB');
  expect(() => text(10n ** 400n)).toThrow(
    'OverflowError: integer division result too large for a float',
  );
});

test('Windows names are compared without case and kind of slash', () => {
  const windows = moduleOf({ pathFlavor: 'windows' });
  const posix = moduleOf();
  expect(windows.host('normalize_filename', guestOf('C:/A/B.PYC'))).toBe('c:\\a\\b.py');
  expect(posix.host('normalize_filename', guestOf('C:/A/B.pyc'))).toBe('C:/A/B.py');
  expect(windows.host('fnmatch', guestOf('a/B.py'), guestOf('A\\b.*'))).toBe(true);
  expect(posix.host('fnmatch', guestOf('a/B.py'), guestOf('A\\b.*'))).toBe(false);
});

test('frames are ordered by code point, and only where they are strings and integers', () => {
  const { host } = moduleOf();
  const order = (a: unknown, b: unknown) => host('order', guestOf(a), guestOf(b));
  expect(order([['\uff5e', 1]], [['\u{1f600}', 1]])).toBe(-1);
  expect(order([['a', 2]], [['a', 10]])).toBe(-1);
  expect(
    order(
      [
        ['a', 1],
        ['b', 1],
      ],
      [['a', 1]],
    ),
  ).toBe(1);
  expect(order([['a', 2n ** 60n]], [['a', 5]])).toBe(1);
  expect(order([['a', 1]], [['a', 1]])).toBe(0);
  expect(order([['ab', 1]], [['a', 1]])).toBe(1);
  expect(order([['a', null]], [['a', 1]])).toBeNull();
  expect(order([[1, 1]], [['a', 1]])).toBeNull();
});

test('linecache of the guest is asked once the guest has imported it', () => {
  const asked: unknown[] = [];
  const linecache = {
    kind: 'other',
    value: (...args: GuestValue[]) => {
      asked.push(args.map(plain));
      return plainHost.str('theirs\n');
    },
  };
  const host = { ...plainHost, linecache: () => linecache };
  const guest = { tracer: new Tracer(), exclude: <R>(work: () => R): R => work() };
  const { native } = createPythonModule(host, guest as TracedGuest);
  const line = native._tracemalloc_host['getline']!([guestOf('a.py'), guestOf(3)], []);
  expect([plain(line), asked]).toEqual(['theirs\n', [['a.py', 3]]]);
});

test('without a codec, snapshots are neither written nor read, and the error says what to give', () => {
  const { host } = moduleOf({ codec: null });
  const error =
    'RuntimeError: snapshots have no file format here: whoever installed the module must give it ' +
    'a codec ({ codec: snapshotCodec })';
  const dump = () => host('dump', guestOf('f'), {}, listOf(RAW), guestOf(1), plainHost.dict([]));
  expect(dump).toThrow(error);
  expect(() => host('load', guestOf('f'), {})).toThrow(error);
});

test('a cyclic attribute ends with an error', () => {
  const { host } = moduleOf();
  const items: GuestValue[] = [];
  const cycle = plainHost.list(items);
  items.push(cycle);
  const dump = () =>
    host(
      'dump',
      guestOf('f'),
      {},
      listOf(RAW),
      guestOf(1),
      plainHost.dict([[guestOf('me'), cycle]]),
    );
  // plainHost.list keeps the array that it gets, so the list holds itself.
  expect(dump).toThrow(
    "ValueError: cannot dump attribute 'me': more than 25 levels deep, or cyclic",
  );
});
