/** A struct of Thrift's compact protocol: its integers and structs by field; others are passed over. */
export type ThriftFields = ReadonlyMap<number, number | ThriftFields>;

/** Structs in structs: more than any header of a page has. */
const maxDepth = 8;

/**
 * Reads one struct from `at` on.
 * @returns its fields and where it ends. @throws RangeError where it does not end.
 * @see https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */
export function readThriftFields(
  bytes: Uint8Array,
  at: number,
): { readonly fields: ThriftFields; readonly end: number } {
  const reader = new CompactReader(bytes, at);
  return { fields: reader.struct(0), end: reader.at };
}

class CompactReader {
  at: number;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  struct(depth: number): ThriftFields {
    if (depth > maxDepth) throw new RangeError('structs in structs without an end');
    const fields = new Map<number, number | ThriftFields>();
    let field = 0;
    for (let head = this.#byte(); (head & 15) !== 0; head = this.#byte()) {
      const delta = head >> 4;
      field = delta === 0 ? this.#integer() : field + delta;
      const value = this.#value(head & 15, depth);
      if (value !== null) fields.set(field, value);
    }
    return fields;
  }

  #value(type: number, depth: number): number | ThriftFields | null {
    if (type === 1) return 1;
    if (type === 2) return 0;
    if (type === 3) return this.#byte();
    if (type >= 4 && type <= 6) return this.#integer();
    if (type === 7) return this.#skip(8);
    if (type === 8) return this.#skip(this.#varint());
    if (type === 9) return this.#list(depth);
    if (type === 12) return this.struct(depth + 1);
    throw new RangeError(`a field of type ${type}`);
  }

  #list(depth: number): null {
    const head = this.#byte();
    const length = head >> 4 === 15 ? this.#varint() : head >> 4;
    const type = head & 15;
    for (let i = 0; i < length; i++) {
      if (type === 1 || type === 2) this.#byte();
      else this.#value(type, depth);
    }
    return null;
  }

  #skip(length: number): null {
    this.at += length;
    return null;
  }

  #integer(): number {
    const folded = this.#varint();
    return folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2;
  }

  #varint(): number {
    let value = 0;
    let unit = 1;
    for (let byte = this.#byte(); ; byte = this.#byte()) {
      value += (byte & 127) * unit;
      if (byte < 128) return value;
      unit *= 128;
    }
  }

  #byte(): number {
    if (this.at >= this.#bytes.length) throw new RangeError('it ends in the midst of a header');
    return this.#bytes[this.at++]!;
  }
}
