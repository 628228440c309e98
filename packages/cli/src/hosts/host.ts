import type { Snapshot, Tracer } from '@tracemalloc/core';
import type { Heap } from '@tracemalloc/core/graph';
import type { Io } from '../io.ts';
import type { Program } from '../program.ts';

/** What a program runs with. */
export type Launch = {
  /** What to run. */
  readonly program: Program;
  /** The program's own: the report is printed after it. */
  readonly io: Pick<Io, 'stdin' | 'stdout' | 'stdoutBytes' | 'stderr' | 'cwd' | 'env'>;
  /** Not tracing yet: whoever runs the program starts it. */
  readonly tracer: Tracer;
  /**
   * Whether the program is not to see that it is traced until it starts tracing itself: nobody asked
   * for tracing in a way that Python's own command line has.
   */
  readonly isTracingHidden: boolean;
  /**
   * Whether stacks are to have the interpreter's own functions (`--native`), or that of its allocator alone
   * (`--allocators`).
   */
  readonly nativeFrames: boolean | 'allocator';
  /** Whether a snapshot of its own is to say who holds what: `--graph`. */
  readonly hasGraph: boolean;
  /** Says on stderr what an adapter can't do here. */
  readonly onWarning: (message: string) => void;
};

/** How a program ended. */
export type Ended = {
  /** 0 … 255. What the program failed of was printed by whoever ran it. */
  readonly exitCode: number;
  /**
   * Of the program's last moment, where only the interpreter knows when that is. Left out: one is
   * taken after {@link Guest.run}, when frees have settled.
   */
  readonly snapshot?: Snapshot | null;
};

/** An interpreter with a tracer attached. What it can do without is left out. */
export type Guest = {
  /** Gives the guest what it may import: its own `tracemalloc`. */
  install?(): void | Promise<void>;
  /** Whether the error that a memory limit gives the guest says where and why itself; default false. */
  readonly tellsOfLimit?: boolean;
  /** Runs the program to its end, whatever it does: a program's error is no throw. */
  run(): Ended | Promise<Ended>;
  /** Who holds what, for `--graph`. */
  readonly heap?: Heap;
  /**
   * Calls `work`, once, as soon as memory can be read while the program runs. Left out: what lives is known at any
   * moment, also where the program is interrupted.
   */
  whenReadable?(work: () => void): void;
  /** Finds frees at once. */
  settle?(): void;
  /** The same between turns of the event loop, where at once is not enough. */
  settleLater?(): Promise<void>;
};

/**
 * An interpreter that `tracemalloc run` can use. A module whose default export is one is an
 * interpreter for `--interpreter ./module.mjs`.
 */
export type Host = {
  /** Endings of its programs' files, with the dot. With `.py` it runs `-m module` too. */
  readonly endings?: readonly string[];
  /** Whether it runs a {@link Program.libraryModule}, or says that there is none; default false. */
  readonly runsLibrary?: boolean;
  /** Whether it can record the interpreter's own functions; default false. */
  readonly recordsNativeFrames?: boolean;
  /** `false` where memory can't be refused: a limit is an error there. Default true. */
  readonly refusesMemory?: boolean;
  /** Loads an interpreter and attaches the tracer to it. */
  attach(launch: Launch): Guest | Promise<Guest>;
};
