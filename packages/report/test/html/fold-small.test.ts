import { type SnapshotData, Tracer } from '@tracemalloc/core';
import {
  type CodeShown,
  counterNames,
  foldFrames,
  joinSnapshots,
} from '@tracemalloc/core/analysis';
import { recordTimeline } from '@tracemalloc/core/timeline';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../../../core/test/runs.ts';
import { snapshotOf } from '../../../core/test/snapshot-text.ts';
import { type FoldBounds, foldSmall } from '../../src/html/fold-small.ts';

const folded = (text: string, bounds: Partial<FoldBounds>) => {
  const joined = { data: snapshotOf(text).data, base: null };
  return foldSmall(joined, { nodes: 1000, stacks: 1, frames: 1000, ...bounds });
};

/** Sites as text: bytes, then frames, the newest first. */
function linesOf({ sites, tracebacks, frames, strings }: SnapshotData): string[] {
  return Array.from({ length: sites.length }, (_, site) => {
    const row = sites.traceback[site]!;
    const stack = tracebacks.frame.subarray(tracebacks.offset[row], tracebacks.offset[row + 1]);
    const names = Array.from(stack, (frame) => {
      const [file, line] = [strings[frames.file[frame]!]!, frames.line[frame]!];
      return line === 0 ? `${file} ${strings[frames.functionName[frame]!]}` : `${file}:${line}`;
    });
    return `${sites.liveSize[site]}  ${names.join(' < ')}`;
  });
}

test('where a page bears all stacks, nothing is folded', () => {
  const joined = { data: snapshotOf('1  a.py:1 < b.py:2').data, base: null };
  expect(foldSmall(joined)).toEqual({ joined, folding: null, siteRows: null });
});

test('callers that are seen stay, ⋯ stands for the others, and then a line that is seen', () => {
  const small = Array.from(
    { length: 40 },
    (_, i) => `1  leaf.py:${i % 10 === 0 ? i + 1 : 100} < mid.py:${10 + i} < main.py:1`,
  );
  const { joined, folding } = folded(['900  big.py:1 < main.py:1', ...small].join('\n'), {
    nodes: 3,
    stacks: 4,
  });
  expect(linesOf(joined.data)).toEqual([
    '900  big.py:1 < main.py:1',
    '4  ⋯ ⋯ small stacks < main.py:1',
    '36  leaf.py:100 < ⋯ ⋯ small stacks < main.py:1',
  ]);
  expect(folding).toMatchObject({ stacks: 40, of: 41 });
});

const anyStack = fc.array(
  fc.constantFrom(
    'app.py:1',
    'app.py:2',
    'b.py:3',
    'VFS.c.py:4',
    '/usr/lib/python3.13/importlib/x.py:5',
    'VFS.d.py:6',
  ),
  { minLength: 0, maxLength: 8 },
);
const anySites = fc.array(
  fc.record({
    stack: anyStack,
    size: fc.oneof(fc.nat(9), fc.nat(90_000)),
    type: fc.constantFrom('', 'list', 'dict'),
    old: fc.nat(1),
  }),
  { minLength: 1, maxLength: 30 },
);

type Key = (data: SnapshotData, site: number) => string;

const counted = (data: SnapshotData, key: Key): Record<string, Record<string, number>> => {
  const sums: Record<string, Record<string, number>> = {};
  for (let site = 0; site < data.sites.length; site++) {
    const name = key(data, site);
    const group = sums[name] ?? {};
    sums[name] = group;
    for (const counter of counterNames) {
      const column = data.sites[counter];
      if (column !== null) group[counter] = (group[counter] ?? 0) + column[site]!;
    }
  }
  return sums;
};
const byType: Key = ({ sites, strings }, site) => strings[sites.type[site]!]!;
const newest: Key = ({ sites, tracebacks, frames, strings }, site) => {
  const at = tracebacks.offset[sites.traceback[site]!]!;
  if (at === tracebacks.offset[sites.traceback[site]! + 1]) return 'none';
  const frame = tracebacks.frame[at]!;
  return `${strings[frames.file[frame]!]}:${frames.line[frame]}`;
};
/** Of the oldest `depth` frames. */
const callers =
  (depth: number): Key =>
  ({ sites, tracebacks, frames, strings }, site) => {
    const row = sites.traceback[site]!;
    const stack = tracebacks.frame
      .slice(tracebacks.offset[row], tracebacks.offset[row + 1])
      .reverse();
    if (stack.length < depth) return 'shorter';
    return Array.from(
      stack.slice(0, depth),
      (frame) => `${strings[frames.file[frame]!]}:${frames.line[frame]}`,
    ).join();
  };

