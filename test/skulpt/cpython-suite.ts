import { readFileSync } from 'node:fs';
import { MemoryFiles, snapshotCodec } from '@tracemalloc/adapters/python-module';
import { attachSkulpt, installSkulptModule, type SkulptHost } from '@tracemalloc/adapters/skulpt';
import { type RawFrame, Tracer } from '@tracemalloc/core';
import { newSkulpt } from '../../packages/adapters/test/skulpt/new-skulpt.ts';

export type TestOutcome = {
  readonly test: string;
  readonly outcome: 'ok' | 'failed' | 'skipped';
  /** The message of the guest's exception, or why it was skipped. */
  readonly text: string;
};

/** Values of the guest have what JavaScript makes of them in `v`. */
type Value = { readonly v: unknown };

type Guest = {
  readonly builtin: {
    readonly none: { readonly none$: Value };
    readonly int_: new (value: number) => Value;
    readonly str: new (value: string) => Value;
    readonly tuple: new (items: readonly Value[]) => Value;
    readonly list: new (items: readonly Value[]) => Value;
    readonly sk_method: new (definition: object, self: null, module: string) => Value;
  };
};

/** What stands for CPython's test package, its C hooks, and the stubs of Skulpt's library. */
const shims: Readonly<Record<string, string>> = {
  'src/lib/unittest/__init__.py': 'skulpt/cpython-suite/unittest.py',
  'src/lib/unittest/mock.py': 'skulpt/cpython-suite/mock.py',
  'src/lib/contextlib.py': 'skulpt/cpython-suite/contextlib.py',
  'src/lib/os.py': 'skulpt/cpython-suite/os.py',
  'src/lib/test/__init__.py': '',
  'src/lib/test/support/__init__.py': 'python/cpython-suite/test_support.py',
  'src/lib/test/support/script_helper.py': 'python/cpython-suite/script_helper.py',
  'src/lib/test/support/os_helper.py': 'python/cpython-suite/os_helper.py',
  'src/lib/test/support/threading_helper.py': 'python/cpython-suite/threading_helper.py',
  './_testcapi.py': 'python/cpython-suite/_testcapi.py',
  './_testinternalcapi.py': 'python/cpython-suite/_testinternalcapi.py',
};

/** Runs classes of CPython's test_tracemalloc.py, as it is, in Skulpt. */
export function runCpythonSuite(file: string, classes: readonly string[]): TestOutcome[] {
  const { Sk, run } = newSkulpt();
  const tracer = new Tracer();
  const frames = watchFrames(Sk, tracer);
  const adapter = attachSkulpt(Sk, tracer);
  installSkulptModule(Sk, adapter, { codec: snapshotCodec, files: new MemoryFiles() });
  const outcomes: TestOutcome[] = [];
  const page = Sk as unknown as Record<string, unknown>;
  page['$testTracer'] = () =>
    methodsOf(Sk, { ...hooks(Sk, tracer, frames), ...reporting(Sk, classes, outcomes) });
  const files: Record<string, string> = {
    './test_tracemalloc.py': adapted(readFileSync(file, 'utf8')),
    './_test_tracer.js': 'var $builtinmodule = Sk.$testTracer;',
  };
  for (const [path, shim] of Object.entries(shims)) {
    files[path] = shim === '' ? '' : readFileSync(new URL(`../${shim}`, import.meta.url), 'utf8');
  }
  const { error, stdout } = run(runner(), {
    filename: 'run_suite.py',
    files,
  });
  if (error !== null) throw new Error(`${error}\n${stdout}`);
  return outcomes;
}

/** Skulpt emits no valid JavaScript for a decorator with an empty argument list. */
function adapted(source: string): string {
  return source
    .replace('    @support.requires_fork()\n', '')
    .replace(
      '    @threading_helper.requires_working_threading()\n',
      "    @unittest.skipIf(True, 'the host has no threads')\n",
    );
}

function runner(): string {
  return readFileSync(new URL('cpython-suite/run_suite.py', import.meta.url), 'utf8');
}

/** The guest's frames by row: Skulpt has no sys._getframe, so the suite's is made of the adapter's stack. */
function watchFrames(Sk: SkulptHost, tracer: Tracer): () => RawFrame[] {
  const texts = new Map<number, string>();
  const rows = new Map<number, RawFrame>();
  const string = tracer.string.bind(tracer);
  const frame = tracer.frame.bind(tracer);
  tracer.string = (text) => {
    const row = string(text);
    texts.set(row, text);
    return row;
  };
  tracer.frame = (name, line, functionName) => {
    const row = frame(name, line, functionName);
    rows.set(row, [texts.get(name) ?? '', line]);
    return row;
  };
  return () => {
    const { sp, loc } = (Sk as unknown as Record<string, { sp: number; loc: Int32Array }>)[
      '$tracemalloc'
    ]!;
    return Array.from({ length: sp }, (_, i) => rows.get(loc[sp - i]!) ?? ['', 0]);
  };
}

function hooks(
  Sk: SkulptHost,
  tracer: Tracer,
  frames: () => RawFrame[],
): Record<string, (...args: Value[]) => Value> {
  const { builtin } = Sk as unknown as Guest;
  const guestFrames = (rows: readonly RawFrame[]): Value[] =>
    rows.map(([name, line]) => new builtin.tuple([new builtin.str(name), new builtin.int_(line)]));
  const rawFrames = (list: Value): RawFrame[] =>
    (list.v as readonly Value[]).map(({ v }) => {
      const [name, line] = v as readonly [Value, Value];
      return [String(name.v), Number(line.v)];
    });
  return {
    frames: () => new builtin.list(guestFrames(frames())),
    track: (domain, address, size, list) =>
      new builtin.int_(
        tracer.track(Number(domain!.v), Number(address!.v), Number(size!.v), rawFrames(list!)),
      ),
    untrack: (domain, address) =>
      new builtin.int_(tracer.untrack(Number(domain!.v), Number(address!.v))),
    traceback(domain, address) {
      const found = tracer.isTracing()
        ? tracer.getTraceback(Number(domain!.v), Number(address!.v))
        : null;
      if (found === null) return builtin.none.none$;
      const newestFirst = [...found.frames].reverse();
      return new builtin.tuple(
        guestFrames(newestFirst.map(({ filename, lineno }) => [filename, lineno])),
      );
    },
  };
}

function reporting(
  Sk: SkulptHost,
  classes: readonly string[],
  outcomes: TestOutcome[],
): Record<string, (...args: Value[]) => Value> {
  const { builtin } = Sk as unknown as Guest;
  return {
    classes: () => new builtin.list(classes.map((name) => new builtin.str(name))),
    report(className, test, outcome, text) {
      outcomes.push({
        test: `${className!.v}.${test!.v}`,
        outcome: outcome!.v as TestOutcome['outcome'],
        text: String(text!.v).slice(-400),
      });
      return builtin.none.none$;
    },
  };
}

function methodsOf(
  Sk: SkulptHost,
  functions: Record<string, (...args: Value[]) => Value>,
): Record<string, Value> {
  const { builtin } = Sk as unknown as Guest;
  return Object.fromEntries(
    Object.entries(functions).map(([name, call]) => [
      name,
      new builtin.sk_method(
        { $name: name, $flags: { FastCall: true }, $meth: (args: Value[]) => call(...args) },
        null,
        '_test_tracer',
      ),
    ]),
  );
}
