import { charmapOf } from './charmaps.ts';
import type { Codec, Fault, Scanned } from './codec.ts';
import { multibyteOf } from './multibyte.ts';

/** An encoding by any of Python's names for it, as errors and files name it; `null` when not known here. */
export function codecOf(name: string): Codec | null {
  const known = keyOf(name);
  return codecs[known]?.() ?? charmapOf(known) ?? multibyteOf(known);
}

function keyOf(name: string): string {
  const key = name.toLowerCase().replaceAll(/[^a-z0-9.]+/g, '-');
  return aliases[key] ?? key;
}

const aliases: Readonly<Record<string, string>> = {
  utf8: 'utf-8',
  u8: 'utf-8',
  utf: 'utf-8',
  cp65001: 'utf-8',
  'utf8-sig': 'utf-8-sig',
  'utf-8-bom': 'utf-8-sig',
  '646': 'ascii',
  'us-ascii': 'ascii',
  'ansi-x3.4-1968': 'ascii',
  latin: 'latin-1',
  latin1: 'latin-1',
  l1: 'latin-1',
  'iso-8859-1': 'latin-1',
  'iso8859-1': 'latin-1',
  iso88591: 'latin-1',
  '8859': 'latin-1',
  cp819: 'latin-1',
  utf16: 'utf-16',
  u16: 'utf-16',
  utf16le: 'utf-16-le',
  'utf-16le': 'utf-16-le',
  utf16be: 'utf-16-be',
  'utf-16be': 'utf-16-be',
  utf32: 'utf-32',
  u32: 'utf-32',
  'utf-32le': 'utf-32-le',
  'utf-32be': 'utf-32-be',
  locale: 'utf-8',
};

const codecs: Readonly<Record<string, () => Codec>> = {
  'utf-8': () => utf8,
  'utf-8-sig': () => ({ ...utf8, name: 'utf-8' }),
  ascii: () => ascii,
  'latin-1': () => latin1,
  'utf-16': () => utf16('utf-16', true),
  'utf-16-le': () => utf16('utf-16-le', true),
  'utf-16-be': () => utf16('utf-16-be', false),
  'utf-32': () => utf32('utf-32', true),
  'utf-32-le': () => utf32('utf-32-le', true),
  'utf-32-be': () => utf32('utf-32-be', false),
};

/** Bytes at the beginning of a file that say how it is encoded; none for most encodings. */
export function markOf(name: string): Uint8Array | null {
  const key = keyOf(name);
  if (key === 'utf-8-sig') return Uint8Array.of(0xef, 0xbb, 0xbf);
  if (key === 'utf-16') return Uint8Array.of(0xff, 0xfe);
  if (key === 'utf-32') return Uint8Array.of(0xff, 0xfe, 0, 0);
  return null;
}

