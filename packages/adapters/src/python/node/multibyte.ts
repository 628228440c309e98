import type { Codec } from './codec.ts';

/** An encoding of Python, by how it differs from what the platform has under `label`. */
type Kind = {
  readonly name: string;
  readonly label: string;
  /** Whether Python, too, has what the platform reads from these bytes, the first of them from 80 on. */
  has(code: number, first: number, second: number): boolean;
  /** Bytes, as one number, that Python reads as other chars. */
  readonly others: Readonly<Record<number, string>>;
  /** Chars that are written as bytes which are read as other chars. */
  readonly written: Readonly<Record<string, number>>;
  /** Whether Python waits for more after each byte from 80 on, also where no char begins with it. */
  readonly waits: boolean;
};

const isPrivate = (code: number): boolean => code >= 0xe000 && code < 0xf900;
const isControl = (code: number): boolean => code < 0xa0;
/** In Japanese sets the yen sign and the overline share the bytes of the backslash and the tilde. */
const yen = { '¥': 0x5c, '‾': 0x7e };

const kinds: Readonly<Record<string, Kind>> = {
  shift_jis: {
    name: 'shift_jis',
    label: 'shift_jis',
    has: (code, first) => !isPrivate(code) && !isControl(code) && first !== 0x87 && first < 0xed,
    others: { 33120: '〜', 33121: '‖', 33148: '−', 33169: '¢', 33170: '£', 33226: '¬' },
    written: yen,
    waits: false,
  },
  cp932: {
    name: 'cp932',
    label: 'shift_jis',
    has: () => true,
    others: { 128: '\x80', 160: '\uf8f0', 253: '\uf8f1', 254: '\uf8f2', 255: '\uf8f3' },
    written: { '〜': 0x8160, '‖': 0x8161, '−': 0x817c, '¢': 0x8191, '£': 0x8192, '¬': 0x81ca },
    waits: false,
  },
  euc_jp: {
    name: 'euc_jp',
    label: 'euc-jp',
    has: (code, first, second) =>
      !isPrivate(code) &&
      !isControl(code) &&
      !(first === 0x8e && second > 0xdf) &&
      !(first === 0x8f && second > 0xed) &&
      first !== 0xad &&
      first < 0xf5,
    others: {
      41409: '〜',
      41410: '‖',
      41437: '−',
      41457: '¢',
      41458: '£',
      41676: '¬',
      9413303: '~',
    },
    written: yen,
    waits: true,
  },
  gbk: {
    name: 'gbk',
    label: 'gbk',
    has: (code, first) => !isPrivate(code) && !isControl(code) && first !== 0x80,
    others: {},
    written: {},
    waits: true,
  },
};

/** Python's other names of them, as {@link multibyteOf} takes them. */
const names: Readonly<Record<string, string>> = {
  'shift-jis': 'shift_jis',
  shiftjis: 'shift_jis',
  sjis: 'shift_jis',
  's-jis': 'shift_jis',
  csshiftjis: 'shift_jis',
  cp932: 'cp932',
  932: 'cp932',
  ms932: 'cp932',
  mskanji: 'cp932',
  'ms-kanji': 'cp932',
  'windows-31j': 'cp932',
  'euc-jp': 'euc_jp',
  eucjp: 'euc_jp',
  ujis: 'euc_jp',
  'u-jis': 'euc_jp',
  gbk: 'gbk',
  cp936: 'gbk',
  936: 'gbk',
  ms936: 'gbk',
};

const codecs = new Map<string, Codec>();

/** An encoding of East Asia that has chars of several bytes, by its name with hyphens; `null` = not known here. */
export function multibyteOf(key: string): Codec | null {
  const name = names[key];
  if (name === undefined) return null;
  let codec = codecs.get(name);
  if (codec === undefined) {
    codec = multibyte(kinds[name]!);
    codecs.set(name, codec);
  }
  return codec;
}

/** Chars by their bytes as one number, as many as the platform and Python have. */
function tableOf({ label, has, others }: Kind): Map<number, string> {
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
  if (label === 'euc-jp') {
    for (let second = 0xa1; second < 0xff; second++) {
      for (let third = 0xa1; third < 0xff; third++) add(0x8f, second, third);
    }
  }
  for (const [bytes, char] of Object.entries(others)) table.set(Number(bytes), char);
  return table;
}

const numberOf = (bytes: Iterable<number>): number => {
  let number = 0;
  for (const byte of bytes) number = number * 256 + byte;
  return number;
};

function bytesIn(number: number): readonly number[] {
  return number < 0x100 ? [number] : [...bytesIn(Math.floor(number / 256)), number % 256];
}

/** Tables are made when they are first needed, which takes some 50 ms. */
function multibyte(kind: Kind): Codec {
  const chars = tableOf(kind);
  const numbers = new Map<string, number>(Object.entries(kind.written));
  // Where a char has two places, Python writes the first.
  const ordered = [...chars.keys()].sort((a, b) => a - b);
  for (const number of ordered.reverse()) numbers.set(chars.get(number)!, number);
  const leads = new Set(ordered.map((number) => bytesIn(number)[0]!));
  const reason = 'illegal multibyte sequence';

  /** Bytes of the char at `at`; 0 for none, −1 where more bytes may make one. */
  const sizeAt = (bytes: Uint8Array, at: number): number => {
    if (chars.has(bytes[at]!)) return 1;
    if (!kind.waits && !leads.has(bytes[at]!)) return 0;
    const longest = bytes[at] === 0x8f && kind.label === 'euc-jp' ? 3 : 2;
    if (at + longest > bytes.length) return -1;
    return chars.has(numberOf(bytes.subarray(at, at + longest))) ? longest : 0;
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
        text.push(chars.get(numberOf(bytes.subarray(at, at + size)))!);
        at += size;
      }
      return text.join('');
    },
    unencodable(text, from) {
      for (let i = from; i < text.length; i++) if (!numbers.has(text[i]!)) return i;
      return -1;
    },
    unencodableReason: reason,
    isToldAlone: true,
    bytesOf: (text) => Uint8Array.from([...text].flatMap((char) => bytesIn(numbers.get(char)!))),
  };
}
