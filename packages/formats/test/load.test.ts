import { Snapshot, TracemallocError } from '@tracemalloc/core';
import { dump } from '@tracemalloc/core/codec';
import { loadAny } from '@tracemalloc/formats';
import { dumpHeapprofile, loadHeapprofile } from '@tracemalloc/formats/heapprofile';
import { dumpPickle } from '@tracemalloc/formats/pickle';
import { dumpPprof, loadPprof } from '@tracemalloc/formats/pprof';
import { dumpSpeedscope, loadSpeedscope } from '@tracemalloc/formats/speedscope';
import { gunzipSync, gzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { runs } from '../../core/test/runs.ts';
import { smallSnapshot } from './small-snapshot.ts';

/** A snapshot as readers of profiles can know it: `bytes blocks < stack [type]`, by line. */
function shown({ data }: Snapshot, withType = false): string[] {
  const { sites, tracebacks, frames, strings } = data;
  const lines = Array.from({ length: sites.length }, (_, site) => {
    const row = sites.traceback[site]!;
    const stack = tracebacks.frame.subarray(tracebacks.offset[row], tracebacks.offset[row + 1]);
    const names = Array.from(stack, (frame) => {
      const place = `${strings[frames.file[frame]!]}:${frames.line[frame]}`;
      return `${place} ${strings[frames.functionName[frame]!]}`.trim();
    });
    const type = withType ? ` ${strings[sites.type[site]!]}` : '';
    return `${sites.liveSize[site]} in ${sites.liveCount[site]}: ${names.join(' < ')}${type}`;
  });
  return lines.filter((line) => !line.startsWith('0 in 0')).sort();
}

const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

describe('what we write is read as it was', () => {
  const small = smallSnapshot();
  test('pprof, with types and what was allocated', () => {
    const read = loadPprof(dumpPprof(small));
    expect(shown(read, true)).toEqual(shown(small, true));
    const total = ({ data }: Snapshot) =>
      data.sites.totalSize!.reduce((sum, size) => sum + size, 0);
    expect(total(read)).toBe(total(small));
    expect(read.metadata.host).toBe('brython 3.14.3');
  });

  test('speedscope, with blocks', () => {
    expect(shown(loadSpeedscope(dumpSpeedscope(small)))).toEqual(shown(small));
  });

  test('heapprofile, with a block a site', () => {
    expect(shown(loadHeapprofile(dumpHeapprofile(small)))).toEqual(shown(small));
  });

  test('and by its content alone, whatever it is', async () => {
    const live = shown(small);
    for (const bytes of [
      dump(small),
      dumpPprof(small),
      dumpSpeedscope(small),
      dumpHeapprofile(small),
    ]) {
      expect(shown((await loadAny(bytes))[0]!)).toEqual(live);
    }
    const pickle = dumpPickle(small);
    for (const bytes of [pickle, gzipSync(pickle)]) {
      expect((await loadAny(bytes))[0]!.traces.length).toBe(small.traces.length);
    }
    // Fields of protobuf come in any order: the time of the profile before its sample types.
    const reordered = new Uint8Array([0x48, 1, ...gunzipSync(dumpPprof(small))]);
    expect(shown((await loadAny(reordered))[0]!)).toEqual(live);
    // One that comes last, a text of no bytes: the address of its documentation.
    expect(shown((await loadAny(new Uint8Array([0x7a, 0, ...reordered])))[0]!)).toEqual(live);
    // A table of strings alone.
    await expect(loadAny(new Uint8Array([0x32, 0]))).rejects.toThrow('it counts nothing, and not');
    for (const bytes of [
      [0x48],
      [0x48, 1],
      [0x32, 9],
      [0x32, 0, 0x80],
      [0x35, 0, 0, 0, 0],
      [2, 0],
    ]) {
      await expect(loadAny(new Uint8Array(bytes))).rejects.toThrow(
        'the file is no snapshot of ours',
      );
    }
    await expect(loadAny(json({ a: 1 }))).rejects.toThrow('the file is no snapshot of ours');
    await expect(loadAny(new Uint8Array())).rejects.toThrow('the file is no snapshot of ours');
  });
});

describe('profiles of other tools', () => {
  test('speedscope’s events: what passes belongs to what is open', () => {
    const event = (type: 'O' | 'C', frame: number, at: number) => ({ type, frame, at });
    const profile = {
      type: 'evented',
      unit: 'bytes',
      startValue: 0,
      events: [event('O', 0, 0), event('O', 1, 10), event('C', 1, 40), event('C', 0, 50)],
    };
    const file = {
      shared: { frames: [{ name: 'main' }, { name: 'f', file: 'a.js', line: 3 }] },
      profiles: [profile],
    };
    expect(shown(loadSpeedscope(json(file)))).toEqual([
      '20 in 2: :0 main',
      '30 in 1: a.js:3 f < :0 main',
    ]);
  });

  test('a heap profile of V8’s, whose lines begin at 0', () => {
    const node = (
      functionName: string,
      lineNumber: number,
      selfSize: number,
      children: unknown[] = [],
    ) => ({
      callFrame: { functionName, url: 'a.js', lineNumber },
      selfSize,
      id: lineNumber,
      children,
    });
    const head = node('(root)', -1, 0, [node('main', 0, 8, [node('', 4, 100)])]);
    const samples = [{ nodeId: 4 }, { nodeId: 4 }];
    expect(shown(loadHeapprofile(json({ head, samples })))).toEqual([
      '100 in 2: a.js:5 < a.js:1 main',
      '8 in 1: a.js:1 main',
    ]);
  });

  test('a profile of time is refused in words', () => {
    const profile = { type: 'sampled', unit: 'milliseconds', samples: [], weights: [] };
    expect(() => loadSpeedscope(json({ shared: { frames: [] }, profiles: [profile] }))).toThrow(
      "the speedscope file can't be read: it counts milliseconds, and not memory",
    );
  });
});

describe('damaged files', () => {
  const small = smallSnapshot();
  test.each([
    ['pprof', dumpPprof(small), loadPprof],
    ['speedscope', dumpSpeedscope(small), loadSpeedscope],
    ['heapprofile', dumpHeapprofile(small), loadHeapprofile],
  ] as const)(
    '%s gives a snapshot or a TracemallocError, never another error',
    (_, whole, read) => {
      let state = 7;
      const random = (below: number) => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return Math.floor((state / 2 ** 32) * below);
      };
      for (let run = 0; run < runs(1200); run++) {
        const bytes = whole.slice(0, random(4) === 0 ? random(whole.length) : whole.length);
        for (let i = random(4); i >= 0; i--) bytes[random(bytes.length)] = random(256);
        try {
          expect(read(bytes)).toBeInstanceOf(Snapshot);
        } catch (error) {
          expect(error).toBeInstanceOf(TracemallocError);
        }
      }
    },
  );

  test('what unpacks to far more than it is, is not unpacked', () => {
    const bomb = gzipSync(new Uint8Array(24 * 2 ** 20), { level: 1 });
    expect(() => loadPprof(bomb)).toThrow(/it unpacks to more than \d+ bytes/);
  });

  test('a stack that is deeper than any is refused', () => {
    const depth = 65_537;
    const node = (i: number) =>
      `{"callFrame":{"functionName":"","url":"","lineNumber":${i}},"selfSize":${i === depth - 1 ? 1 : 0},"id":1,"children":[`;
    const nodes = Array.from({ length: depth }, (_, i) => node(i));
    const text = `{"head":${nodes.join('')}${']}'.repeat(depth)}}`;
    expect(() => loadHeapprofile(new TextEncoder().encode(text))).toThrow(
      'a stack has more than 65535 frames',
    );
  });
});
