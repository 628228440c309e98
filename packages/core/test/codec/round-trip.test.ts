import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { Snapshot } from '@tracemalloc/core';
import { dump, dumpChunks, isSnapshotFile, load, loadChunks } from '@tracemalloc/core/codec';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runs } from '../runs.ts';
import { anyRows, fullRows, snapshotFromRows, timelineRows } from './fixtures.ts';

const full = snapshotFromRows(fullRows(false));
const sampled = snapshotFromRows(fullRows(true));
const timed = snapshotFromRows(timelineRows());
const labelled = snapshotFromRows({ ...fullRows(true), labels: [0, 5, 8, 5] });

function* piecesOf(bytes: Uint8Array, length: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

/** More rows than a section takes, with a large size here and there. */
function largeSnapshot(rows: number): Snapshot {
  const traces = Array.from({ length: 500 }, (_, site): readonly [string, number][] => [
    [`file${site % 7}.py`, site],
    ['main.py', 1],
  ]);
  return Snapshot.fromTraces(
    Array.from({ length: rows }, (_, row) => {
      const size = row % 1000 === 0 ? 2 ** 40 + row : 28 + ((row * 37) % 480);
      return [row % 3, size, traces[(row * 7919) % 500]!, 2] as const;
    }),
    2,
  );
}

describe('load(dump(snapshot)) equals the snapshot', () => {
  test('with everything that a snapshot can hold', () => {
    expect(load(dump(full)).data).toStrictEqual(full.data);
    expect(load(dump(sampled)).data).toStrictEqual(sampled.data);
  });

  test('with nothing in it', () => {
    const empty = Snapshot.fromTraces([], 1);
    expect(load(dump(empty)).data).toStrictEqual(empty.data);
  });

  test('for any snapshot', () => {
    fc.assert(
      fc.property(anyRows(false), fc.boolean(), (rows, gzip) => {
        const snapshot = snapshotFromRows(rows);
        // toStrictEqual trips over metadata with a field `constructor`.
        expect(isDeepStrictEqual(load(dump(snapshot, { gzip })).data, snapshot.data)).toBe(true);
      }),
      { numRuns: runs(150) },
    );
  });

  test('at any offset of its buffer', () => {
    const bytes = dump(full);
    const shifted = new Uint8Array(bytes.length + 5).subarray(5);
    shifted.set(bytes);
    expect(load(shifted).data).toStrictEqual(full.data);
  });
});

test('bytes of another realm are bytes', () => {
  const foreign: Uint8Array = runInNewContext('Uint8Array.from(bytes)', { bytes: dump(full) });
  expect(foreign).not.toBeInstanceOf(Uint8Array);
  expect(load(foreign).data).toStrictEqual(full.data);
});

describe('in pieces', () => {
  const large = largeSnapshot(70_000);
  const bytes = dump(large);
  const gzipped = dump(large, { gzip: true });

  test('they hold what the snapshot holds', () => {
    const { data } = load(bytes);
    expect(data.traces.size.every((size, row) => size === large.data.traces.size[row])).toBe(true);
    expect(data.traces.site.every((site, row) => site === large.data.traces.site[row])).toBe(true);
    expect(load(bytes).statistics('lineno').map(String)).toEqual(
      large.statistics('lineno').map(String),
    );
  });

  test('the chunks are the file', () => {
    const chunks = [...dumpChunks(large)];
    expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
    expect(Math.max(...chunks.map((chunk) => chunk.length))).toBeLessThan(1_200_000);
  });

  test.each([1000, 65_536, 10_000_000])('of %i bytes it is read', async (length) => {
    // Equal snapshots have equal bytes, which are quicker to compare than columns.
    for (const input of [bytes, gzipped]) {
      const snapshot = await loadChunks(piecesOf(input, length));
      expect(Buffer.from(dump(snapshot)).equals(bytes)).toBe(true);
    }
  });

  test('of one byte it is read', async () => {
    expect((await loadChunks(piecesOf(dump(full), 1))).data).toStrictEqual(full.data);
    const zipped = dump(full, { gzip: true });
    expect((await loadChunks(piecesOf(zipped, 1))).data).toStrictEqual(full.data);
  });

  test('progress goes from the first rows to all of them', async () => {
    const { data } = large;
    const totalRows =
      data.strings.length +
      data.frames.length +
      data.tracebacks.length +
      data.tracebacks.frame.length +
      data.sites.length +
      data.traces.length;
    const written: number[] = [];
    for (const _ of dumpChunks(large, { onProgress: ({ rows }) => written.push(rows) }));
    expect(written).toEqual([...written].sort((a, b) => a - b));
    expect(written.at(-1)).toBe(totalRows);
    const read: number[] = [];
    await loadChunks(piecesOf(bytes, 100_000), {
      byteLength: bytes.length,
      onProgress: (progress) => read.push(progress.rows / progress.totalRows),
    });
    expect(read).toEqual([...read].sort((a, b) => a - b));
    expect(read.at(-1)).toBe(1);
  });
});

describe('gzip', () => {
  test('the same snapshot gives the same bytes', () => {
    const again = snapshotFromRows(fullRows(false));
    expect(dump(again, { gzip: true })).toEqual(dump(full, { gzip: true }));
  });

  test('what another program compressed is read', () => {
    expect(load(gzipSync(dump(full))).data).toStrictEqual(full.data);
  });

  test('a head with a file name is skipped', () => {
    const zipped = dump(full, { gzip: true });
    const named = Uint8Array.from([
      ...zipped.slice(0, 10),
      ...Buffer.from('a.tm\0'),
      ...zipped.slice(10),
    ]);
    named[3] = 8;
    expect(load(named).data).toStrictEqual(full.data);
  });
});

describe('golden files', () => {
  const read = (name: string) =>
    new Uint8Array(readFileSync(new URL(`golden/${name}`, import.meta.url)));

  test.each([
    ['v1.tm', full],
    ['v1.tm.gz', full],
    ['v1-sampled.tm', sampled],
    ['v2.tm', labelled],
    ['v1-timeline.tm', timed],
  ])('%s loads for ever', (name, expected) => {
    expect(isSnapshotFile(read(name))).toBe(true);
    expect(load(read(name)).data).toStrictEqual(expected.data);
  });

  test('what has labels is of version 2', () => {
    expect(dump(labelled)).toEqual(read('v2.tm'));
  });

  test('what version 1 writes has not changed', () => {
    expect(dump(full)).toEqual(read('v1.tm'));
    expect(dump(sampled)).toEqual(read('v1-sampled.tm'));
    expect(dump(timed)).toEqual(read('v1-timeline.tm'));
  });
});

test('other files are not taken for snapshots', () => {
  expect(isSnapshotFile(Uint8Array.of(0x80, 4))).toBe(false);
  expect(isSnapshotFile(new Uint8Array(0))).toBe(false);
  expect(isSnapshotFile(dump(full).subarray(0, 11))).toBe(false);
});

describe('metadata that a file cannot hold', () => {
  test.each<[string, unknown, Error]>([
    ['a bigint', 5n, new TypeError('metadata.field must be a JSON value to be saved, got 5n')],
    [
      'not a number',
      [1, Number.NaN],
      new TypeError('metadata.field[1] must be a JSON value to be saved, got NaN'),
    ],
    [
      'bytes',
      new Uint8Array(2),
      new TypeError('metadata.field must be a JSON value to be saved, got an object'),
    ],
  ])('%s', (_, field, error) => {
    expect(() => dump(full.withMetadata({ field }))).toThrow(error);
  });

  test('a cycle', () => {
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    expect(() => dump(full.withMetadata({ cycle }))).toThrow(
      /^metadata must nest at most 100 deep, and metadata\.cycle(\.self)+ is deeper$/,
    );
  });
});

test.each<[string, (strings: string[]) => unknown[], string]>([
  ['equal strings', (all) => all.map((text) => (text === 'b.py' ? 'a.py' : text)), '"a.py", and'],
  ['no empty string', (all) => ['first', ...all.slice(1)], '"first"'],
  ['a String object', (all) => all.map((text) => (text === 'b.py' ? Object(text) : text)), 'an'],
])('%s in the table of strings are not written: nobody could read them', (_, change, what) => {
  const { data } = Snapshot.fromTraces(
    ['a.py', 'b.py'].map((file) => [0, 1, [[file, 1]]]),
    5,
  );
  const strings = change([...data.strings]) as string[];
  expect(() => dump(Snapshot.fromData({ ...data, strings }))).toThrow(
    `can't write the snapshot: strings must be distinct texts, '' in row 0: row ${strings.findIndex((text, row) => text !== data.strings[row])} is ${what}`,
  );
});
