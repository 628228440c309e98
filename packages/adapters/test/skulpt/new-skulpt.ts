import type { SkulptHost } from '@tracemalloc/adapters/skulpt';
import {
  type BuildChoice,
  createSkulpt,
  readSkulptBuild,
  type SkulptBuild,
} from '@tracemalloc/adapters/skulpt/node';

/** What came of a program: what it printed, and the text of the exception that ended it. */
type Outcome = { readonly stdout: string; readonly error: string | null };

type RunOptions = {
  /** Ends in `.py`; what tracebacks show. */
  readonly filename?: string;
  /** Modules beside the program, by path: `{ './shapes.py': '…' }`. */
  readonly files?: Readonly<Record<string, string>>;
  /** More of what `Sk.configure` takes. */
  readonly configure?: Readonly<Record<string, unknown>>;
};

/** A Skulpt in a context of its own, nothing attached. */
export type TestSkulpt = {
  readonly Sk: SkulptHost;
  /** Runs a program to its end without suspending. */
  run(source: string, options?: RunOptions): Outcome;
  /** Runs a program that may suspend. */
  runAsync(source: string, options?: RunOptions): Promise<Outcome>;
};

/** Parts of `Sk` that a page calls to run a program. */
type Runner = {
  readonly builtinFiles: { readonly files: Readonly<Record<string, string>> };
  readonly python3: unknown;
  readonly misceval: { asyncToPromise(start: () => unknown): Promise<unknown> };
  configure(options: Readonly<Record<string, unknown>>): void;
  importMainWithBody(name: string, dumps: boolean, body: string, suspends: boolean): unknown;
};

const builds = new Map<string, SkulptBuild>();

/** The build that is tested: npm's, or that in the folder that SKULPT_BUILD names. */
const folder = process.env['SKULPT_BUILD'];
const testedBuild: BuildChoice = folder === undefined ? {} : { folder };

/** The build is read from disk once per test file. */
export function buildOf(choice: BuildChoice): SkulptBuild {
  const key = JSON.stringify(choice);
  const known = builds.get(key) ?? readSkulptBuild({ ...testedBuild, ...choice });
  builds.set(key, known);
  return known;
}

/** The minified build, unless told otherwise. */
export function newSkulpt(choice: BuildChoice = {}): TestSkulpt {
  const Sk = createSkulpt(buildOf(choice));
  const runner = Sk as unknown as Runner;
  const configured = (options: RunOptions, output: (text: string) => void): string => {
    runner.configure({
      output,
      read: (path: string) => {
        const text = options.files?.[path] ?? runner.builtinFiles.files[path];
        if (text === undefined) throw new Error(`File not found: '${path}'`);
        return text;
      },
      __future__: runner.python3,
      ...options.configure,
    });
    return (options.filename ?? 'main.py').replace(/\.py$/, '');
  };
  return {
    Sk,
    run(source, options = {}) {
      let stdout = '';
      const name = configured(options, (text) => {
        stdout += text;
      });
      try {
        runner.importMainWithBody(name, false, source, false);
      } catch (error) {
        return { stdout, error: String(error) };
      }
      return { stdout, error: null };
    },
    async runAsync(source, options = {}) {
      let stdout = '';
      const name = configured(options, (text) => {
        stdout += text;
      });
      try {
        await runner.misceval.asyncToPromise(() =>
          runner.importMainWithBody(name, false, source, true),
        );
      } catch (error) {
        return { stdout, error: String(error) };
      }
      return { stdout, error: null };
    },
  };
}
