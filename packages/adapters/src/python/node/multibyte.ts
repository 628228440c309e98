import type { Codec } from './codec.ts';
import { charsFrom, type Kind, kinds, names } from './multibyte-kinds.ts';

const codecs = new Map<string, Codec>();

/** An encoding of East Asia that has chars of several bytes, by its name with hyphens; `null` = not known here. */
export function multibyteOf(key: string): Codec | null {
  const name = Object.keys(names).find((one) => names[one]!.split(' ').includes(key));
  if (name === undefined) return null;
  let codec = codecs.get(name);
  if (codec === undefined) {
    codec = multibyte(kinds[name]!);
    codecs.set(name, codec);
  }
  return codec;
}

/** Chars by their bytes as one number, as many as the platform and Python have. */
function tableOf({ label, has, others, longer }: Kind): Map<number, string> {
  const decoder = new TextDecoder(label);
  const table = new Map<number, string>();
  const add = (...bytes: number[]): void => {
    const char = decoder.decode(Uint8Array.from(bytes));
    const code = char.codePointAt(0)!;
    const isOne = char.length === (code > 0xffff ? 2 : 1) && code !== 0xfffd;
    if (isOne && has(code, bytes[0]!, bytes[1] ?? 0)) table.set(numberOf(bytes), char);
  };
  for (let ascii = 0; ascii < 0x80; ascii++) table.set(ascii, String.fromCharCode(ascii));
  for (let first = 0x80; first < 0x100; first++) {
    add(first);
    for (let second = 0x40; second < 0x100; second++) add(first, second);
  }
  for (const [bytes, chars] of Object.entries(others)) {
    for (const [i, char] of [...chars].entries()) table.set(Number(bytes) + i, char);
  }
  if (longer === 'euc-jp') {
    for (let second = 0xa1; second < 0xff; second++) {
      for (let third = 0xa1; third < 0xff; third++) add(0x8f, second, third);
    }
    table.set(0x8fa2b7, '~');
  }
  if (longer === 'hangul') addHangul(table);
  return table;
}

/** The syllables that EUC-KR lacks, in Unicode's order, on bytes that it leaves free. */
function addHangul(table: Map<number, string>): void {
  const known = new Set(table.values());
  const letters = [...between(0x41, 0x5a), ...between(0x61, 0x7a)];
  const free = between(0x81, 0xc6).flatMap((first) =>
    [...letters, ...between(0x81, first < 0xa1 ? 0xfe : 0xa0)].map(
      (second) => first * 256 + second,
    ),
  );
  const missing = [...charsFrom(0xac00, 0xd7a3)].filter((char) => !known.has(char));
  for (const [i, char] of missing.entries()) table.set(free[i]!, char);
}

const between = (first: number, last: number): readonly number[] =>
  Array.from({ length: last - first + 1 }, (_, i) => first + i);

const numberOf = (bytes: Iterable<number>): number => {
  let number = 0;
  for (const byte of bytes) number = number * 256 + byte;
  return number;
};

function bytesIn(number: number): readonly number[] {
  return number < 0x100 ? [number] : [...bytesIn(Math.floor(number / 256)), number % 256];
}

/** Chars of four bytes in GB 18030: those that are not in its table, in Unicode's order. */
type FourBytes = {
  charAt(bytes: Uint8Array, at: number): string | undefined;
  bytesOf(char: string): readonly number[] | null;
};

