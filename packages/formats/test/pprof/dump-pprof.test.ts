import { Tracer } from '@tracemalloc/core';
import { dumpPprof } from '@tracemalloc/formats/pprof';
import { expect, test } from 'vitest';
import { fullRows, snapshotFromRows } from '../../../core/test/codec/fixtures.ts';
import { readPprof } from '../readers.ts';
import { smallSnapshot } from '../small-snapshot.ts';

test('the profile says what each figure and each name is', () => {
  const profile = readPprof(dumpPprof(smallSnapshot()));
  const { strings } = profile.stringTable;
  const text = (row: number | bigint) => strings[Number(row)];
  expect(strings[0]).toBe('');
  expect(profile.sampleType.map(({ type, unit }) => [text(type), text(unit)])).toEqual([
    ['alloc_objects', 'count'],
    ['alloc_space', 'bytes'],
    ['inuse_objects', 'count'],
    ['inuse_space', 'bytes'],
  ]);
  expect(text(profile.defaultSampleType)).toBe('inuse_space');
  expect([text(profile.periodType!.type), text(profile.periodType!.unit)]).toEqual([
    'space',
    'bytes',
  ]);
  expect(profile.period).toBe(1);
  expect(profile.comment.map(text)).toEqual([
    'made by tracemalloc',
    'host: brython 3.14.3',
    'liveness: exact',
  ]);
  expect(
    profile.sample.map(({ locationId, value, label }) => ({
      locationId,
      value,
      label: label.map(({ key, str }) => `${text(key)}=${text(str)}`),
    })),
  ).toEqual([
    { locationId: [1], value: [1, 700, 0, 0], label: ['domain=2'] },
    { locationId: [2, 3], value: [2, 160, 1, 100], label: ['domain=0', 'type=list'] },
    { locationId: [2, 3], value: [1, 232, 0, 0], label: ['domain=0', 'type=dict'] },
    { locationId: [4, 2, 3], value: [1, 1000, 1, 1000], label: ['domain=0', 'type=str'] },
    { locationId: [5], value: [1, 28, 1, 28], label: ['domain=0'] },
  ]);
  expect(
    profile.function.map(({ name, systemName, filename }) => [
      text(name),
      systemName,
      text(filename),
    ]),
  ).toEqual([
    ['<module>', 0, 'app.py'],
    ['load', 0, 'app.py'],
    ['parse', 0, 'lib/json.py'],
    ['<string>:0', 0, '<string>'],
  ]);
  expect(profile.location.map(({ line }) => [line[0]!.functionId, line[0]!.line])).toEqual([
    [1, 1],
    [2, 3],
    [1, 9],
    [3, 42],
    [4, 0],
  ]);
});

test('the bytes are the same at any time, with no time in the gzip head', () => {
  const bytes = dumpPprof(smallSnapshot());
  expect(dumpPprof(smallSnapshot())).toEqual(bytes);
  expect(Array.from(bytes.subarray(0, 8))).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0]);
});

test('figures of a sampled snapshot are rounded, and end where an int64 does', () => {
  const profile = readPprof(dumpPprof(snapshotFromRows(fullRows(true))));
  // 1.5 blocks of 1 byte and 3 of 40; 1e300 bytes were ever allocated at the next site.
  expect(profile.sample[1]!.value.slice(2)).toEqual([5, 122]);
  expect(profile.sample[2]!.value[1]).toBe(2n ** 63n - 1024n);
});

test('lines below 0 stay what they are', () => {
  const profile = readPprof(dumpPprof(snapshotFromRows(fullRows(false))));
  const lines = profile.location.map(({ line }) => BigInt.asIntN(64, BigInt(line[0]!.line)));
  expect(lines).toEqual([0n, 1n, 2n ** 31n - 1n, -1n, -(2n ** 31n)]);
});

test('a profile of more samples than are made at a time has all of them, in order', () => {
  const tracer = new Tracer();
  tracer.start(1);
  const domain = tracer.domain({ name: 'guest', ids: 'serial' });
  const [file, name] = [tracer.string('app.py'), tracer.string('run')];
  for (let line = 1; line <= 45_000; line++) {
    tracer.stack[0] = tracer.frame(file, line, name);
    tracer.alloc(domain, line, line, tracer.capture(1), 0);
  }
  const profile = readPprof(dumpPprof(tracer.takeSnapshot()));
  const lines = profile.sample.map(({ locationId }) => {
    const location = profile.location[Number(locationId[0]) - 1]!;
    return Number(location.line[0]!.line);
  });
  expect(lines).toEqual(Array.from({ length: 45_000 }, (_, i) => i + 1));
  expect(profile.sample.map(({ value }) => Number(value[3]))).toEqual(lines);
  expect(profile.sampleType.length).toBe(4);
});