/** The codec of the other byte order, for files whose mark says so. */
export function swapped(codec: Codec): Codec {
  const isOf16 = codec.name.startsWith('utf-16');
  const name = codec.name.replace('-le', '-be');
  return isOf16 ? utf16(name, false) : utf32(name, false);
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

const utf8: Codec = {
  name: 'utf-8',
  scan(bytes, from) {
    let i = from;
    while (i < bytes.length) {
      const size = bytes[i]! < 0x80 ? 1 : utf8Size(bytes, i);
      if (typeof size !== 'number') return { end: i, fault: size };
      i += size;
    }
    return { end: i, fault: null };
  },
  textOf: (bytes) => decoder.decode(bytes),
  unencodable: loneSurrogate,
  unencodableReason: 'surrogates not allowed',
  bytesOf: (text) => encoder.encode(text),
};

/** Bytes of the char at `at`, which is none of ASCII's; or what is wrong with it. */
function utf8Size(bytes: Uint8Array, at: number): number | Fault {
  const lead = bytes[at]!;
  if (lead < 0xc2 || lead > 0xf4) return { end: at + 1, reason: 'invalid start byte' };
  const size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  let [low, high] = secondByte.get(lead) ?? [0x80, 0xbf];
  for (let i = at + 1; i < at + size; i++) {
    const byte = bytes[i];
    if (byte === undefined) {
      return { end: i, reason: 'unexpected end of data', isIncomplete: true };
    }
    if (byte < low || byte > high) return { end: i, reason: 'invalid continuation byte' };
    [low, high] = [0x80, 0xbf];
  }
  return size;
}

/** What the second byte may be where it may not be all of 80 to BF. */
const secondByte: ReadonlyMap<number, readonly [low: number, high: number]> = new Map([
  [0xe0, [0xa0, 0xbf]],
  [0xed, [0x80, 0x9f]],
  [0xf0, [0x90, 0xbf]],
  [0xf4, [0x80, 0x8f]],
]);

const ascii: Codec = {
  name: 'ascii',
  scan(bytes, from) {
    for (let i = from; i < bytes.length; i++) {
      if (bytes[i]! > 0x7f) {
        return { end: i, fault: { end: i + 1, reason: 'ordinal not in range(128)' } };
      }
    }
    return { end: bytes.length, fault: null };
  },
  textOf: latinText,
  unencodable: (text, from) => firstAbove(text, from, 0x7f),
  unencodableReason: 'ordinal not in range(128)',
  bytesOf: (text) => Buffer.from(text, 'latin1'),
};

const latin1: Codec = {
  name: 'latin-1',
  scan: (bytes) => ({ end: bytes.length, fault: null }),
  textOf: latinText,
  unencodable: (text, from) => firstAbove(text, from, 0xff),
  unencodableReason: 'ordinal not in range(256)',
  bytesOf: (text) => Buffer.from(text, 'latin1'),
};

function latinText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

function firstAbove(text: string, from: number, last: number): number {
  for (let i = from; i < text.length; i++) if (text.charCodeAt(i) > last) return i;
  return -1;
}

function loneSurrogate(text: string, from: number): number {
  for (let i = from; i < text.length; i++) {
    const code = text.codePointAt(i)!;
    if (code > 0xffff) i++;
    else if (code >= 0xd800 && code <= 0xdfff) return i;
  }
  return -1;
}

function utf16(name: string, isLittle: boolean): Codec {
  const unit = (bytes: Uint8Array, i: number): number =>
    isLittle ? bytes[i]! | (bytes[i + 1]! << 8) : (bytes[i]! << 8) | bytes[i + 1]!;
  return {
    name,
    scan(bytes, from) {
      let i = from;
      while (i < bytes.length) {
        const size = utf16Size(bytes, i, unit);
        if (typeof size !== 'number') return { end: i, fault: size };
        i += size;
      }
      return { end: i, fault: null };
    },
    textOf(bytes) {
      const units: string[] = [];
      for (let i = 0; i < bytes.length; i += 2) units.push(String.fromCharCode(unit(bytes, i)));
      return units.join('');
    },
    unencodable: loneSurrogate,
    unencodableReason: 'surrogates not allowed',
    bytesOf(text) {
      const bytes = Buffer.from(text, 'utf16le');
      return isLittle ? bytes : bytes.swap16();
    },
  };
}

/** Bytes of the char at `at`, or what is wrong with it. */
function utf16Size(
  bytes: Uint8Array,
  at: number,
  unit: (bytes: Uint8Array, at: number) => number,
): number | Fault {
  const left = bytes.length - at;
  if (left < 2) return { end: bytes.length, reason: 'truncated data', isIncomplete: true };
  const code = unit(bytes, at);
  if (code < 0xd800 || code > 0xdfff) return 2;
  if (code >= 0xdc00) return { end: at + 2, reason: 'illegal encoding' };
  if (left < 4) return { end: bytes.length, reason: 'unexpected end of data', isIncomplete: true };
  const low = unit(bytes, at + 2);
  return low >= 0xdc00 && low <= 0xdfff ? 4 : { end: at + 2, reason: 'illegal UTF-16 surrogate' };
}

function utf32(name: string, isLittle: boolean): Codec {
  const codeAt = (bytes: Uint8Array, i: number): number =>
    new DataView(bytes.buffer, bytes.byteOffset + i, 4).getUint32(0, isLittle);
  return {
    name,
    scan(bytes, from) {
      let i = from;
      for (; i < bytes.length; i += 4) {
        if (i + 3 >= bytes.length) return truncated(i, bytes.length);
        const code = codeAt(bytes, i);
        if (code > 0x10ffff) {
          return { end: i, fault: { end: i + 4, reason: 'code point not in range(0x110000)' } };
        }
        if (code >= 0xd800 && code <= 0xdfff) {
          return {
            end: i,
            fault: {
              end: i + 4,
              reason: 'code point in surrogate code point range(0xd800, 0xe000)',
            },
          };
        }
      }
      return { end: i, fault: null };
    },
    textOf(bytes) {
      const chars: string[] = [];
      for (let i = 0; i < bytes.length; i += 4) chars.push(String.fromCodePoint(codeAt(bytes, i)));
      return chars.join('');
    },
    unencodable: loneSurrogate,
    unencodableReason: 'surrogates not allowed',
    bytesOf(text) {
      const codes = [...text].map((char) => char.codePointAt(0)!);
      const bytes = new DataView(new ArrayBuffer(codes.length * 4));
      codes.forEach((code, i) => {
        bytes.setUint32(i * 4, code, isLittle);
      });
      return new Uint8Array(bytes.buffer);
    },
  };
}

function truncated(at: number, end: number): Scanned {
  return { end: at, fault: { end, reason: 'truncated data', isIncomplete: true } };
}
