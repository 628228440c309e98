/** What of some bytes is text, from a place on: up to `end`, where an error or the end of them is. */
export type Scanned = {
  readonly end: number;
  /** What cannot be decoded begins at `end`; `null` when nothing is wrong. */
  readonly fault: Fault | null;
};

/** `end` is where it ends; for bytes that may be continued, `isIncomplete`. */
export type Fault = {
  readonly end: number;
  readonly reason: string;
  readonly isIncomplete?: boolean;
};

/** An encoding of Python without its handling of errors. */
export type Codec = {
  /** As errors name it. */
  readonly name: string;
  scan(bytes: Uint8Array, from: number): Scanned;
  /** The text of bytes that `scan` found right. */
  textOf(bytes: Uint8Array): string;
  /** The first char from `from` on that cannot be encoded; −1 for none. */
  unencodable(text: string, from: number): number;
  readonly unencodableReason: string;
  /** Whether each char that cannot be encoded is told of alone, and not with those that follow it. */
  readonly isToldAlone?: boolean;
  /** The bytes of text that can be encoded. */
  bytesOf(text: string): Uint8Array;
};
