import { TracemallocError } from '@tracemalloc/core';

/** Reads a module, or a part of one. What ends too early or makes no number throws. */
export class ByteReader {
  readonly bytes: Uint8Array;
  at: number;
  readonly #end: number;

  constructor(bytes: Uint8Array, from = 0, to: number = bytes.length) {
    this.bytes = bytes;
    this.at = from;
    this.#end = to;
  }

  get isAtEnd(): boolean {
    return this.at >= this.#end;
  }

  byte(): number {
    if (this.isAtEnd) throw damaged('it ends in the middle of a section', this.at);
    return this.bytes[this.at++]!;
  }

  /** An unsigned integer of 32 bits in LEB128. */
  u32(): number {
    let value = 0;
    for (let factor = 1, length = 1; ; factor *= 128, length++) {
      const byte = this.byte();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) {
        if (value < 2 ** 32) return value;
        break;
      }
      if (length === 5) break;
    }
    throw damaged('a number is longer than 32 bits', this.at);
  }

  /** Skips an integer of any length up to 64 bits. */
  skipInteger(): void {
    for (let length = 1; this.byte() >= 0x80; length++) {
      if (length === 10) throw damaged('a number is longer than 64 bits', this.at);
    }
  }

  take(length: number): Uint8Array {
    if (length > this.#end - this.at) {
      throw damaged(`${length} bytes are announced where ${this.#end - this.at} follow`, this.at);
    }
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  name(): string {
    return new TextDecoder().decode(this.take(this.u32()));
  }
}

/** An unsigned integer in LEB128. */
export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 128) | 0x80);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return bytes;
}

/** A signed integer of 32 bits in LEB128. */
export function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  while (rest < -64 || rest > 63) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>= 7;
  }
  bytes.push(rest & 0x7f);
  return bytes;
}

/** A name with its length before it. */
export function nameBytes(name: string): number[] {
  const bytes = new TextEncoder().encode(name);
  return [...unsigned(bytes.length), ...bytes];
}

export function concat(parts: readonly ArrayLike<number>[]): Uint8Array<ArrayBuffer> {
  let length = 0;
  for (const part of parts) length += part.length;
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** The error for bytes that are no module, or not a whole one. */
export function damaged(problem: string, offset: number): TracemallocError {
  return new TracemallocError(
    'corrupt',
    `the WASM module is damaged: ${problem} (byte ${offset})`,
    {
      offset,
    },
  );
}
