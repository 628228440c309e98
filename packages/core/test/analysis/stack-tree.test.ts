import { frameLabel, type StackTree, stackTree, walkTree } from '@tracemalloc/core/analysis';
import { expect, test } from 'vitest';
import { snapshotOf } from '../snapshot-text.ts';

const { data } = snapshotOf(`
  1  b.py:3 < a.py:1
  2  a.py:1
  3  c.py:9 < b.py:4 < a.py:1
  4  c.py:9 < x.py:2
  5  c.py:9 < x.py:2  type=list
`);

/** Rows as they are entered, by depth; `)` where one is left. */
function drawn(tree: StackTree): string {
  const words: string[] = [];
  walkTree(
    tree,
    (row) => words.push(`${frameLabel(data, tree.frame[row]!)}#${row}(`),
    (row) => words.push(`)#${row}`),
  );
  return words.join(' ');
}

const sites = Array.from(data.sites.traceback.keys()).filter((s) => data.sites.liveCount[s] !== 0);

test('is walked depth first, oldest frames at the top, rows as they were first met', () => {
  const tree = stackTree(data, sites);
  expect(drawn(tree)).toBe(
    'a.py:1#0( b.py:3#1( )#1 b.py:4#2( c.py:9#3( )#3 )#2 )#0 x.py:2#4( c.py:9#5( )#5 )#4',
  );
  expect([...tree.leaf]).toEqual([1, 0, 3, 5, 5]);
  expect([...tree.parent]).toEqual([-1, 0, 0, 2, -1, 4]);
});

test('is made of the sites that were asked for alone, in their order', () => {
  const tree = stackTree(data, [sites[4]!, sites[1]!]);
  expect([drawn(tree), [...tree.leaf]]).toEqual([
    'x.py:2#0( c.py:9#1( )#1 )#0 a.py:1#2( )#2',
    [1, 2],
  ]);
  expect(drawn(stackTree(data, []))).toBe('');
});

test('whoever is not interested in leaving is told of entering alone', () => {
  const entered: number[] = [];
  walkTree(stackTree(data, sites), (row) => entered.push(row));
  expect(entered).toEqual([0, 1, 2, 3, 4, 5]);
});
