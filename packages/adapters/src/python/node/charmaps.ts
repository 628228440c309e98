import { charmapTables } from './charmap-tables.ts';
import type { Codec } from './codec.ts';

const tables = new Map<string, string>(
  Object.entries(charmapTables).flatMap(([keys, table]) =>
    keys.split(' ').map((key) => [key, table]),
  ),
);
const codecs = new Map<string, Codec>();

/** An encoding of single bytes, by its name with hyphens; `null` = none is named so. */
export function charmapOf(key: string): Codec | null {
  const table = tables.get(key);
  if (table === undefined) return null;
  let codec = codecs.get(table);
  if (codec === undefined) {
    codec = charmap(table.length === 256 ? table : ascii + table);
    codecs.set(table, codec);
  }
  return codec;
}

const ascii = Array.from({ length: 128 }, (_, byte) => String.fromCharCode(byte)).join('');
const nothing = '\ufffe';

/** @param table chars by byte, all of one UTF-16 unit */
function charmap(table: string): Codec {
  const bytes = new Map(Array.from(table, (char, byte) => [char, byte] as const));
  bytes.delete(nothing);
  const reason = 'character maps to <undefined>';
  return {
    name: 'charmap',
    scan(data, from) {
      for (let i = from; i < data.length; i++) {
        if (table[data[i]!] === nothing) return { end: i, fault: { end: i + 1, reason } };
      }
      return { end: data.length, fault: null };
    },
    textOf: (data) => Array.from(data, (byte) => table[byte]).join(''),
    unencodable(text, from) {
      for (let i = from; i < text.length; i++) if (!bytes.has(text[i]!)) return i;
      return -1;
    },
    unencodableReason: reason,
    bytesOf: (text) => Uint8Array.from(text, (char) => bytes.get(char)!),
  };
}
