/** Ends the command with a message for the user and an exit status, and without a stack trace. */
export class CliError extends Error {
  override readonly name = 'CliError' as const;
  readonly exitCode: number;

  constructor(exitCode: number, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}

/**
 * Exit statuses of this command. `run` ends with the program's own status; it uses these only for
 * what goes wrong before the program starts or after it has ended.
 */
export const exitStatus = {
  ok: 0,
  /**
   * Work that failed: a file that can't be read or written, data that can't answer, and CPython's
   * fatal start-up errors, such as a bad `-X tracemalloc`.
   */
  error: 1,
  /** The command line can't be understood; nothing was run, read or written. */
  usage: 2,
  /** `check` found more memory than is allowed. */
  exceeded: 3,
  /** What a shell shows of a process that a closed pipe ended: 128 + SIGPIPE. */
  closedPipe: 141,
} as const;
