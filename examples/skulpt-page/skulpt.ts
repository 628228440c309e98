import type { SkulptHost } from '@tracemalloc/adapters/skulpt';

/** What a run that waits looks like from outside: a chain of calls, the outermost first. */
export type Suspension = {
  readonly data: {
    readonly type: string;
    promise?: Promise<unknown>;
    result?: unknown;
    error?: unknown;
  };
  readonly $filename?: string;
  readonly $lineno?: number;
  readonly child?: Suspension;
  resume(): unknown;
};

/** An exception of the guest. */
export type PythonError = {
  readonly tp$name: string;
  tp$str(): { readonly v: string };
  /** INNERMOST FRAME FIRST. */
  readonly traceback: readonly { readonly filename?: unknown; readonly lineno: number }[];
};

/** The parts of Skulpt that this page uses itself. */
export type Skulpt = SkulptHost & {
  readonly python3: object;
  readonly builtin: { readonly BaseException: new () => PythonError };
  readonly builtinFiles: { readonly files: Readonly<Record<string, string>> };
  readonly misceval: {
    readonly Suspension: { readonly prototype: object };
    asyncToPromise(
      work: () => unknown,
      handlers: Readonly<Record<string, (suspension: Suspension) => Promise<unknown>>>,
    ): Promise<unknown>;
  };
  /** When the code that runs began to: `execLimit` counts from here. */
  execStart: number | Date;
  configure(options: Readonly<Record<string, unknown>>): void;
  importMainWithBody(name: string, dump: boolean, source: string, maySuspend: boolean): unknown;
};
