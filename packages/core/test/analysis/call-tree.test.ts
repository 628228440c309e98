import type { SnapshotData } from '@tracemalloc/core';
import { knownMeasure } from '@tracemalloc/core/analysis';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../../../core/test/runs.ts';
import { snapshotOf } from '../../../core/test/snapshot-text.ts';
import { type CallTree, callTree, ownOfNodes, totalOfNodes } from '../../src/analysis/call-tree.ts';

/** One node a line: indentation for depth, total/own bytes and blocks, frame; and its row. */
function drawn(data: SnapshotData, tree: CallTree): string {
  const owned = ownOfNodes(tree, knownMeasure(data, 'live'));
  const all = totalOfNodes(tree, owned);
  const lines: string[] = [];
  const draw = (node: number): void => {
    const frame = tree.frame[node]!;
    const file = data.strings[data.frames.file[frame] ?? -1] ?? '';
    const name = frame < 0 ? 'program' : `${file}:${data.frames.line[frame]}`;
    const indent = '  '.repeat(tree.depth[node]!);
    const bytes = `${all.size[node]}/${owned.size[node]}`;
    lines.push(`${indent}${name} ${bytes} B, ${all.count[node]}/${owned.count[node]} #${node}`);
    const first = tree.firstChild[node]!;
    for (let child = first; child < first + tree.childCount[node]!; child++) {
      expect(tree.parent[child]).toBe(node);
      draw(child);
    }
  };
  draw(0);
  return lines.join('\n');
}

const sample = snapshotOf(`
  100  b.py:3 < a.py:1
  20   b.py:3 < a.py:1
  7    a.py:1
  300  c.py:9 < b.py:4 < a.py:1
  40   c.py:9 < x.py:2
  1    c.py:9 < x.py:2  type=list
`).data;

test('begins with the oldest frames, breadth first', () => {
  expect(drawn(sample, callTree(sample))).toBe(`program 468/0 B, 6/0 #0
  a.py:1 427/7 B, 4/1 #1
    b.py:3 120/120 B, 2/2 #3
    b.py:4 300/0 B, 1/0 #4
      c.py:9 300/300 B, 1/1 #6
  x.py:2 41/0 B, 2/0 #2
    c.py:9 41/41 B, 2/2 #5`);
});

test('inverted, it begins with the lines that allocated', () => {
  expect(drawn(sample, callTree(sample, { inverted: true }))).toBe(`program 468/0 B, 6/0 #0
  b.py:3 120/0 B, 2/0 #1
    a.py:1 120/120 B, 2/2 #4
  a.py:1 7/7 B, 1/1 #2
  c.py:9 341/0 B, 3/0 #3
    b.py:4 300/0 B, 1/0 #5
      a.py:1 300/300 B, 1/1 #7
    x.py:2 41/41 B, 2/2 #6`);
});

test('sites that are not kept have no node, and make none', () => {
  const tree = callTree(sample, { keep: (site) => sample.sites.type[site] !== 0 });
  expect(drawn(sample, tree)).toBe(`program 1/0 B, 1/0 #0
  x.py:2 1/0 B, 1/0 #1
    c.py:9 1/1 B, 1/1 #2`);
  expect([...tree.nodeOfSite].filter((node) => node === -1)).toHaveLength(sample.sites.length - 1);
});

test('of nothing there is a root', () => {
  const { data } = snapshotOf('');
  expect(drawn(data, callTree(data))).toBe('program 0/0 B, 0/0 #0');
});

const frame = fc.record({ file: fc.constantFrom('a', 'b'), line: fc.integer({ min: 1, max: 3 }) });
const stacks = fc.array(
  fc.record({ size: fc.nat(99), frames: fc.array(frame, { minLength: 1, maxLength: 6 }) }),
  { maxLength: 30 },
);

test('totals are those of a walk over every traceback', () => {
  fc.assert(
    fc.property(stacks, fc.boolean(), (traces, inverted) => {
      const { data } = snapshotOf(
        traces
          .map(({ size, frames }) => {
            return `${size}  ${frames.map(({ file, line }) => `${file}:${line}`).join(' < ')}`;
          })
          .join('\n'),
      );
      const expected = new Map<string, number>([['', 0]]);
      for (const { size, frames } of traces) {
        const path = frames.map(({ file, line }) => `${file}:${line}`);
        if (!inverted) path.reverse();
        for (let length = 0; length <= path.length; length++) {
          const key = path.slice(0, length).join(' ');
          expected.set(key, (expected.get(key) ?? 0) + size);
        }
      }
      const tree = callTree(data, { inverted });
      const { size } = totalOfNodes(tree, ownOfNodes(tree, knownMeasure(data, 'live')));
      const paths: string[] = [];
      for (let node = 0; node < tree.length; node++) {
        const row = tree.frame[node]!;
        const name = `${data.strings[data.frames.file[row] ?? 0]}:${data.frames.line[row]}`;
        const before = node === 0 ? '' : paths[tree.parent[node]!]!;
        paths.push(node === 0 ? '' : `${before} ${name}`.trim());
      }
      expect(new Map(paths.map((path, node) => [path, size[node]]))).toEqual(expected);
    }),
    { numRuns: runs(60) },
  );
});
