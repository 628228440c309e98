import type { Io } from './io.ts';

/** What every command is registered with. */
export type Context = {
  readonly io: Io;
  /** The arguments, the command's name first. */
  readonly args: readonly string[];
  /** Sets the exit status of a command that ran to its end; without a call it is 0. */
  readonly done: (status: number) => void;
};
