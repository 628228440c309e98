/**
 * A guest program ended with another exit status than 0, and its runner was told to throw. The
 * message has what the program would have written to stderr for it: its traceback.
 */
export class GuestError extends Error {
  override readonly name = 'GuestError' as const;
  /** 1 … 255 */
  readonly exitCode: number;

  constructor(exitCode: number, text: string) {
    const shown = text.trimEnd();
    super(`the guest ended with exit status ${exitCode}${shown === '' ? '' : `:\n${shown}`}`);
    this.exitCode = exitCode;
  }
}
