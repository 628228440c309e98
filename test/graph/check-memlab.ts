// Whether memlab finds the same in our heap snapshots as we do: npm run check-memlab -- [FILE.tm …]
// Without files, in random graphs. memlab (89 MB) is fetched once, into node_modules/.cache.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { type Snapshot, Tracer } from '@tracemalloc/core';
import { load } from '@tracemalloc/core/codec';
import { type Heap, HeapGraph, takeGraphSnapshot } from '@tracemalloc/core/graph';
import { dumpHeapsnapshot } from '@tracemalloc/formats/heapsnapshot';

/** What is used of memlab's heap. */
type Node = {
  readonly id: number;
  readonly retainedSize: number;
  readonly self_size: number;
  readonly hasPathEdge: boolean;
  readonly pathEdge: { readonly fromNode: Node } | null;
  readonly dominatorNode: Node | null;
};
type Memlab = {
  getFullHeapFromFile(
    file: string,
  ): Promise<{ nodes: { forEach(visit: (node: Node) => void): void } }>;
};

const version = '2.0.5';
const folder = fileURLToPath(new URL('../../node_modules/.cache/memlab/', import.meta.url));

function memlab(): Memlab {
  if (!existsSync(join(folder, 'node_modules/@memlab/heap-analysis'))) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{"private":true}');
    const install = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--silent'];
    const packages = [`@memlab/core@${version}`, `@memlab/heap-analysis@${version}`];
    execFileSync('npm', [...install, ...packages], { cwd: folder, stdio: 'inherit' });
  }
  return createRequire(join(folder, 'package.json'))('@memlab/heap-analysis');
}

/** Trees with some edges across and back; some objects hang on no root. */
function randomSnapshot(seed: number): Snapshot {
  let state = seed * 2_654_435_761 + 12_345;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  const length = 2 + below(400);
  const held = Array.from({ length }, (_, i) =>
    Array.from({ length: below(4) }, () => below(i % 7 === 0 ? length : i + 9) % length),
  );
  const tracer = new Tracer();
  tracer.start();
  const heap: Heap<number> = {
    roots: (root) => {
      for (let i = 0; i < 3; i++) root(below(length), 'module', `m${i}`);
    },
    describe: (object) => ({ type: `T${object % 5}`, size: 8 * (object % 11) }),
    held: (object, edge) => {
      for (const [i, other] of held[object]!.entries()) edge(other, 'item', i);
    },
    recorded: () => held.keys(),
  };
  return takeGraphSnapshot(tracer, heap);
}

/** Objects before which the file has two nodes; ids are odd. */
const objectOf = (id: number): number => (id - 1) / 2 - 2;

async function compare(name: string, snapshot: Snapshot, { getFullHeapFromFile }: Memlab) {
  const graph = new HeapGraph(snapshot);
  const temporary = mkdtempSync(join(tmpdir(), 'tracemalloc-'));
  const file = join(temporary, 'x.heapsnapshot');
  writeFileSync(file, dumpHeapsnapshot(snapshot));
  const differences = { retained: 0, dominators: 0, distances: 0 };
  let compared = 0;
  const heap = await getFullHeapFromFile(file);
  rmSync(temporary, { recursive: true });
  heap.nodes.forEach((node) => {
    const object = objectOf(node.id);
    if (object < 0) return;
    compared++;
    if (node.retainedSize !== graph.retainedOf(object)) differences.retained++;
    const dominator = node.dominatorNode === null ? -1 : objectOf(node.dominatorNode.id);
    if (Math.max(dominator, -1) !== graph.dominators.of[object]) differences.dominators++;
    // Its paths begin at (GC roots).
    let steps = -1;
    for (let at: Node | null = node; at?.pathEdge != null; at = at.pathEdge.fromNode) steps++;
    if (steps !== graph.pathTo(object)?.steps.length) differences.distances++;
  });
  const isSame = compared === graph.length && Object.values(differences).every((n) => n === 0);
  if (!isSame || !name.startsWith('random')) {
    const { retained, dominators, distances } = differences;
    process.stdout.write(
      `${name}: ${compared} of ${graph.length} objects; other retained sizes ${retained}, dominators ${dominators}, lengths of paths ${distances}\n`,
    );
  }
  return isSame ? compared : -1;
}

const files = process.argv.slice(2);
const tool = memlab();
let [same, objects] = [0, 0];
const all = files.length > 0 ? files.length : 200;
for (let i = 0; i < all; i++) {
  const file = files[i];
  const snapshot =
    file === undefined ? randomSnapshot(i + 1) : (load(readFileSync(file)) as Snapshot);
  const found = await compare(file ?? `random ${i + 1}`, snapshot, tool);
  if (found < 0) continue;
  same++;
  objects += found;
}
process.stdout.write(`the same in ${same} of ${all}, ${objects} objects\n`);
process.exitCode = same === all ? 0 : 1;