function fourBytes(table: ReadonlyMap<number, string>): FourBytes {
  const known = new Set(table.values());
  const rest = [...charsFrom(0x80, 0xd7ff), ...charsFrom(0xe000, 0xffff)].filter(
    (char) => !known.has(char),
  );
  const places = new Map(rest.map((char, place) => [char, place] as const));
  /** The place of U+10000. */
  const firstAstral = 189_000;
  return {
    charAt(bytes, at) {
      const [first, second, third, fourth] = bytes.subarray(at, at + 4) as unknown as number[];
      if (first! < 0x81 || first === 0xff || third! < 0x81 || third === 0xff) return undefined;
      if (fourth! < 0x30 || fourth! > 0x39) return undefined;
      const place =
        (((first! - 0x81) * 10 + second! - 0x30) * 126 + third! - 0x81) * 10 + fourth! - 0x30;
      const astral = place - firstAstral;
      if (astral < 0) return rest[place];
      return astral < 0x100000 ? String.fromCodePoint(0x10000 + astral) : undefined;
    },
    bytesOf(char) {
      const code = char.codePointAt(0)!;
      const place = code > 0xffff ? firstAstral + code - 0x10000 : places.get(char);
      if (place === undefined) return null;
      return [
        0x81 + Math.floor(place / 12_600),
        0x30 + (Math.floor(place / 1260) % 10),
        0x81 + (Math.floor(place / 10) % 126),
        0x30 + (place % 10),
      ];
    },
  };
}

/** Tables are made when they are first needed, which takes some 50 ms. */
function multibyte(kind: Kind): Codec {
  const chars = tableOf(kind);
  const four = kind.longer === 'gb18030' ? fourBytes(chars) : null;
  const numbers = new Map<string, number>();
  // Where a char has two places, Python writes the first, but for some.
  const ordered = [...chars.keys()].sort((a, b) => a - b);
  for (const number of ordered.reverse()) numbers.set(chars.get(number)!, number);
  for (const [char, number] of Object.entries(kind.written)) numbers.set(char, number);
  const leads = new Set(ordered.map((number) => bytesIn(number)[0]!));
  const reason = 'illegal multibyte sequence';

  const isOfFour = (bytes: Uint8Array, at: number): boolean =>
    four !== null && bytes[at + 1]! >= 0x30 && bytes[at + 1]! <= 0x39;

  /** Bytes of the char at `at`; 0 for none, −1 where more bytes may make one. */
  const sizeAt = (bytes: Uint8Array, at: number): number => {
    if (chars.has(bytes[at]!)) return 1;
    if (!kind.waits && !leads.has(bytes[at]!)) return 0;
    if (isOfFour(bytes, at)) {
      if (at + 4 > bytes.length) return -1;
      return four!.charAt(bytes, at) === undefined ? 0 : 4;
    }
    const longest = bytes[at] === 0x8f && kind.longer === 'euc-jp' ? 3 : 2;
    if (at + longest > bytes.length) return -1;
    return chars.has(numberOf(bytes.subarray(at, at + longest))) ? longest : 0;
  };

  const bytesOf = (char: string): readonly number[] | null => {
    const number = numbers.get(char);
    return number === undefined ? (four?.bytesOf(char) ?? null) : bytesIn(number);
  };

  return {
    name: kind.name,
    scan(bytes, from) {
      let at = from;
      while (at < bytes.length) {
        const size = sizeAt(bytes, at);
        if (size === 0) return { end: at, fault: { end: at + 1, reason } };
        if (size < 0) {
          const incomplete = 'incomplete multibyte sequence';
          return { end: at, fault: { end: bytes.length, reason: incomplete, isIncomplete: true } };
        }
        at += size;
      }
      return { end: at, fault: null };
    },
    textOf(bytes) {
      const text: string[] = [];
      for (let at = 0; at < bytes.length; ) {
        const size = sizeAt(bytes, at);
        const char =
          size === 4 ? four!.charAt(bytes, at) : chars.get(numberOf(bytes.subarray(at, at + size)));
        text.push(char!);
        at += size;
      }
      return text.join('');
    },
    unencodable(text, from) {
      for (let i = from; i < text.length; ) {
        const char = String.fromCodePoint(text.codePointAt(i)!);
        if (bytesOf(char) === null) return i;
        i += char.length;
      }
      return -1;
    },
    unencodableReason: reason,
    isToldAlone: true,
    bytesOf: (text) => Uint8Array.from([...text].flatMap((char) => bytesOf(char)!)),
  };
}
