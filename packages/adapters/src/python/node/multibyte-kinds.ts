/** An encoding of Python, by how it differs from what the platform has under `label`. */
export type Kind = {
  readonly name: string;
  readonly label: string;
  /** Whether Python, too, has what the platform reads from these bytes, the first of them from 80 on. */
  has(code: number, first: number, second: number): boolean;
  /** Bytes, as one number, that Python reads as other chars: as the first of these, the next bytes as the next. */
  readonly others: Readonly<Record<number, string>>;
  /** Chars that are written as bytes which are read as other chars. */
  readonly written: Readonly<Record<string, number>>;
  /** Whether Python waits for more after each byte from 80 on, also where no char begins with it. */
  readonly waits: boolean;
  /** Chars of more bytes, and by rule. */
  readonly longer?: 'euc-jp' | 'gb18030' | 'hangul';
};

const isPrivate = (code: number): boolean => code >= 0xe000 && code < 0xf900;
const isControl = (code: number): boolean => code < 0xa0;
/** In Japanese sets the yen sign and the overline share the bytes of the backslash and the tilde. */
const yen = { '¥': 0x5c, '‾': 0x7e };

/** Chars in Unicode's order, both ends included. */
export const charsFrom = (first: number, last: number): string =>
  Array.from({ length: last - first + 1 }, (_, i) => String.fromCharCode(first + i)).join('');

/** Rows C6 and C7 of Big5, which the platform takes for private use. */
const kana = `ヾゝゞ々${charsFrom(0x3041, 0x3093)}${charsFrom(0x30a1, 0x30f6)}`;
const big5Rows = {
  50849: kana.slice(0, 94),
  51008: kana.slice(94, 157),
  51105: `${kana.slice(157)}ДЕЁЖЗИЙКЛМУФХЦЧШЩЪЫЬЭЮЯабвгдеёжзийклмнопрстуфхцчшщъыьэюя①②③④⑤⑥⑦⑧⑨⑩⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽`,
};

/** Where GB 2312 has something in its rows of signs: first and last bytes by row. */
const gb2312Signs: Readonly<Record<number, readonly (readonly [first: number, last: number])[]>> = {
  161: [[0xa1, 0xfe]],
  162: [
    [0xb1, 0xe2],
    [0xe5, 0xee],
    [0xf1, 0xfc],
  ],
  163: [[0xa1, 0xfe]],
  164: [[0xa1, 0xf3]],
  165: [[0xa1, 0xf6]],
  166: [
    [0xa1, 0xb8],
    [0xc1, 0xd8],
  ],
  167: [
    [0xa1, 0xc1],
    [0xd1, 0xf1],
  ],
  168: [
    [0xa1, 0xba],
    [0xc5, 0xe9],
  ],
  169: [[0xa4, 0xef]],
};

function isInGb2312(first: number, second: number): boolean {
  if (second < 0xa1) return false;
  if (first >= 0xb0) return first < 0xf8 && !(first === 0xd7 && second > 0xf9);
  return gb2312Signs[first]?.some(([from, to]) => second >= from && second <= to) ?? false;
}

/**
 * Of what the platform has in EUC-KR. A4D4 begins syllables of eight bytes, which are not known here:
 * those that EUC-KR lacks otherwise.
 */
const isKorean = (code: number, first: number, second: number): boolean =>
  !isPrivate(code) && !isControl(code) && !(first === 0xa4 && second === 0xd4);

export const kinds: Readonly<Record<string, Kind>> = {
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
    },
    written: yen,
    waits: true,
    longer: 'euc-jp',
  },
  big5: {
    name: 'big5',
    label: 'big5',
    has: (code, first, second) =>
      !isPrivate(code) &&
      !isControl(code) &&
      first > 0xa0 &&
      !(first === 0xa3 && second > 0xbf) &&
      !(first === 0xf9 && second > 0xd5),
    others: {
      41285: '•',
      41294: '､',
      41410: '‾',
      41443: '∼',
      41458: '♁☉',
      41537: '／＼',
      41540: '¥',
      41542: '¢£',
      ...big5Rows,
    },
    written: { 十: 0xa451, 卅: 0xa4ca, '／': 0xa241, '＼': 0xa242 },
    waits: true,
  },
  cp950: {
    name: 'cp950',
    label: 'big5',
    has: (code, first) => !isPrivate(code) && !isControl(code) && first > 0xa0,
    others: big5Rows,
    written: {
      '¢': 0xa246,
      '£': 0xa247,
      '¥': 0xa244,
      '•': 0xa145,
      '‾': 0xa1c2,
      '∼': 0xa1e3,
      '☉': 0xa1f3,
      '♁': 0xa1f2,
      十: 0xa451,
      卅: 0xa4ca,
      '､': 0xa14e,
    },
    waits: true,
  },
  euc_kr: {
    name: 'euc_kr',
    label: 'euc-kr',
    has: isKorean,
    others: { 41702: '€®' },
    written: { '\u3164': 0xa4d4 },
    waits: true,
  },
  cp949: {
    name: 'cp949',
    label: 'euc-kr',
    has: (code) => !isPrivate(code) && !isControl(code),
    others: { 41702: '€®' },
    written: {},
    waits: true,
    longer: 'hangul',
  },
  gb2312: {
    name: 'gb2312',
    label: 'gbk',
    has: (_, first, second) => isInGb2312(first, second),
    others: { 41380: '・', 41386: '―' },
    written: {},
    waits: true,
  },
  gb18030: {
    name: 'gb18030',
    label: 'gb18030',
    has: (code, first) => !isControl(code) && first > 0x80,
    others: {
      41888: '\ue5e5',
      42713: charsFrom(0xe78d, 0xe793),
      42732: '\ue794\ue795',
      42739: '\ue796',
      43196: '\ue7c7',
      65113: '\ue81e',
      65121: '\ue826',
      65126: '\ue82b\ue82c',
      65133: '\ue832',
      65150: '\ue843',
      65168: '\ue854',
      65184: '\ue864',
    },
    written: {},
    waits: true,
    longer: 'gb18030',
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

/** Python's names of them, with hyphens. */
export const names: Readonly<Record<string, string>> = {
  shift_jis: 'shift-jis shiftjis sjis s-jis csshiftjis',
  cp932: 'cp932 932 ms932 mskanji ms-kanji windows-31j',
  euc_jp: 'euc-jp eucjp ujis u-jis',
  big5: 'big5 big5-tw csbig5',
  cp950: 'cp950 950 ms950',
  euc_kr: 'euc-kr euckr korean ksc5601 ks-c-5601 ks-c-5601-1987 ksx1001 ks-x-1001',
  cp949: 'cp949 949 ms949 uhc',
  gb2312:
    'gb2312 chinese csiso58gb231280 euc-cn euccn eucgb2312-cn gb2312-1980 gb2312-80 iso-ir-58',
  gbk: 'gbk cp936 936 ms936',
  gb18030: 'gb18030 gb18030-2000',
};
