import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type RawTrace, Snapshot } from '@tracemalloc/core';
import { dump } from '@tracemalloc/core/codec';
import type { TimelineData } from '@tracemalloc/core/timeline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fullRows, snapshotFromRows, timelineRows } from './fixtures.ts';

const script = fileURLToPath(new URL('../../../../examples/read-snapshot.py', import.meta.url));
const hasPython = spawnSync('python3', ['--version']).status === 0;

describe.runIf(hasPython)('the reader in Python, made from the specification', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tracemalloc-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function python(bytes: Uint8Array, ...options: string[]): string {
    const file = join(folder, 'snapshot.tm');
    writeFileSync(file, bytes);
    const run = spawnSync('python3', [script, ...options, file], {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
    expect(run.stderr).toBe('');
    return run.stdout;
  }

  /** The tables of a time line by column, as the reader prints them. */
  function plain({ points, changes, deaths, marks }: TimelineData): unknown {
    const { changeOffset, deathOffset, ...ends } = points;
    const depths = (offset: Int32Array) =>
      Array.from(offset.subarray(1), (end, row) => end - offset[row]!);
    const table = (columns: object) => {
      const entries: [string, ArrayLike<unknown>][] = Object.entries(columns);
      const named = entries.filter(([name]) => name !== 'length');
      return Object.fromEntries(named.map(([name, column]) => [name, Array.from(column)]));
    };
    return {
      points: { ...table(ends), changes: depths(changeOffset), deaths: depths(deathOffset) },
      changes: table(changes),
      deaths: table(deaths!),
      marks: table(marks),
    };
  }

  function expected(snapshot: Snapshot): unknown {
    const { sites, frames, traces, strings } = snapshot.data;
    const { peakSize, peakCount, totalSize, totalCount, temporarySize, temporaryCount } = sites;
    const counters = { peakSize, peakCount, totalSize, totalCount, temporarySize, temporaryCount };
    return {
      tracebackLimit: snapshot.tracebackLimit,
      metadata: snapshot.metadata,
      traces: Array.from(snapshot.traces, ({ domain, size, traceback }) => [
        domain,
        size,
        traceback.frames.map((frame) => [frame.filename, frame.lineno]).reverse(),
        traceback.totalNframe,
      ]),
      labels: Array.from(sites.label, (row) => strings[row]),
      types: Array.from(sites.type, (row) => strings[row]),
      functions: Array.from(frames.functionName, (row) => strings[row]),
      weight: Array.from(traces.weight ?? []),
      ...(snapshot.timeline === null ? {} : { timeline: plain(snapshot.timeline) }),
      counters: Object.fromEntries(
        Object.entries(counters).map(([name, column]) => [name, Array.from(column!)]),
      ),
    };
  }

  test.each([
    [false, false],
    [true, true],
  ])('reads everything that a file holds (sampled: %s, gzip: %s)', (sampled, gzip) => {
    const snapshot = snapshotFromRows(fullRows(sampled));
    const bytes = dump(snapshot, { gzip });
    expect(JSON.parse(python(bytes, '--json'))).toEqual(expected(snapshot));
  });

  test('reads a time line', () => {
    const snapshot = snapshotFromRows(timelineRows());
    expect(JSON.parse(python(dump(snapshot), '--json'))).toEqual(expected(snapshot));
  });

  test('reads blocks and sections of every form', () => {
    const stacks = Array.from({ length: 3000 }, (_, line): readonly [string, number][] => [
      ['a.py', line * 5],
    ]);
    const traces = Array.from({ length: 70_000 }, (_, row): RawTrace => {
      // Widths 0 to 4 and doubles, by thousands.
      const spread = [0, 200, 60_000, 2 ** 23, 2 ** 31, 2 ** 50][Math.trunc(row / 1024) % 6]!;
      return [0, 7 + ((row * 7919) % (spread + 1)), stacks[row % 3000]!, 1];
    });
    const found = JSON.parse(python(dump(Snapshot.fromTraces(traces, 1)), '--json'));
    expect(JSON.stringify((found as { traces: unknown }).traces)).toBe(JSON.stringify(traces));
  });

  test('prints the biggest lines', () => {
    expect(python(dump(snapshotFromRows(fullRows(false))))).toBe(
      [
        "'__proto__':-1: size=9007199254806527 B, count=2",
        "'sur\\udc80rogate.py':1: size=41 B, count=2",
        "'<unknown>':0: size=0 B, count=1",
        '',
      ].join('\n'),
    );
  });
});
