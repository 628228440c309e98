import type { Codec } from './codec.ts';

/** What Python raises as UnicodeDecodeError or UnicodeEncodeError. Positions are its own: code points. */
export class TextError extends Error {
  readonly encoding: string;
  /** What could not be encoded or decoded. */
  readonly object: string | Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly reason: string;

  constructor(
    encoding: string,
    object: string | Uint8Array,
    start: number,
    end: number,
    reason: string,
  ) {
    super(textErrorMessage(encoding, object, start, end, reason));
    this.encoding = encoding;
    this.object = object;
    this.start = start;
    this.end = end;
    this.reason = reason;
  }
}

/** As Python tells what could not be encoded or decoded. */
export function textErrorMessage(
  encoding: string,
  object: string | Uint8Array,
  start: number,
  end: number,
  reason: string,
): string {
  const range = `in position ${start}-${end - 1}`;
  const isOne = end - start === 1 && start >= 0 && start < object.length;
  const at = `in position ${start}`;
  if (typeof object !== 'string') {
    const where = isOne ? `byte 0x${hex(object[start]!, 2)} ${at}` : `bytes ${range}`;
    return `'${encoding}' codec can't decode ${where}: ${reason}`;
  }
  const char = isOne ? [...object][start] : undefined;
  const where =
    char === undefined
      ? `characters ${range}`
      : `character '${escapeOf(char.codePointAt(0)!)}' ${at}`;
  return `'${encoding}' codec can't encode ${where}: ${reason}`;
}

/** Names of the error handlers that are built in. Python: the `errors` of `open`. */
export const handlers: ReadonlySet<string> = new Set([
  'strict',
  'ignore',
  'replace',
  'backslashreplace',
  'xmlcharrefreplace',
  'surrogateescape',
  'surrogatepass',
]);

export type Decoded = {
  readonly text: string;
  /** Bytes that were used; the rest may be the beginning of a char. */
  readonly used: number;
};

/** @param isFinal whether no bytes follow. @param from the first byte to decode. @throws TextError */
export function decode(
  codec: Codec,
  bytes: Uint8Array,
  errors: string,
  isFinal: boolean,
  from = 0,
): Decoded {
  let text = '';
  let at = from;
  while (at < bytes.length) {
    const { end, fault } = codec.scan(bytes, at);
    if (end > at) text += codec.textOf(bytes.subarray(at, end));
    at = end;
    if (fault === null) break;
    if (fault.isIncomplete === true && !isFinal) break;
    const bad =
      errors === 'surrogateescape'
        ? highBytes(bytes, at, fault.end)
        : bytes.subarray(at, fault.end);
    const instead =
      errors === 'surrogatepass'
        ? surrogateOf(codec, bytes.subarray(at, at + 3))
        : replacementOf(bad, errors);
    if (instead === null) throw new TextError(codec.name, bytes, at, fault.end, fault.reason);
    text += instead;
    // A lone surrogate in UTF-8 is three wrong bytes to `scan`.
    at += errors === 'surrogatepass' ? 3 : bad.length;
  }
  return { text, used: at };
}

/** Those before the first of ASCII, which is no half of a surrogate. */
function highBytes(bytes: Uint8Array, start: number, end: number): Uint8Array {
  let at = start;
  while (at < end && bytes[at]! >= 0x80) at++;
  return bytes.subarray(start, at);
}

function replacementOf(bad: Uint8Array, errors: string): string | null {
  switch (errors) {
    case 'ignore':
      return '';
    case 'replace':
      return '\ufffd';
    case 'backslashreplace':
      return Array.from(bad, (byte) => `\\x${hex(byte, 2)}`).join('');
    case 'surrogateescape':
      return bad.length > 0
        ? Array.from(bad, (byte) => String.fromCharCode(0xdc00 + byte)).join('')
        : null;
    default:
      return null;
  }
}

/** The surrogate that three bytes are, written as UTF-8 would write any other char. */
function surrogateOf(codec: Codec, bytes: Uint8Array): string | null {
  const [first, second = 0, third = 0] = bytes;
  if (codec.name !== 'utf-8' || first !== 0xed) return null;
  if (second < 0xa0 || second > 0xbf || third < 0x80 || third > 0xbf) return null;
  return String.fromCharCode(0xd000 | ((second & 0x3f) << 6) | (third & 0x3f));
}

/** @throws TextError */
export function encode(codec: Codec, text: string, errors: string): Uint8Array {
  let bad = codec.unencodable(text, 0);
  if (bad < 0) return codec.bytesOf(text);
  const parts: Uint8Array[] = [];
  let at = 0;
  while (bad >= 0) {
    if (bad > at) parts.push(codec.bytesOf(text.slice(at, bad)));
    let end = bad;
    // A handler is told of all that is wrong at one place, but by codecs of several bytes.
    do end += text.codePointAt(end)! > 0xffff ? 2 : 1;
    while (!codec.isToldAlone && end < text.length && codec.unencodable(text, end) === end);
    const instead = substituteOf(codec, text.slice(bad, end), errors);
    if (instead === null) throw encodeError(codec, text, bad, end);
    parts.push(instead);
    at = end;
    bad = codec.unencodable(text, at);
  }
  parts.push(codec.bytesOf(text.slice(at)));
  return Buffer.concat(parts);
}

function substituteOf(codec: Codec, bad: string, errors: string): Uint8Array | null {
  const each = (write: (code: number) => string): Uint8Array =>
    codec.bytesOf([...bad].map((char) => write(char.codePointAt(0)!)).join(''));
  switch (errors) {
    case 'ignore':
      return new Uint8Array(0);
    case 'replace':
      return each(() => '?');
    case 'backslashreplace':
      return each(escapeOf);
    case 'xmlcharrefreplace':
      return each((code) => `&#${code};`);
    case 'surrogateescape': {
      const codes = [...bad].map((char) => char.codePointAt(0)!);
      const fits = codes.every((code) => code >= 0xdc80 && code <= 0xdcff);
      return fits && !isWide(codec) ? Uint8Array.from(codes, (code) => code - 0xdc00) : null;
    }
    case 'surrogatepass': {
      if (isWide(codec)) return codec.bytesOf(bad);
      if (codec.name !== 'utf-8') return null;
      return Uint8Array.from(
        [...bad].flatMap((char) => {
          const code = char.charCodeAt(0);
          return [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)];
        }),
      );
    }
    default:
      return null;
  }
}

function encodeError(codec: Codec, text: string, from: number, to: number): TextError {
  const start = codePoints(text, 0, from);
  const end = start + codePoints(text, from, to);
  return new TextError(codec.name, text, start, end, codec.unencodableReason);
}

function codePoints(text: string, from: number, to: number): number {
  let count = 0;
  for (let i = from; i < to; i++) {
    if (text.codePointAt(i)! > 0xffff) i++;
    count++;
  }
  return count;
}

/** Whether the units of the encoding have more than a byte. */
function isWide({ name }: Codec): boolean {
  return name.startsWith('utf-16') || name.startsWith('utf-32');
}

function escapeOf(code: number): string {
  if (code <= 0xff) return `\\x${hex(code, 2)}`;
  return code <= 0xffff ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
