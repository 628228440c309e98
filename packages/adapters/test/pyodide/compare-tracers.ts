import { attachPyodide, installPyodideModule } from '@tracemalloc/adapters/pyodide';
import { Tracer } from '@tracemalloc/core';

/** What is used of a Pyodide. */
export type Pyodide = {
  readonly version: string;
  runPython(code: string, options?: { filename?: string; globals?: unknown }): unknown;
};

/** Bytes and blocks by traceback, the newest frame first. */
type Traced = Map<string, { size: number; count: number }>;

export type Comparison = {
  /** Bytes that CPython's own tracemalloc and the adapter have at the same traceback, of all that CPython's has. */
  readonly sameBytes: number;
  /** How far the totals are apart. */
  readonly totalDifference: number;
  readonly blocks: number;
  /** Tracebacks with other bytes: theirs, and ours. */
  readonly differences: readonly string[];
};

const limit = 25;

/** The program as a function, and what is done under a module `_tracemalloc`: CPython's, or ours. */
const harness = `
import gc, json
def again():
    scope = {'__name__': 'app'}
    exec(code, scope)
    gc.collect()
    return scope
def traced():
    import _tracemalloc
    gc.collect()
    _tracemalloc.start(${limit})
    kept = again()
    traces = _tracemalloc._get_traces()
    memory = _tracemalloc.get_traced_memory()
    _tracemalloc.stop()
    del kept
    gc.collect()
    sums = {}
    for _, size, frames, _ in traces:
        text = '\\n'.join(f'{name}:{line}' for name, line in frames)
        one = sums.setdefault(text, [0, 0])
        one[0] += size
        one[1] += 1
    return json.dumps(sums)
again(); traced(); traced()
`;

/**
 * Runs a program in one Pyodide twice, with the same code around it: once traced by CPython's own tracemalloc, in C, once by the
 * adapter, in the place of that.
 */
export function compareTracers(pyodide: Pyodide, source: string, file: string): Comparison {
  const globals = pyodide.runPython('dict()');
  const code = `code = compile(${JSON.stringify(source)}, ${JSON.stringify(file)}, 'exec')`;
  pyodide.runPython(code, { globals });
  pyodide.runPython(harness, { globals, filename: 'harness.py' });
  const traced = (): Traced => {
    const sums = JSON.parse(String(pyodide.runPython('traced()', { globals })));
    return new Map(
      Object.entries(sums as Record<string, [number, number]>).map(([text, [size, count]]) => [
        text,
        { size, count },
      ]),
    );
  };
  const theirs = traced();
  const adapter = attachPyodide(pyodide, new Tracer());
  const module = installPyodideModule(pyodide, adapter);
  try {
    return compare(theirs, traced(), file);
  } finally {
    module.uninstall();
    adapter.detach();
  }
}

/** Of the program alone: both have frames of Pyodide's own below it. */
function compare(theirs: Traced, ours: Traced, file: string): Comparison {
  const ofProgram = (traced: Traced): Traced => {
    const sums: Traced = new Map();
    for (const [text, { size, count }] of traced) {
      const lines = text.split('\n');
      const last = lines.map((line) => line.startsWith(`${file}:`)).lastIndexOf(true);
      if (last < 0) continue;
      const key = lines.slice(0, last + 1).join('\n');
      const sum = sums.get(key) ?? { size: 0, count: 0 };
      sums.set(key, { size: sum.size + size, count: sum.count + count });
    }
    return sums;
  };
  const [one, other] = [ofProgram(theirs), ofProgram(ours)];
  const total = (traced: Traced) => [...traced.values()].reduce((sum, { size }) => sum + size, 0);
  let same = 0;
  let blocks = 0;
  const differences: string[] = [];
  for (const key of new Set([...one.keys(), ...other.keys()])) {
    const [a, b] = [one.get(key), other.get(key)];
    blocks += a?.count ?? 0;
    same += Math.min(a?.size ?? 0, b?.size ?? 0);
    if (a?.size !== b?.size) {
      differences.push(
        `${key.replaceAll('\n', ' < ')}: ${a?.size}/${a?.count}, ${b?.size}/${b?.count}`,
      );
    }
  }
  return {
    sameBytes: same / total(one),
    totalDifference: Math.abs(total(other) - total(one)) / total(one),
    blocks,
    differences,
  };
}
