/** Characters that are encoded together: one call a piece would cost more than the encoding. */
const chunkLength = 65536;

/**
 * Text on its way to UTF-8: a file may be longer than any string can be. Lone surrogates become
 * U+FFFD; a pair must come in one piece.
 */
export class TextWriter {
  readonly #encoder = new TextEncoder();
  readonly #chunks: Uint8Array[] = [];
  #text = '';

  write(piece: string): void {
    this.#text += piece;
    if (this.#text.length > chunkLength) this.#flush();
  }

  /** Writes what `text` makes of each item, with commas between: the inside of a JSON array. */
  list<T>(items: Iterable<T>, text: (item: T) => string): void {
    let separator = '';
    for (const item of items) {
      this.write(separator + text(item));
      separator = ',';
    }
  }

  finish(): Uint8Array {
    this.#flush();
    const bytes = new Uint8Array(this.#chunks.reduce((length, chunk) => length + chunk.length, 0));
    let at = 0;
    for (const chunk of this.#chunks) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    return bytes;
  }

  #flush(): void {
    this.#chunks.push(this.#encoder.encode(this.#text));
    this.#text = '';
  }
}
