import { readFileSync } from 'node:fs';
import { MemoryFiles } from '@tracemalloc/adapters/python-module';
import type { RawFrame } from '@tracemalloc/core';
import { createGuest, type Guest } from './guest.ts';

export type TestOutcome = {
  readonly test: string;
  readonly outcome: 'ok' | 'failed' | 'skipped';
  /** The end of the guest's traceback, or why it was skipped. */
  readonly text: string;
};

/** Modules that stand for CPython's test package and its C hooks. */
const SHIMS: Readonly<Record<string, string>> = {
  test: '',
  'test.support': 'test_support.py',
  'test.support.script_helper': 'script_helper.py',
  'test.support.os_helper': 'os_helper.py',
  'test.support.threading_helper': 'threading_helper.py',
  _testcapi: '_testcapi.py',
  _testinternalcapi: '_testinternalcapi.py',
};

/** Runs classes of CPython's test_tracemalloc.py, as it is, in Brython. */
export async function runCpythonSuite(
  file: string,
  classes: readonly string[],
): Promise<TestOutcome[]> {
  const guest = await createGuest({ module: { files: new MemoryFiles() } });
  const { runtime } = guest;
  for (const [name, shim] of Object.entries(SHIMS)) {
    runtime.addModule(name, shim === '' ? '' : guestFile(`../python/cpython-suite/${shim}`));
  }
  // Brython takes a file of its library for a package by the fourth item.
  const library = runtime.$B['VFS'] as Record<string, unknown[]>;
  for (const name of ['test', 'test.support']) library[name]![3] = true;
  runtime.addModule('test_tracemalloc', readFileSync(file, 'utf8'));
  const outcomes: TestOutcome[] = [];
  runtime.addNativeModule('_test_tracer', {
    ...trackFunctions(guest),
    classes: () => tupleOf(guest, classes),
    report(className: string, test: string, outcome: TestOutcome['outcome'], text: string) {
      outcomes.push({ test: `${className}.${test}`, outcome, text: text.slice(-400) });
      return guest.runtime.$B.builtins.None;
    },
  });
  guest.run(guestFile('cpython-suite/run_suite.py'), 'run_suite.py');
  return outcomes;
}

function guestFile(path: string): string {
  return readFileSync(new URL(path, import.meta.url), 'utf8');
}

function trackFunctions({ tracer, runtime }: Guest): Record<string, unknown> {
  return {
    track: (domain: number, address: number, size: number, frames: readonly RawFrame[]) =>
      tracer.track(
        domain,
        address,
        size,
        Array.from(frames, ([file, line]): RawFrame => [file, line]),
      ),
    untrack: (domain: number, address: number) => tracer.untrack(domain, address),
    traceback(domain: number, address: number) {
      const traceback = tracer.isTracing() ? tracer.getTraceback(domain, address) : null;
      if (traceback === null) return runtime.$B.builtins.None;
      const frames = [...traceback.frames].reverse();
      return tupleOf(
        { runtime },
        frames.map(({ filename, lineno }) => tupleOf({ runtime }, [filename, lineno])),
      );
    },
  };
}

function tupleOf({ runtime }: Pick<Guest, 'runtime'>, items: readonly unknown[]): unknown {
  return (runtime.$B['fast_tuple'] as (items: unknown[]) => unknown)([...items]);
}
