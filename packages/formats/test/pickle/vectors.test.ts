import { readFileSync } from 'node:fs';
import { Snapshot } from '@tracemalloc/core';
import { dumpPickle, isPickle, loadPickle } from '@tracemalloc/formats/pickle';
import { describe, expect, test } from 'vitest';

type Entry = {
  readonly file: string;
  readonly layout: 3 | 4;
  readonly traceback_limit: number;
  readonly traces?: readonly (readonly [number, number | string, [string, number][], number?])[];
  readonly traces_count?: number;
  readonly traces_sum?: number;
  readonly traces_first_last?: Entry['traces'];
  readonly extra?: Record<string, unknown>;
  readonly top_lineno: readonly [number, number, string][];
};

const folder = new URL('../../../../test/vectors/pickles/', import.meta.url);
const read = (file: string): Uint8Array => new Uint8Array(readFileSync(new URL(file, folder)));
const index: Entry[] = JSON.parse(readFileSync(new URL('index.json', folder), 'utf8'));
const readable = index.filter(({ file }) => !file.includes('bigint'));

/** Traces in CPython's raw layout, as many fields as `layout` has. */
function rawTraces(snapshot: Snapshot, layout: 3 | 4, rows?: number[]): unknown[] {
  const all = rows ?? Array.from(snapshot.traces, (_, row) => row);
  return all.map((row) => {
    const { domain, size, traceback } = snapshot.traces.at(row)!;
    const frames = traceback.frames.map((frame) => [frame.filename, frame.lineno]).reverse();
    return [domain, size, frames, traceback.totalNframe].slice(0, layout);
  });
}

function expectAsWritten(snapshot: Snapshot, entry: Entry): void {
  expect(snapshot.tracebackLimit).toBe(entry.traceback_limit);
  expect(snapshot.metadata).toEqual(entry.extra ?? {});
  expect(snapshot.traces.length).toBe(entry.traces?.length ?? entry.traces_count);
  if (entry.traces) expect(rawTraces(snapshot, entry.layout)).toEqual(entry.traces);
  else {
    expect(rawTraces(snapshot, entry.layout, [0, -1])).toEqual(entry.traces_first_last);
    const sum = Array.from(snapshot.traces).reduce((total, trace) => total + trace.size, 0);
    expect(sum).toBeCloseTo(entry.traces_sum!, -6);
  }
  const top = snapshot.statistics('lineno').slice(0, entry.top_lineno.length);
  expect(top.map((statistic) => String(statistic))).toEqual(entry.top_lineno.map((row) => row[2]));
}

describe('pickles that CPython 3.6 to 3.15 wrote', () => {
  test.each(readable)('$file is read as CPython reads it', (entry) => {
    const bytes = read(entry.file);
    expect(isPickle(bytes)).toBe(true);
    expectAsWritten(loadPickle(bytes), entry);
  });

  test.each(readable)('$file survives dumpPickle and loadPickle', (entry) => {
    const snapshot = loadPickle(read(entry.file));
    const again = dumpPickle(snapshot);
    expectAsWritten(loadPickle(again), entry);
    if (entry.layout === 4) expect(again.length).toBeLessThanOrEqual(read(entry.file).length);
  });

  test.each(index.filter(({ file }) => file.includes('bigint')))(
    '$file names the size that is too large',
    ({ file }) => {
      const message =
        'the size of trace 0 must be an integer in 0..9007199254740991, got 18446744073709551615';
      expect(() => loadPickle(read(file))).toThrow(new RangeError(message));
    },
  );
});

test('a pickle may begin at any byte of its buffer', () => {
  const bytes = read('py3.13-real.pickle');
  const shifted = new Uint8Array(bytes.length + 3).subarray(3);
  shifted.set(bytes);
  expect(loadPickle(shifted).traces.length).toBe(loadPickle(bytes).traces.length);
});

test('totals that are not known stay unknown', () => {
  const old = loadPickle(read('py3.8-real.pickle'));
  expect(old.traces.at(0)?.traceback.totalNframe).toBeNull();
  expect(loadPickle(dumpPickle(old)).traces.at(0)?.traceback.totalNframe).toBeNull();
});

test('progress goes from the first bytes towards the last', () => {
  const pickle = dumpPickle(
    Snapshot.fromTraces(
      Array.from({ length: 40_000 }, (_, i) => [0, i, [[`${i}.py`, i]]]),
      1,
    ),
  );
  const told: number[] = [];
  loadPickle(pickle, {
    onProgress({ bytes, totalBytes }) {
      expect(totalBytes).toBe(pickle.length);
      told.push(bytes);
    },
  });
  expect(told.length).toBeGreaterThan(2);
  expect([...told, pickle.length]).toEqual([...told, pickle.length].sort((a, b) => a - b));
  expect(told[0]).toBeLessThan(300_000);
});

test('what is no Uint8Array is a TypeError', () => {
  expect(() => loadPickle([0x80, 4] as unknown as Uint8Array)).toThrow(
    new TypeError('loadPickle takes a Uint8Array or an ArrayBuffer, got an array of 2'),
  );
});
