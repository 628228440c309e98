import type { SnapshotData } from '@tracemalloc/core';
import { callTree } from '@tracemalloc/core/analysis';
import { describe, expect, it } from 'vitest';
import type { Figures } from '../../app/model.ts';
import {
  ancestors,
  childrenOf,
  type FiguredTree,
  figuredTree,
  heavyPath,
  nodeAt,
  nodePath,
  subtree,
  untilChoice,
  visibleRows,
} from '../../app/rows/tree.ts';
import { isSome, keptSites, type Sum, sumAt, sumOf, weightOf } from './naive.ts';
import { framesOf, randomData, randomFigures, randomOf } from './random-data.ts';

type NaiveNode = { path: string; depth: number; total: Sum; own: Sum };

/** All nodes in the order of the page, from nothing but the sites' tracebacks. */
function naiveNodes(data: SnapshotData, figures: Figures, inverted: boolean, difference: boolean) {
  const stackOf = (site: number): number[] => {
    const frames = framesOf(data, site);
    return inverted ? frames : frames.reverse();
  };
  const nodes: NaiveNode[] = [];
  const visit = (path: readonly number[], sites: readonly number[]): void => {
    const ends = sites.filter((site) => stackOf(site).length === path.length);
    nodes.push({
      path: path.join('-'),
      depth: path.length,
      total: sumOf(figures, sites),
      own: sumOf(figures, ends),
    });
    const children = new Map<number, number[]>();
    for (const site of sites) {
      const frame = stackOf(site)[path.length];
      if (frame !== undefined) children.set(frame, [...(children.get(frame) ?? []), site]);
    }
    [...children]
      .map(([frame, found]) => ({ frame, found, total: sumOf(figures, found) }))
      .filter(({ total }) => isSome(total))
      .sort((a, b) => weightOf(b.total, difference) - weightOf(a.total, difference))
      .forEach(({ frame, found }) => {
        visit([...path, frame], found);
      });
  };
  visit([], keptSites(figures));
  return nodes;
}

function everything(figured: FiguredTree): NaiveNode[] {
  const all = new Set(subtree(figured, 0));
  return [...visibleRows(figured, all).node].map((node) => ({
    path: nodePath(figured.tree, node),
    depth: figured.tree.depth[node]!,
    total: sumAt(figured.total, node),
    own: sumAt(figured.own, node),
  }));
}

describe.each([false, true])('the tree (inverted: %s)', (inverted) => {
  it.each([1, 2, 3, 4])('is what tracebacks put below one another make (seed %i)', (seed) => {
    const random = randomOf(seed);
    const data = randomData(random);
    const difference = seed % 2 === 0;
    const figures = randomFigures(data, random, difference);
    const figured = figuredTree(callTree(data, { inverted }), figures, difference);
    const expected = naiveNodes(data, figures, inverted, difference);
    expect(everything(figured)).toEqual(expected);
  });
});

describe('rows on show', () => {
  const random = randomOf(5);
  const data = randomData(random);
  const tree = callTree(data);
  const figured = figuredTree(tree, randomFigures(data, random, false), false);

  it('are the root alone at first, then its children with their places', () => {
    expect([...visibleRows(figured, new Set()).node]).toEqual([0]);
    const rows = visibleRows(figured, new Set([0]));
    const children = childrenOf(figured, 0);
    expect([...rows.node]).toEqual([0, ...children]);
    expect([...rows.position]).toEqual([1, ...[...children.keys()].map((i) => i + 1)]);
    expect([...rows.siblings]).toEqual([1, ...[...children].map(() => children.length)]);
  });

  it('open along the heaviest path while one child carries half', () => {
    const path = heavyPath(figured);
    expect(path[0]).toBe(0);
    for (const [i, node] of path.entries()) {
      if (i > 0) expect(node).toBe(childrenOf(figured, path[i - 1]!)[0]);
      const next = childrenOf(figured, node)[0]!;
      const carries = figured.total.now[next]! * 2 >= figured.total.now[node]!;
      expect(carries && childrenOf(figured, next).length > 0).toBe(i < path.length - 1);
    }
  });

  it('open down to the first choice', () => {
    for (let node = 0; node < tree.length; node++) {
      const opened = untilChoice(figured, node);
      const expected: number[] = [];
      let at = node;
      for (let children = childrenOf(figured, at); children.length > 0; ) {
        expected.push(at);
        if (children.length > 1) break;
        at = children[0]!;
        children = childrenOf(figured, at);
      }
      expect(opened).toEqual(expected);
    }
  });

  it('are found again by the path in the address, as far as it leads', () => {
    for (let node = 0; node < tree.length; node++) {
      expect(nodeAt(tree, nodePath(tree, node))).toBe(node);
      expect(ancestors(tree, node)).toHaveLength(tree.depth[node]!);
    }
    const first = tree.firstChild[0]!;
    expect(nodeAt(tree, `${tree.frame[first]}-999`)).toBe(first);
    expect(nodeAt(tree, '<script>')).toBe(0);
  });
});
