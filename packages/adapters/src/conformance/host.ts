import type { Bytes, Tracer } from '@tracemalloc/core';
import type { AdapterCaps } from '../contract/index.ts';

/**
 * The programs of the suite, which every host writes in its guest's language. Lines that the suite
 * speaks of end in a comment with a mark: `@a`. What is allocated there is one object of the
 * host's {@link ConformanceHost.type} each time; other blocks, of other types, do not count.
 */
export type Programs = {
  /** Makes 10 objects at `@a`, in a loop, and 5 at `@b`, and keeps them all. */
  readonly blocks: string;
  /** Makes an object of 10 elements at `@a` and one of 100 at `@b`, and keeps both. */
  readonly sizes: string;
  /** Makes 10 objects at `@a`, in a loop, and drops 4 of them. */
  readonly frees: string;
  /**
   * The file calls outer at `@main`, which calls a function that does nothing and then inner, at
   * `@outer`, which makes one at `@inner`.
   */
  readonly calls: string;
  /** The file calls down(20) at `@main`; down(n) calls down(n - 1) at `@down`; down(0) makes one at `@bottom`. */
  readonly recursion: string;
  /**
   * The file starts a coroutine, which waits; then it calls a function at `@main` that resumes the
   * coroutine at `@resume`, which makes one at `@inside`.
   */
  readonly coroutine: string | null;
  /** An exception is thrown through three calls and caught by the file, which makes one at `@after`. */
  readonly exceptions: string | null;
};

/** An adapter with its interpreter, as the suite drives them. */
export type ConformanceHost = {
  /** Names the column of the table: `Lisp (callbacks)`. */
  readonly name: string;
  /** The suite's programs in the guest's language. */
  readonly programs: Programs;
  /** The type of the objects that the programs make. */
  readonly type: string;
  /** What the guest appends to the names of the files that it runs. */
  readonly extension?: string;
  /** Bytes that an object of so many elements must have, exact or by the adapter's model. */
  sizeOf(elements: number): Bytes;
  /** A new interpreter, not traced yet. */
  open(): Promise<ConformanceGuest>;
};

/** A fresh interpreter: what the suite runs programs in. */
export type ConformanceGuest = {
  /** Attaches the adapter, and gives what it claims. */
  attach(tracer: Tracer): AdapterCaps;
  /** Runs a program to its end. What it keeps lives until {@link close}. */
  run(source: string, file: string): void | Promise<void>;
  /** Waits until frees are seen as well as the adapter can; needed for `gc-async` only. */
  settle(): void | Promise<void>;
  /** Detaches the adapter. */
  detach(): void;
  /** What an adapter may change of the interpreter: compared before attach and after detach. */
  fingerprint(): unknown;
  /** Nobody needs the interpreter any more. */
  close(): void;
};
