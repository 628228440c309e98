import type { MemoryBudget } from './budget.ts';
import { readColumn } from './column-reader.ts';
import { corrupt } from './corrupt.ts';
import type { FlatMap } from './flat-map.ts';
import type { ColumnSpec } from './schema.ts';
import { decodeWtf8 } from './wtf8.ts';

/** A string object, its place in an array and in the set of those seen, roughly. */
const stringBytes = 80;

/** Collects the string table: lengths as a column, then the strings' WTF-8 without a gap. */
export class StringsReader {
  readonly strings: string[] = [];
  readonly #seen = new Set<string>();
  readonly #length: ColumnSpec;

  constructor(length: ColumnSpec) {
    this.#length = length;
  }

  read(body: FlatMap, rows: number, offset: number, budget: MemoryBudget): void {
    const lengths = body.bytes('length');
    const text = body.bytes('bytes');
    if (!lengths || !text) throw corrupt('strings without length or bytes', offset);
    if (lengths.bytes.length < rows) throw corrupt('strings: too few lengths', lengths.offset);
    budget.take(rows * (stringBytes + 4) + text.bytes.length * 2, 'the string table', offset);
    const length = new Int32Array(rows);
    readColumn(lengths.bytes, lengths.offset, this.#length, length, 0, rows);
    let at = 0;
    for (let row = 0; row < rows; row++) {
      const end = at + length[row]!;
      if (end > text.bytes.length) throw corrupt('a string ends too late', text.offset + at);
      this.#add(decodeWtf8(text.bytes, at, end), text.offset + at);
      at = end;
    }
    if (at !== text.bytes.length) throw corrupt('bytes after the strings', text.offset + at);
  }

  #add(text: string | null, offset: number): void {
    if (text === null) throw corrupt('a string is not WTF-8', offset);
    if (this.strings.length === 0 && text !== '') throw corrupt('string 0 is not empty', offset);
    if (this.#seen.has(text)) throw corrupt('a string occurs twice', offset);
    this.#seen.add(text);
    this.strings.push(text);
  }
}
