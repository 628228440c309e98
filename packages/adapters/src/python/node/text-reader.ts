import type { Codec } from './codec.ts';
import { markOf, swapped } from './codecs.ts';
import { decode, encode } from './text-errors.ts';

/** Bytes asked for at once. */
const chunkBytes = 8192;

/** What `newline` of Python's `open` may be; `null` = all kinds, and each read as \n. */
export type Newline = null | '' | '\n' | '\r' | '\r\n';

export type TextReaderOptions = {
  readonly encoding: string;
  readonly codec: Codec;
  readonly errors: string;
  readonly newline: Newline;
  /** Up to so many bytes of the file; none at its end. */
  readonly read: (length: number) => Uint8Array;
};

/** Reads text from bytes as Python's TextIOWrapper does: a chunk at a time, by lines or chars. */
export class TextReader {
  readonly #read: (length: number) => Uint8Array;
  readonly #errors: string;
  readonly #newline: Newline;
  readonly #encoding: string;
  #codec: Codec;
  /** Decoded, with the newlines that the file has. */
  #text = '';
  #at = 0;
  /** Read, and not yet decoded. */
  #rest: Uint8Array = new Uint8Array(0);
  #isAtStart = true;
  #hasEnded = false;
  /** Kinds of newlines met: 1 = \r, 2 = \n, 4 = \r\n. */
  seen = 0;

  constructor({ read, codec, encoding, errors, newline }: TextReaderOptions) {
    this.#read = read;
    this.#codec = codec;
    this.#encoding = encoding;
    this.#errors = errors;
    this.#newline = newline;
  }

  /** Up to `size` code points; all that is left for a negative size. */
  read(size: number): string {
    if (size < 0) {
      while (this.#more(Number.POSITIVE_INFINITY));
      return this.#take(this.#text.length);
    }
    let end = this.#at;
    for (let count = 0; count < size; count++) {
      const next = this.#charEnd(end);
      if (next === null) break;
      end = next;
    }
    return this.#take(end);
  }

  /** The next line with its newline, no longer than `limit` chars; '' at the end. */
  readLine(limit: number): string {
    let from = this.#at;
    for (;;) {
      const end = this.#lineEnd(from);
      if (end !== null) return this.#cut(end, limit);
      from = Math.max(this.#at, this.#text.length - 1);
      const before = this.#at;
      if (!this.#more(chunkBytes)) break;
      from -= before - this.#at;
    }
    return this.#cut(this.#text.length, limit);
  }

  /** How many bytes of what was read stand after the place that the program has reached. */
  get ahead(): number {
    const left = encode(this.#codec, this.#text.slice(this.#at), 'surrogateescape').length;
    return left + this.#rest.length;
  }

  /** Forgets what was read ahead: the file stands elsewhere. */
  reset(isAtStart: boolean): void {
    this.#text = '';
    this.#at = 0;
    this.#rest = new Uint8Array(0);
    this.#isAtStart = isAtStart;
    this.#hasEnded = false;
  }

  #cut(end: number, limit: number): string {
    if (limit < 0 || end - this.#at <= limit) return this.#take(end);
    let cut = this.#at;
    for (let count = 0; count < limit && cut < end; count++) cut = this.#charEnd(cut) ?? end;
    return this.#take(Math.min(cut, end));
  }

  #take(end: number): string {
    const piece = this.#text.slice(this.#at, end);
    this.#at = end;
    if (this.#newline === null || this.#newline === '') this.#note(piece);
    return this.#newline === null ? piece.replaceAll(/\r\n?/g, '\n') : piece;
  }

  #note(piece: string): void {
    for (const [ending] of piece.matchAll(/\r\n|\r|\n/g)) {
      this.seen |= ending === '\r' ? 1 : ending === '\n' ? 2 : 4;
    }
  }

  /** Where the char at `from` ends; a newline is one char. `null` at the end of the file. */
  #charEnd(from: number): number | null {
    let at = from;
    if (at >= this.#text.length) {
      const before = this.#at;
      if (!this.#more(chunkBytes)) return null;
      at -= before - this.#at;
    }
    const code = this.#text.codePointAt(at)!;
    if (code > 0xffff) return at + 2;
    if (code !== 13 || this.#newline !== null) return at + 1;
    if (at + 1 >= this.#text.length) {
      const before = this.#at;
      this.#more(chunkBytes);
      at -= before - this.#at;
    }
    return this.#text[at + 1] === '\n' ? at + 2 : at + 1;
  }

  /** Where the first line from `from` on ends; `null` when that is not there yet. */
  #lineEnd(from: number): number | null {
    const text = this.#text;
    if (this.#newline !== null && this.#newline !== '') {
      const found = text.indexOf(this.#newline, from);
      return found < 0 ? null : found + this.#newline.length;
    }
    const lf = text.indexOf('\n', from);
    const cr = text.slice(from, lf < 0 ? undefined : lf).indexOf('\r');
    if (cr < 0) return lf < 0 ? null : lf + 1;
    const at = from + cr;
    if (at + 1 < text.length) return text[at + 1] === '\n' ? at + 2 : at + 1;
    return this.#hasEnded ? at + 1 : null;
  }

  /** Decodes more of the file; false at its end. What was taken is dropped, and #at moves with it. */
  #more(length: number): boolean {
    if (this.#hasEnded) return false;
    const wanted = Number.isFinite(length) ? length : 1 << 20;
    const chunk = this.#read(wanted);
    const isFinal = chunk.length === 0;
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const start = this.#isAtStart ? this.#skipMark(bytes, isFinal) : 0;
    if (start === null) {
      this.#rest = bytes;
      return true;
    }
    const { text, used } = decode(this.#codec, bytes.subarray(start), this.#errors, isFinal);
    this.#rest = bytes.slice(start + used);
    this.#text = this.#text.slice(this.#at) + text;
    this.#at = 0;
    this.#hasEnded = isFinal;
    return !isFinal || text !== '';
  }

  /** Length of the mark that a file of this encoding begins with; `null` when too few bytes are known. */
  #skipMark(bytes: Uint8Array, isFinal: boolean): number | null {
    const mark = markOf(this.#encoding);
    if (mark === null) {
      this.#isAtStart = false;
      return 0;
    }
    if (bytes.length < mark.length && !isFinal) return null;
    this.#isAtStart = false;
    const begins = (expected: Uint8Array): boolean =>
      expected.every((byte, i) => bytes[i] === byte);
    if (begins(mark)) return mark.length;
    const isOther = markOf(this.#encoding)!.length !== 3 && begins(Uint8Array.from(mark).reverse());
    if (!isOther) return 0;
    this.#codec = swapped(this.#codec);
    return mark.length;
  }
}
