/** What went wrong, as a literal that programs can switch on. */
export type TracemallocErrorCode =
  | 'not-tracing'
  | 'empty-traceback'
  | 'misuse'
  | 'unsupported-host'
  | 'bad-magic'
  | 'unsupported-version'
  | 'truncated'
  | 'trailing-data'
  | 'corrupt'
  | 'too-large'
  | 'refused-class'
  | 'unsupported'
  | 'aborted'
  | 'self-test';

/**
 * Wrong state or bad data. A wrong argument is a TypeError or a RangeError instead, and a bug of
 * this library an {@link InternalError}.
 */
export class TracemallocError extends Error {
  override readonly name = 'TracemallocError' as const;
  readonly code: TracemallocErrorCode;
  /** The values that the message speaks of: `{ offset: 17 }`, `{ found: 9, supported: [1] }`. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: TracemallocErrorCode,
    message: string,
    details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/** A bug of this library. Never caught by it. */
export class InternalError extends Error {
  override readonly name = 'InternalError' as const;
}

/** States an invariant. @throws InternalError when it does not hold. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new InternalError(message);
}
