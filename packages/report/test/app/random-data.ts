import type { SnapshotData } from '@tracemalloc/core';
import type { Figures } from '../../app/model.ts';

/** mulberry32: the same figures in each run. */
export function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const files = ['app.py', 'lib/json.py', 'a\nb.py'];
const functions = ['', 'main', 'load', 'parse'];
const types = ['', 'list', 'dict'];

/** A snapshot small enough to be checked by naive code; tracebacks repeat frames, one is empty. */
export function randomData(random: (below: number) => number, siteCount = 60): SnapshotData {
  const strings = [...new Set(['', ...files, ...functions, ...types])];
  const frames: [file: number, line: number, name: number][] = [];
  for (const file of files) {
    for (let line = 1; line <= 4; line++) {
      const name = functions[random(functions.length)]!;
      frames.push([strings.indexOf(file), line, strings.indexOf(name)]);
      // Two functions on one line, as a lambda makes them.
      if (line === 2) frames.push([strings.indexOf(file), line, strings.indexOf('parse')]);
    }
  }
  const stacks: number[][] = [[]];
  for (let row = 1; row < 25; row++) {
    stacks.push(Array.from({ length: 1 + random(6) }, () => random(frames.length)));
  }
  const offset = [0];
  for (const stack of stacks) offset.push(offset.at(-1)! + stack.length);
  const column = (below: number): Float64Array =>
    Float64Array.from({ length: siteCount }, () => random(below));
  const rows = (below: number): Int32Array =>
    Int32Array.from({ length: siteCount }, () => random(below));
  return {
    tracebackLimit: 6,
    traces: {
      length: 0,
      size: new Float64Array(0),
      site: new Int32Array(0),
      weight: null,
    },
    sites: {
      length: siteCount,
      traceback: rows(stacks.length),
      domain: new Uint32Array(siteCount),
      type: rows(types.length).map((type) => strings.indexOf(types[type]!)),
      liveSize: column(5000),
      liveCount: column(9),
      label: new Int32Array(siteCount),
      peakSize: column(5000),
      peakCount: column(9),
      totalSize: column(9000),
      totalCount: column(30).map((count) => count + 1),
      temporarySize: column(900),
      temporaryCount: column(2),
    },
    tracebacks: {
      length: stacks.length,
      offset: Int32Array.from(offset),
      frame: Int32Array.from(stacks.flat()),
      totalNframe: new Int32Array(stacks.length).fill(-1),
    },
    frames: {
      length: frames.length,
      file: Int32Array.from(frames, (frame) => frame[0]),
      line: Int32Array.from(frames, (frame) => frame[1]),
      functionName: Int32Array.from(frames, (frame) => frame[2]),
    },
    strings,
    metadata: {},
    timeline: null,
    graph: null,
  };
}

/** Figures of the sites, one in five filtered away; with a base that has figures of its own. */
export function randomFigures(
  data: SnapshotData,
  random: (below: number) => number,
  withBase: boolean,
): Figures {
  const { length } = data.sites;
  const keep = Uint8Array.from({ length }, () => (random(5) === 0 ? 0 : 1));
  const column = (below: number): Float64Array =>
    Float64Array.from(keep, (kept) => kept * Math.max(0, random(below) - 2));
  return {
    keep,
    now: column(5000),
    base: withBase ? column(5000) : null,
    count: column(9),
    baseCount: withBase ? column(9) : null,
    spread: null,
    counted: data.sites,
  };
}

/** A site's frames, most recent first. */
export function framesOf(data: SnapshotData, site: number): number[] {
  const { offset, frame } = data.tracebacks;
  const row = data.sites.traceback[site]!;
  return [...frame.subarray(offset[row]!, offset[row + 1]!)];
}
