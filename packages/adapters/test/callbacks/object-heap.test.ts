import { ObjectTracker, objectHeap, ShadowStack } from '@tracemalloc/adapters/callbacks';
import { nodeCollector } from '@tracemalloc/adapters/callbacks/node';
import { Tracer } from '@tracemalloc/core';
import { HeapGraph, pathText, takeGraphSnapshot } from '@tracemalloc/core/graph';
import { expect, test } from 'vitest';

/** A cons cell of a little Lisp. */
class Cell {
  readonly head: Cell | null;
  readonly tail: Cell | null;

  constructor(head: Cell | null, tail: Cell | null) {
    this.head = head;
    this.tail = tail;
  }
}

test('an interpreter whose objects are followed has a graph by two functions', () => {
  const tracer = new Tracer();
  const stack = new ShadowStack(tracer);
  const tracker = new ObjectTracker(tracer, stack, {
    ...{ name: 'lisp', sizeOf: () => 24, collector: nodeCollector() },
  });
  tracer.start(4);
  const file = tracer.string('main.lisp');
  stack.enter(tracer.frame(file, 1));
  const cons = (line: number, head: Cell | null, tail: Cell | null): Cell => {
    stack.line(tracer.frame(file, line));
    const cell = new Cell(head, tail);
    tracker.track(cell);
    return cell;
  };
  const globals = new Map([['xs', cons(3, cons(2, null, null), cons(1, null, null))]]);
  const onlyHosts = cons(9, null, null);
  const heap = objectHeap(tracker, {
    roots: (root) => {
      for (const [name, cell] of globals) root(cell, 'module', name);
    },
    held: (object, edge) => {
      const { head, tail } = object as Cell;
      if (head !== null) edge(head, 'attribute', 'car');
      if (tail !== null) edge(tail, 'attribute', 'cdr');
    },
  });
  const snapshot = takeGraphSnapshot(tracer, heap);
  const graph = new HeapGraph(snapshot);
  const { strings, frames, sites, tracebacks } = snapshot.data;
  const rows = Array.from({ length: graph.length }, (_, row) => {
    const frame =
      tracebacks.frame[tracebacks.offset[sites.traceback[graph.data.objects.site[row]!]!]!]!;
    const born = `${strings[frames.file[frame]!]}:${frames.line[frame]}`;
    return `${graph.typeOf(row)} ${graph.sizeOf(row)} ${born} ${pathText(graph, graph.pathTo(row)!)} ${graph.retainedOf(row)}`;
  });
  expect(rows).toEqual([
    'Cell 24 main.lisp:3 module xs 72',
    'Cell 24 main.lisp:2 module xs → Cell.car 24',
    'Cell 24 main.lisp:1 module xs → Cell.cdr 24',
    'Cell 24 main.lisp:9 held by the host 24',
  ]);
  expect(snapshot.metadata['graph']).toEqual({ recorded: 4, reached: 3 });
  expect(onlyHosts.head).toBeNull();
  expect(tracker.blockOf({})).toBeNull();
  expect(() => objectHeap(tracker, { roots: () => undefined } as never)).toThrow(
    new TypeError('option held of objectHeap is missing'),
  );
  tracker.detach();
});