function wholes(sums: Record<string, Record<string, number>>): Record<string, number> {
  const found: Record<string, number> = {};
  for (const group of Object.values(sums)) {
    for (const [name, value] of Object.entries(group)) found[name] = (found[name] ?? 0) + value;
  }
  return found;
}

/** Groups of which some figure is at least a share of its whole. */
function big(sums: Record<string, Record<string, number>>, share: number) {
  const all = wholes(sums);
  return Object.entries(sums).filter(([, group]) =>
    Object.entries(group).some(([name, value]) => all[name]! > 0 && value / all[name]! >= share),
  );
}

type Block = {
  readonly stack: readonly string[];
  readonly size: number;
  readonly type: string;
  readonly old: number;
};

function recorded(sites: readonly Block[], which: number): SnapshotData {
  const tracer = new Tracer();
  tracer.start(8);
  const heap = tracer.domain({ name: 'heap', ids: 'serial' });
  if (which === 0) recordTimeline(tracer, { every: '1 event', births: true });
  for (const [id, { stack, size, type, old }] of sites.entries()) {
    if (old < which) continue;
    for (const [i, frame] of stack.entries()) {
      const [file, line] = frame.split(':');
      tracer.stack[i] = tracer.frame(tracer.string(file!), Number(line));
    }
    tracer.alloc(heap, id, size, tracer.capture(stack.length), tracer.type(type));
    if (id % 4 === 3) tracer.free(heap, id - 1);
  }
  return tracer.takeSnapshot().data;
}

/** What grew in each point, and died in all. */
function whole(data: SnapshotData) {
  const { points, changes } = data.timeline!;
  const sums = Array.from({ length: points.length }, (_, i) => {
    const rows = [...Array(points.changeOffset[i + 1]! - points.changeOffset[i]!).keys()];
    return rows.reduce((sum, row) => sum + changes.liveSize[points.changeOffset[i]! + row]!, 0);
  });
  return [sums, data.timeline!.deaths!.size.reduce((a, b) => a + b, 0)];
}

function checkSums(was: SnapshotData, is: SnapshotData, share: number): void {
  expect(counted(is, byType)).toEqual(counted(was, byType));
  for (const code of ['all', 'imported', 'mine'] satisfies CodeShown[]) {
    const before = counted(foldFrames(was, code), newest);
    const after = counted(foldFrames(is, code), newest);
    // What no line has any more, the rows of ⋯ have.
    for (const [line, figures] of Object.entries(after)) {
      if (line.includes('⋯')) continue;
      for (const [name, value] of Object.entries(figures)) {
        expect(value).toBeLessThanOrEqual(before[line]?.[name] ?? -1);
      }
    }
    if (code === 'all') expect(wholes(after)).toEqual(wholes(before));
  }
  for (let depth = 1; depth <= 8; depth++) {
    const nodes = counted(is, callers(depth));
    for (const [node, figures] of big(counted(was, callers(depth)), share)) {
      if (node !== 'shorter') expect(nodes[node]).toEqual(figures);
    }
  }
}

test('sums of types and of big callers stay what they were, and no line gets what others had', () => {
  const bounds = fc.record({
    nodes: fc.nat(12),
    stacks: fc.integer({ min: 1, max: 8 }),
    frames: fc.integer({ min: 4, max: 40 }),
  });
  fc.assert(
    fc.property(anySites, bounds, (sites, limits) => {
      const before = joinSnapshots(recorded(sites, 0), recorded(sites, 1));
      const { joined, folding } = foldSmall(before, limits);
      if (folding === null) {
        expect(joined).toBe(before);
        return;
      }
      const { share } = folding;
      for (const which of ['data', 'base'] as const) {
        checkSums(before[which]!, joined[which]!, share);
      }
      if (share < 1) expect(joined.data.tracebacks.length).toBeLessThanOrEqual(limits.stacks);
      expect(whole(joined.data)).toEqual(whole(before.data));
    }),
    { numRuns: runs(60) },
  );
});
