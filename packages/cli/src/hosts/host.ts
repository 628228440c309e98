import type { Snapshot } from '@tracemalloc/core';
import type { Io } from '../io.ts';
import type { Program } from '../program.ts';

/** What is left of a program that has ended. */
export type Traced = {
  /** The program's own. */
  readonly exitCode: number;
  /** Of what lives at the end; `null` when tracing was off by then. */
  readonly snapshot: Snapshot | null;
};

/**
 * Runs a program in one interpreter.
 * @param nframe Frames kept from the first line on; 0 = the program starts tracing itself.
 */
export type Host = (program: Program, nframe: number, io: Io) => Promise<Traced>;
