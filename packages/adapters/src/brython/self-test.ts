import type { Tracer } from '@tracemalloc/core';
import type { BrythonInternals, GuestObject } from './host.ts';

/** What the self-test allocates, a line each, and the type that must be seen there. */
const probes: readonly (readonly [code: string, type: string])[] = [
  ['[n, n]', 'list'],
  ['list(source)', 'list'],
  ['source + source', 'list'],
  ['[x for x in source]', 'list'],
  ['(n, n)', 'tuple'],
  ['{"a": n}', 'dict'],
  ['dict(a=n)', 'dict'],
  ['{x: x for x in source}', 'dict'],
  ['{n, 1}', 'set'],
  ['frozenset(source)', 'frozenset'],
  ['n * 1.5', 'float'],
  ['complex(n, 2)', 'complex'],
  ['bytes(3)', 'bytes'],
  ['bytearray(3)', 'bytearray'],
  ['Point(n)', 'Point'],
  ['ValueError(n)', 'ValueError'],
  ['lambda: n', 'function'],
  ['generate()', 'generator'],
  ['point.move', 'method'],
  ['source.append', 'builtin_method'],
  ['iter(source)', 'list_iterator'],
  ['range(n)', 'range'],
  ['object()', 'object'],
];

const file = '<tracemalloc self-test>';
const copies = 3;
const setUp = `
class Point:
    def __init__(self, x): self.x = x
    def move(self): pass
def generate(): yield 1
source = [1, 2]
point = Point(1)
keep = []
def run(n):
    add = keep.append
    for i in range(${copies}):
`;
const firstLine = setUp.split('\n').length;

export type SelfTestResult = {
  /** Kinds of objects that were not seen. */
  readonly missing: readonly string[];
  /** Whether lines are right inside statements of several lines. */
  readonly hasExactLines: boolean;
};

/**
 * Runs a tiny guest program, and compares file, line, type and count of what was traced with what
 * it allocates. Nothing stays behind in the interpreter or in the tracer.
 *
 * @param makeTracer a tracer of its own, attached to the interpreter for the time of the test.
 */
export function selfTest($B: BrythonInternals, tracer: Tracer): SelfTestResult {
  const body = probes.map(([code]) => `        add(${code})`).join('\n');
  const source = `${setUp}${body}\n        add(\n            [n, n])\n`;
  const name = '_tracemalloc_self_test';
  const run = compile($B, source, name);
  tracer.start(1);
  const saved = $B.frame_obj;
  try {
    run();
    const seen = countByLine(tracer);
    const missing = probes
      .filter(([, type], i) => (seen.get(`${firstLine + i} ${type}`) ?? 0) < copies)
      .map(([code, type]) => `${type} (${code})`);
    const inner = firstLine + probes.length + 1;
    return { missing, hasExactLines: (seen.get(`${inner} list`) ?? 0) >= copies };
  } finally {
    tracer.stop();
    $B.frame_obj = saved;
    delete $B.imported[name];
    delete $B.file_cache[file];
  }
}

/** Live blocks of the test's file, by `line type`. */
function countByLine(tracer: Tracer): ReadonlyMap<string, number> {
  const { sites, tracebacks, frames, strings } = tracer.takeSnapshot().data;
  const seen = new Map<string, number>();
  for (let site = 0; site < sites.length; site++) {
    const frame = tracebacks.frame[tracebacks.offset[sites.traceback[site]!]!]!;
    if (strings[frames.file[frame]!] !== file) continue;
    const key = `${frames.line[frame]} ${strings[sites.type[site]!]}`;
    seen.set(key, (seen.get(key) ?? 0) + sites.liveCount[site]!);
  }
  return seen;
}

/** Compiles the program in the interpreter's realm and gives its function `run`. */
function compile($B: BrythonInternals, source: string, name: string): () => void {
  const module = ($B['module'] as { $factory(name: string): GuestObject }).$factory(name);
  $B.imported[name] = module;
  $B.file_cache[file] = source;
  const js = $B.py2js({ src: source, filename: file }, name, name).to_js();
  // The realm's own Function: any function of Brython's leads there.
  const makeFunction = $B.py2js.constructor as FunctionConstructor;
  const saved = $B.frame_obj;
  try {
    const names = makeFunction(`${js}\nreturn locals`)() as Record<string, unknown>;
    return () => void $B.$call(names['run'], 3);
  } finally {
    $B.frame_obj = saved;
  }
}
