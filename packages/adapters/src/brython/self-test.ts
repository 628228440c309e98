import { TracemallocError, type Tracer } from '@tracemalloc/core';
import { selfTest } from '../contract/index.ts';
import type { BrythonInternals, GuestClass, GuestObject } from './host.ts';

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
const moduleName = '_tracemalloc_self_test';
/** As items of a tuple: a range may have no end where something of the host is broken. */
const copies = [1, 2, 3];
const setUp = `
class Point:
    def __init__(self, x): self.x = x
    def move(self): pass
Point.__module__ = 'builtins'
def generate(): yield 1
source = [1, 2]
point = Point(1)
keep = []
def run(n):
    add = keep.append
    for i in (${copies.join(', ')}):
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
 * @param tracer One of its own, attached to the interpreter for the time of the test.
 * @throws TracemallocError `unsupported-host` when the program can't be run, or nothing is seen.
 */
export function testBrython($B: BrythonInternals, tracer: Tracer): SelfTestResult {
  const place = (line: number, type: string): string => `${file}:${line} ${type}`;
  const innerLine = firstLine + probes.length + 1;
  const expected = Object.fromEntries([
    ...probes.map(([, type], i) => [place(firstLine + i, type), copies.length]),
    [place(innerLine, 'list'), copies.length],
  ]);
  const differences = runQuietly($B, () => selfTest(tracer, compile($B), expected));
  // The interpreter may well make more objects of its own.
  const unseen = new Set(
    differences.filter(({ expected, found }) => found < expected).map(({ place }) => place),
  );
  const missing = probes
    .filter(([, type], i) => unseen.has(place(firstLine + i, type)))
    .map(([code, type]) => `${type} (${code})`);
  if (missing.length === probes.length) {
    throw new TracemallocError(
      'unsupported-host',
      'this Brython cannot be traced: none of the objects that the self-test makes was seen',
    );
  }
  return { missing, hasExactLines: !unseen.has(place(innerLine, 'list')) };
}

/** Runs guest code, of which nothing may stay behind in the interpreter. */
function runQuietly<T>($B: BrythonInternals, work: () => T): T {
  const saved = $B.frame_obj;
  try {
    return work();
  } catch (error) {
    const { ob_type: raised } = (error ?? {}) as { ob_type?: GuestClass };
    if (raised === undefined) throw error;
    throw new Error(`the self-test raised ${raised.tp_name ?? 'an exception'}`);
  } finally {
    $B.frame_obj = saved;
    delete $B.imported[moduleName];
    delete $B.file_cache[file];
  }
}

/** Compiles the program in the interpreter's realm and gives its function `run`. */
function compile($B: BrythonInternals): () => void {
  const body = probes.map(([code]) => `        add(${code})`).join('\n');
  const src = `${setUp}${body}\n        add(\n            [n, n])\n`;
  const { module } = $B as unknown as { module: { $factory(name: string): GuestObject } };
  $B.imported[moduleName] = module.$factory(moduleName);
  $B.file_cache[file] = src;
  const js = $B.py2js({ src, filename: file }, moduleName, moduleName).to_js();
  // The realm's own Function: any function of Brython's leads there.
  const makeFunction = $B.get_class.constructor as FunctionConstructor;
  const saved = $B.frame_obj;
  const names = makeFunction(`${js}\nreturn locals`)() as Record<string, unknown>;
  $B.frame_obj = saved;
  return () => void $B.$call(names['run'], 3);
}
