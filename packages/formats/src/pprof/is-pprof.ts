/**
 * Whether bytes are a pprof profile that is not packed: a message of protobuf whose fields are all
 * ones that a profile has, to the last byte, with a table of strings. Most writers begin with the
 * sample types; that is enough where the rest is damaged.
 */
export function isPprof(bytes: Uint8Array): boolean {
  if (bytes.length > 2 && bytes[0] === 0x0a) return true;
  const cursor = { at: 0 };
  let hasStrings = false;
  while (cursor.at < bytes.length) {
    const tag = varint(bytes, cursor);
    const field = Math.floor(tag / 8);
    if (!(field >= 1 && field <= lastField)) return false;
    const value = varint(bytes, cursor);
    if (tag % 8 === lengthDelimited) cursor.at += value;
    else if (tag % 8 !== 0) return false;
    if (!(cursor.at <= bytes.length)) return false;
    hasStrings ||= field === stringTable;
  }
  return hasStrings;
}

const lastField = 15;
const stringTable = 6;
const lengthDelimited = 2;

/** A number of base 128, least digit first, as far as a double holds it; NaN = there is none. */
function varint(bytes: Uint8Array, cursor: { at: number }): number {
  let value = 0;
  for (let digits = 0; digits < 10; digits++) {
    const byte = bytes[cursor.at++];
    if (byte === undefined) return Number.NaN;
    value += (byte & 0x7f) * 2 ** (7 * digits);
    if (byte < 0x80) return value;
  }
  return Number.NaN;
}
