import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type RawTrace, Snapshot } from '@tracemalloc/core';
import { dumpPickle, loadPickle } from '@tracemalloc/formats/pickle';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { anyRows, fullRows, snapshotFromRows } from '../../../core/test/codec/fixtures.ts';
import { runs } from '../../../core/test/runs.ts';

/** Traces in CPython's raw layout. */
function rawTraces(snapshot: Snapshot): RawTrace[] {
  return Array.from(snapshot.traces, ({ domain, size, traceback }) => [
    domain,
    size,
    traceback.frames.map(({ filename, lineno }): [string, number] => [filename, lineno]).reverse(),
    traceback.totalNframe,
  ]);
}

test('loadPickle(dumpPickle(snapshot)) has the same traces, for any snapshot', () => {
  fc.assert(
    fc.property(anyRows(true), (rows) => {
      const snapshot = snapshotFromRows(rows);
      const again = loadPickle(dumpPickle(snapshot));
      expect(again.tracebackLimit).toBe(snapshot.tracebackLimit);
      expect(isDeepStrictEqual(rawTraces(again), rawTraces(snapshot))).toBe(true);
    }),
    { numRuns: runs(100) },
  );
});

test('a sampled snapshot has no place in a pickle', () => {
  expect(() => dumpPickle(snapshotFromRows(fullRows(true)))).toThrow(
    'a snapshot whose blocks have weights (it is sampled, added up, or of a time range) has more than a pickle of CPython can hold; keep it with dump',
  );
});

test.each(['dump', 'traces', '__class__'])(
  'metadata %s would hide a member of Snapshot',
  (name) => {
    const snapshot = Snapshot.fromTraces([], 1).withMetadata(Object.fromEntries([[name, 1]]));
    expect(() => dumpPickle(snapshot)).toThrow(
      new RangeError(
        `metadata field ${name} would hide a member of Python's Snapshot; ` +
          `leave it out with snapshot.withMetadata({ ${name}: undefined })`,
      ),
    );
  },
);

test('metadata that JSON cannot say is a TypeError', () => {
  const snapshot = Snapshot.fromTraces([], 1).withMetadata({ field: { at: 5n } });
  expect(() => dumpPickle(snapshot)).toThrow(
    new TypeError('metadata.field.at must be a JSON value to be saved, got a bigint'),
  );
});

/** A Python that has 4-tuples: 3.9 or later. */
const python = ['python3.14', 'python3.13', 'python3'].find((name) => {
  const code = 'import sys, tracemalloc; sys.exit(sys.version_info < (3, 9))';
  return spawnSync(name, ['-c', code]).status === 0;
});

const reader = `
import json, sys, tracemalloc
snapshot = tracemalloc.Snapshot.load(sys.argv[1])
print(json.dumps({
  "limit": snapshot.traceback_limit,
  "traces": snapshot.traces._traces,
  "extra": {k: v for k, v in vars(snapshot).items() if k not in ("traces", "traceback_limit")},
  "top": [str(s) for s in snapshot.statistics("traceback")],
  "cumulative": [str(s) for s in snapshot.statistics("filename", cumulative=True)],
  "same": [str(s) for s in snapshot.compare_to(snapshot, "lineno")],
}))
`;

describe.runIf(python !== undefined)('CPython', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tracemalloc-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function readBy(bytes: Uint8Array): unknown {
    const file = join(folder, 'snapshot.pickle');
    writeFileSync(file, bytes);
    const run = spawnSync(python!, ['-c', reader, file], { encoding: 'utf8', maxBuffer: 2 ** 28 });
    expect(run.stderr).toBe('');
    return JSON.parse(run.stdout);
  }

  function expected(snapshot: Snapshot): unknown {
    return {
      limit: snapshot.tracebackLimit,
      traces: rawTraces(snapshot),
      extra: snapshot.metadata,
      top: snapshot.statistics('traceback').map(String),
      cumulative: snapshot.statistics('filename', { cumulative: true }).map(String),
      same: snapshot.compareTo(snapshot, 'lineno').map(String),
    };
  }

  test('loads what dumpPickle wrote, and sees what we see', () => {
    const snapshot = snapshotFromRows({ ...fullRows(false), metadata: {} }).withMetadata({
      label: 'lone \udfff, pair \u{1f600}',
      numbers: [0, 255, 256, 65535, 65536, -1, 2 ** 31, -(2 ** 31) - 1, 2 ** 53 - 1, 2.5, 1e300],
      nested: { flag: true, not: false, none: null, list: [[]], empty: {} },
    });
    expect(readBy(dumpPickle(snapshot))).toEqual(expected(snapshot));
  });

  test('loads one with more traces, tracebacks and frames than one batch or byte numbers', () => {
    const stacks = Array.from({ length: 600 }, (_, row): [string, number][] =>
      Array.from({ length: 1 + (row % 6) }, (__, at) => [`file${row % 9}.py`, row * 3 + at]),
    );
    const traces = Array.from(
      { length: 5500 },
      (_, row): RawTrace => [
        row % 2,
        row * 97,
        stacks[(row * 31) % 600]!,
        row % 3 ? row % 70 : null,
      ],
    );
    const snapshot = Snapshot.fromTraces(traces, 6);
    expect(readBy(dumpPickle(snapshot))).toEqual(expected(snapshot));
  });

  test('loads an empty one', () => {
    const snapshot = Snapshot.fromTraces([], 3);
    expect(readBy(dumpPickle(snapshot))).toEqual(expected(snapshot));
  });
});
