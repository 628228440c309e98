import { readFileSync } from 'node:fs';
import { attachPyodide, installPyodideModule } from '@tracemalloc/adapters/pyodide';
import { type RawFrame, Tracer } from '@tracemalloc/core';
import type { Pyodide } from '../../packages/adapters/test/pyodide/compare-tracers.ts';

export type TestOutcome = {
  readonly test: string;
  readonly outcome: 'ok' | 'failed' | 'skipped';
  /** The end of the guest's traceback, or why it was skipped. */
  readonly text: string;
};

/** Where the suite lies in Pyodide's file system, and the modules that stand for CPython's test package and its C hooks. */
const folder = '/suite';
const shims: Readonly<Record<string, string>> = {
  'test/support/__init__.py': 'test_support.py',
  'test/support/script_helper.py': 'script_helper.py',
  'test/support/os_helper.py': 'os_helper.py',
  'test/support/threading_helper.py': 'threading_helper.py',
  '_testcapi.py': '_testcapi.py',
  '_testinternalcapi.py': '_testinternalcapi.py',
};

/** The tracer's functions for the hooks; texts, since lists of one language are no lists of the other. */
const tracerModule = `import json, _suite
def track(domain, ptr, size, frames):
    return _suite.track(domain, ptr, size, json.dumps(frames))
untrack = _suite.untrack
def traceback(domain, ptr):
    text = _suite.traceback(domain, ptr)
    return None if text == '' else tuple(map(tuple, json.loads(text)))
`;

const runner = `import importlib.util, json, os, sys, unittest
os.chdir('${folder}')
sys.path.insert(0, '${folder}')
# Some builds have the C hooks, which ask CPython's tracemalloc in C: a module that is built in comes before any file.
for hooks in ('_testcapi', '_testinternalcapi'):
    spec = importlib.util.spec_from_file_location(hooks, f'${folder}/{hooks}.py')
    sys.modules[hooks] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules[hooks])
import test_tracemalloc
outcomes = []
class Result(unittest.TestResult):
    def add(self, test, outcome, text=''):
        outcomes.append({'test': f'{type(test).__name__}.{test._testMethodName}', 'outcome': outcome, 'text': text[-400:]})
    def addSuccess(self, test): self.add(test, 'ok')
    def addSkip(self, test, reason): self.add(test, 'skipped', reason)
    def addFailure(self, test, error): self.add(test, 'failed', self._exc_info_to_string(error, test))
    addError = addFailure
def main():
    loader = unittest.TestLoader()
    for name in names.split():
        # A suite in a suite, as unittest.main() has them: test_snapshot asks for a stack of that depth.
        suite = loader.loadTestsFromTestCase(getattr(test_tracemalloc, name))
        unittest.TestSuite([unittest.TestSuite([suite])]).run(Result())
main()
json.dumps(outcomes)
`;

/** What of Pyodide a run needs beside what the adapter does. */
type Host = Pyodide & {
  readonly FS: { mkdirTree(path: string): void; writeFile(path: string, text: string): void };
  readonly globals: { set(name: string, value: unknown): void };
  registerJsModule(name: string, module: object): void;
};

/** Runs classes of CPython's test_tracemalloc.py, as it is, in Pyodide against the adapter's tracer. */
export function runCpythonSuite(
  pyodide: Pyodide,
  file: string,
  classes: readonly string[],
): TestOutcome[] {
  const host = pyodide as Host;
  const tracer = new Tracer();
  const adapter = attachPyodide(host, tracer);
  const module = installPyodideModule(host, adapter);
  host.FS.mkdirTree(`${folder}/test/support`);
  const write = (name: string, text: string): void => host.FS.writeFile(`${folder}/${name}`, text);
  write('test/__init__.py', '');
  for (const [name, shim] of Object.entries(shims)) write(name, shimText(shim));
  write('_test_tracer.py', tracerModule);
  write('test_tracemalloc.py', readFileSync(file, 'utf8'));
  host.registerJsModule('_suite', {
    track: (domain: number, address: number, size: number, frames: string) =>
      tracer.track(domain, address, size, JSON.parse(frames) as RawFrame[]),
    untrack: (domain: number, address: number) => tracer.untrack(domain, address),
    traceback(domain: number, address: number): string {
      const found = tracer.isTracing() ? tracer.getTraceback(domain, address) : null;
      if (found === null) return '';
      const frames = [...found.frames].reverse();
      return JSON.stringify(frames.map(({ filename, lineno }) => [filename, lineno]));
    },
  });
  host.globals.set('names', classes.join(' '));
  try {
    return JSON.parse(host.runPython(runner) as string) as TestOutcome[];
  } finally {
    module.uninstall();
    adapter.detach();
  }
}

function shimText(name: string): string {
  return readFileSync(new URL(`../python/cpython-suite/${name}`, import.meta.url), 'utf8');
}
