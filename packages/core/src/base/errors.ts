import { brand } from './brand.ts';

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
 * Wrong state or bad data. A wrong argument is a TypeError or a RangeError instead.
 */
export class TracemallocError extends Error {
  override readonly name = 'TracemallocError' as const;
  /** What went wrong, for programs. */
  readonly code: TracemallocErrorCode;
  /** The values that the message speaks of: `{ offset: 17 }`, `{ found: 9, supported: [1] }`. */
  readonly details: Readonly<Record<string, unknown>>;

  static {
    brand(TracemallocError, 'TracemallocError');
  }

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
