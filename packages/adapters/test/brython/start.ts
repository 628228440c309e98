import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrythonAdapter, BrythonAttachOptions } from '@tracemalloc/adapters/brython';
import {
  type BrythonOptions,
  type BrythonRuntime,
  createBrython,
} from '@tracemalloc/adapters/brython/node';
import { Tracer } from '@tracemalloc/core';

export type Guest = {
  readonly runtime: BrythonRuntime;
  readonly tracer: Tracer;
  readonly adapter: BrythonAdapter;
  /** What the guest has printed. */
  readonly output: { out: string; error: string };
  /** Runs guest code as `main.py`, or as a module of that name. Throws what it prints as an error. */
  run(source: string, name?: string): void;
};

/** Instrumenting takes a second: all test files share what one of them has cached. */
const cacheFolder = join(tmpdir(), 'tracemalloc-test-cache');

/** A Brython with the adapter attached; without its self-test, unless it is asked for. */
export async function startGuest(
  attach: BrythonAttachOptions = {},
  options: BrythonOptions = {},
): Promise<Guest> {
  const output = { out: '', error: '' };
  const runtime = await createBrython({
    cacheFolder,
    stdout: (text) => {
      output.out += text;
    },
    stderr: (text) => {
      output.error += text;
    },
    ...options,
  });
  const tracer = new Tracer();
  const adapter = runtime.attach(tracer, { selfTest: false, ...attach });
  return {
    runtime,
    tracer,
    adapter,
    output,
    run(source, name = '__main__') {
      const filename = name === '__main__' ? 'main.py' : `${name}.py`;
      if (runtime.run({ source, filename, name }).exitCode !== 0) throw new Error(output.error);
    },
  };
}

/** Live blocks by `file:line type`. */
export function liveByLine(tracer: Tracer): Map<string, { count: number; size: number }> {
  const { sites, tracebacks, frames, strings } = tracer.takeSnapshot().data;
  const result = new Map<string, { count: number; size: number }>();
  for (let site = 0; site < sites.length; site++) {
    const frame = tracebacks.frame[tracebacks.offset[sites.traceback[site]!]!]!;
    const file = strings[frames.file[frame]!];
    const key = `${file}:${frames.line[frame]} ${strings[sites.type[site]!]}`;
    const known = result.get(key) ?? { count: 0, size: 0 };
    known.count += sites.liveCount[site]!;
    known.size += sites.liveSize[site]!;
    if (known.count > 0) result.set(key, known);
  }
  return result;
}
