/** Interpreters that the playground runs. */
export type HostName = 'skulpt' | 'brython' | 'pyodide' | 'lua';

/** What a worker is told to run. */
export type RunRequest = {
  readonly source: string;
  /** What tracebacks call the program. */
  readonly filename: string;
  /** Bytes that may live together. */
  readonly limit: number;
  /** Files that the interpreter loads, by name. */
  readonly files: Readonly<Record<string, Uint8Array<ArrayBuffer>>>;
};

/** What a worker tells while it runs. All text is the guest's: show it as text. */
export type RunMessage =
  | { readonly type: 'started' }
  | { readonly type: 'output'; readonly text: string; readonly isError: boolean }
  /** What lives at a moment, as a snapshot file. Milliseconds since the program started. */
  | { readonly type: 'memory'; readonly time: number; readonly snapshot: Uint8Array }
  /** It had so much that it has to be ended from outside. */
  | { readonly type: 'over'; readonly bytes: number }
  | {
      readonly type: 'ended';
      readonly time: number;
      /** Whether it ran to its end. */
      readonly isGood: boolean;
      /** Of the program, where it failed; `null`: it didn't, or elsewhere. */
      readonly line: number | null;
      /** What is left; `null`: the program was not traced when it ended. */
      readonly snapshot: Uint8Array | null;
    }
  /** The interpreter could not be loaded. */
  | { readonly type: 'failed'; readonly message: string };
