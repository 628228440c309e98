import type { Snapshot } from '@tracemalloc/core';
import { Tracer } from '@tracemalloc/core';
import type { EdgeKind, Heap, RootKind } from '@tracemalloc/core/graph';
import { takeGraphSnapshot } from '@tracemalloc/core/graph';

/**
 * A heap as text. `a: list 56 app.py:3` is an object with its type, bytes and birth line; `a[0] = b`,
 * `a['k'] = b`, `a.name = b` and `a (local x) = b` are what it holds; `module m = a`, `frame f = a`
 * what holds it from outside; `recorded a` what lives, whoever holds it.
 */
export function heapSnapshot(text: string): Snapshot {
  const tracer = new Tracer();
  const domain = tracer.domain({ name: 'test', ids: 'serial' });
  tracer.start(1);
  const { heap, births } = heapOf(text);
  let id = 0;
  for (const [name, [type, size, file, line]] of births) {
    tracer.stack[0] = tracer.frame(tracer.string(file), line, 0);
    tracer.alloc(domain, ++id, size, tracer.capture(1, 1), tracer.type(type));
    heap.blocks.set(name, id);
  }
  const snapshot = takeGraphSnapshot(tracer, heap);
  tracer.stop();
  return snapshot;
}

type Birth = readonly [type: string, size: number, file: string, line: number];
type TextHeap = Heap<string> & { readonly blocks: Map<string, number> };

type Parsed = {
  readonly births: Map<string, Birth>;
  readonly bare: Map<string, { readonly type: string; readonly size: number }>;
  readonly held: Map<string, [string, EdgeKind, string | number][]>;
  readonly roots: [string, RootKind, string][];
  readonly recorded: string[];
};

function heapOf(text: string): { heap: TextHeap; births: Map<string, Birth> } {
  const parsed: Parsed = {
    ...{ births: new Map(), bare: new Map(), held: new Map(), roots: [], recorded: [] },
  };
  for (const line of text.trim().split('\n')) parseLine(line.trim(), parsed);
  const { births, bare, held, roots, recorded } = parsed;
  const blocks = new Map<string, number>();
  const heap: TextHeap = {
    blocks,
    roots: (emit) => {
      for (const each of roots) emit(...each);
    },
    describe: (name) => {
      const [type, size] = births.get(name) ?? [name, 0];
      const block = blocks.get(name);
      return block === undefined ? (bare.get(name) ?? { type, size }) : { type, size, block };
    },
    held: (name, emit) => {
      for (const each of held.get(name) ?? []) emit(...each);
    },
    recorded: () => recorded,
    // Some have a number, as in a host that knows only some of its objects.
    numberOf: (name) => blocks.get(name) ?? -1,
  };
  return { heap, births };
}

function parseLine(line: string, { births, bare, held, roots, recorded }: Parsed): void {
  const root = /^(module|frame) (\S+) = (\w+)$/.exec(line);
  const object = /^(\w+): (\S+) (\d+)(?: (\S+):(\d+))?$/.exec(line);
  const edge = /^(\w+)(\[.*\]|\.\w+| \(\w+ \w+\)) = (\w+)$/s.exec(line);
  const alive = /^recorded (\w+)$/.exec(line);
  if (root) roots.push([root[3]!, root[1] as RootKind, root[2]!]);
  else if (alive) recorded.push(alive[1]!);
  else if (edge) {
    const [, from, how, to] = edge;
    held.set(from!, [...(held.get(from!) ?? []), [to!, ...kindAndName(how!)]]);
  } else if (object?.[4]) {
    births.set(object[1]!, [object[2]!, Number(object[3]), object[4], Number(object[5])]);
  } else if (object) bare.set(object[1]!, { type: object[2]!, size: Number(object[3]) });
  else throw new Error(`what is this: ${line}`);
}

function kindAndName(how: string): [EdgeKind, string | number] {
  if (/^\[\d+\]$/.test(how)) return ['item', Number(how.slice(1, -1))];
  if (how.startsWith('[')) return ['key', how.slice(1, -1)];
  if (how.startsWith('.')) return ['attribute', how.slice(1)];
  const [kind, name] = how.slice(2, -1).split(' ');
  return [kind as EdgeKind, name!];
}
