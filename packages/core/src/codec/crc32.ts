// CRC-32 as in gzip and zlib (reflected, polynomial 0xEDB88320), eight bytes a step: a reader in
// any language has it at hand, and it finds every change of up to 32 neighbouring bits.

const tables: Int32Array = makeTables();

function makeTables(): Int32Array {
  const table = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    table[byte] = crc;
  }
  for (let index = 256; index < table.length; index++) {
    const crc = table[index - 256]!;
    table[index] = (crc >>> 8) ^ table[crc & 0xff]!;
  }
  return table;
}

/**
 * CRC-32 of `bytes[start … end)`, continuing from `crc` (0 = from the beginning).
 * @returns an unsigned 32-bit integer.
 */
export function crc32(bytes: Uint8Array, start: number, end: number, crc = 0): number {
  const t = tables;
  let c = ~crc;
  let at = start;
  for (const last = end - 8; at <= last; at += 8) {
    const low =
      c ^ (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24));
    c =
      t[1792 + (low & 0xff)]! ^
      t[1536 + ((low >>> 8) & 0xff)]! ^
      t[1280 + ((low >>> 16) & 0xff)]! ^
      t[1024 + (low >>> 24)]! ^
      t[768 + bytes[at + 4]!]! ^
      t[512 + bytes[at + 5]!]! ^
      t[256 + bytes[at + 6]!]! ^
      t[bytes[at + 7]!]!;
  }
  for (; at < end; at++) c = (c >>> 8) ^ t[(c ^ bytes[at]!) & 0xff]!;
  return ~c >>> 0;
}
