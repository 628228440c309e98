import { Gzip, Inflate } from 'fflate/browser';
import { TracemallocError } from '../base/errors.ts';
import type { MemoryBudget } from './budget.ts';
import { badBytes } from './corrupt.ts';
import { crc32 } from './crc32.ts';

// fflate, because dump and load are synchronous in every host: browsers only have asynchronous
// streams, and core may not import node:zlib.

/** Deflate turns a byte into 1032 at most: this bounds what one step can inflate to 17 MB. */
const stepBytes = 16384;
/** Longer than any gzip head that a tool writes. */
const maxHeadBytes = 2 ** 17;
const trailerBytes = 8;

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Compresses pieces as one gzip member, the same bytes for the same input at any time. */
export function* gzipPieces(pieces: Iterable<Uint8Array>): Generator<Uint8Array, void, undefined> {
  const ready: Uint8Array[] = [];
  const gzip = new Gzip({ level: 6, mtime: 0 }, (piece) => ready.push(piece));
  for (const piece of pieces) {
    gzip.push(piece);
    yield* ready.splice(0);
  }
  gzip.push(new Uint8Array(0), true);
  yield* ready.splice(0);
}

/** Inflates one gzip member that arrives in pieces, never far beyond its budget. */
export class GunzipReader {
  readonly #budget: MemoryBudget;
  readonly #sink: (piece: Uint8Array) => void;
  readonly #inflate: Inflate;
  /** Bytes not inflated yet: the head as long as it is not whole, then what may be the trailer. */
  #pending: Uint8Array = new Uint8Array(0);
  #inHead = true;
  /** Of `#pending[0]`, in the gzip file. */
  #offset = 0;
  #inflated = 0;
  #crc = 0;

  /** @param sink takes each inflated piece before {@link push} returns. */
  constructor(budget: MemoryBudget, sink: (piece: Uint8Array) => void) {
    this.#budget = budget;
    this.#sink = sink;
    this.#inflate = new Inflate((piece) => this.#take(piece));
  }

  push(piece: Uint8Array): void {
    const bytes = new Uint8Array(this.#pending.length + piece.length);
    bytes.set(this.#pending);
    bytes.set(piece, this.#pending.length);
    this.#pending = bytes;
    if (this.#inHead && !this.#skipHead()) return;
    const end = this.#pending.length - trailerBytes;
    let at = 0;
    for (; at < end; at += stepBytes) {
      this.#feed(this.#pending.subarray(at, Math.min(end, at + stepBytes)), false);
    }
    this.#skip(Math.max(0, end));
  }

  /** Ends the input. Call {@link checkTrailer} after what was inflated has been found whole. */
  finish(): void {
    if (this.#inHead || this.#pending.length < trailerBytes) {
      throw badBytes('truncated', 'truncated gzip file', this.#offset + this.#pending.length);
    }
    this.#feed(new Uint8Array(0), true);
  }

  /** Compares length and checksum with the gzip trailer. */
  checkTrailer(): void {
    const { buffer, byteOffset } = this.#pending;
    const view = new DataView(buffer, byteOffset, trailerBytes);
    const length = this.#inflated % 2 ** 32;
    if (view.getUint32(0, true) === this.#crc && view.getUint32(4, true) === length) return;
    throw badBytes('corrupt', 'corrupt gzip file: its checksum or length differs', this.#offset);
  }

  #skip(bytes: number): void {
    this.#pending = this.#pending.slice(bytes);
    this.#offset += bytes;
  }

  #skipHead(): boolean {
    const length = headLength(this.#pending);
    if (length < 0 && this.#pending.length < maxHeadBytes) return false;
    const [, second, method, flags] = this.#pending;
    if (length < 0 || second !== 0x8b || method !== 8 || flags === undefined || flags > 0x1f) {
      throw badBytes('corrupt', 'corrupt gzip file: its head is not valid', 0);
    }
    this.#inHead = false;
    this.#skip(length);
    return true;
  }

  #feed(piece: Uint8Array, final: boolean): void {
    try {
      this.#inflate.push(piece, final);
    } catch (error) {
      if (error instanceof TracemallocError || !(error instanceof Error)) throw error;
      const code = /unexpected EOF/.test(error.message) ? 'truncated' : 'corrupt';
      throw badBytes(code, `${code} gzip file: ${error.message}`, this.#offset);
    }
  }

  #take(piece: Uint8Array): void {
    this.#inflated += piece.length;
    this.#crc = crc32(piece, 0, piece.length, this.#crc);
    const maxBytes = this.#budget.inflatedLimit;
    if (this.#inflated > maxBytes) {
      const what = `it inflates to more than maxBytes = ${maxBytes}; raise maxBytes if you trust the file`;
      throw badBytes('too-large', what, this.#offset, { maxBytes });
    }
    this.#sink(piece);
  }
}

/** Bytes of a gzip member's head, −1 when `bytes` end inside it. */
function headLength(bytes: Uint8Array): number {
  const flags = bytes[3] ?? 0;
  let at = 10;
  if (flags & 4) at += 2 + (bytes[at] ?? 0) + (bytes[at + 1] ?? 0) * 256;
  for (const flag of [8, 16]) {
    if (!(flags & flag)) continue;
    const end = bytes.indexOf(0, at);
    if (end < 0) return -1;
    at = end + 1;
  }
  if (flags & 2) at += 2;
  return at <= bytes.length ? at : -1;
}
