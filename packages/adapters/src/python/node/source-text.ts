import { codecOf } from './codecs.ts';
import { decode, TextError } from './text-errors.ts';

/** PEP 263: in one of the first two lines, the second only after one that has no code. */
const cookie = /^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)/;
const noCode = /^[ \t\f]*(?:[#\r\n]|$)/;

/**
 * The text of a Python source: by its byte order mark or coding cookie, UTF-8 without either, and
 * with newlines of one kind.
 *
 * @returns what is wrong with it, in CPython's words, where it is no text.
 */
export function decodeSource(bytes: Uint8Array): string | { readonly problem: string } {
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const body = hasMark ? bytes.subarray(3) : bytes;
  if (body.includes(0)) return { problem: 'source code cannot contain null bytes' };
  const named = cookieOf(body);
  if (hasMark && named !== null && !/^utf[-_]?8/i.test(named)) {
    return { problem: `encoding problem: ${named} with BOM` };
  }
  const codec = codecOf(named ?? 'utf-8');
  if (codec === null) return { problem: `unknown encoding: ${named}` };
  try {
    return withNewlines(decode(codec, body, 'strict', true).text);
  } catch (error) {
    if (!(error instanceof TextError)) throw error;
    const line = countLines(body.subarray(0, error.start));
    return { problem: `(unicode error) ${error.message} on line ${line}` };
  }
}

function cookieOf(body: Uint8Array): string | null {
  const [first = '', second = ''] = Buffer.from(body.subarray(0, 1000))
    .toString('latin1')
    .split(/\r\n|\r|\n/, 2);
  const found = cookie.exec(first) ?? (noCode.test(first) ? cookie.exec(second) : null);
  return found?.[1] ?? null;
}

/** Text with one kind of newlines, as the tokenizer of Python makes it. */
export function withNewlines(text: string): string {
  return text.includes('\r') ? text.replaceAll(/\r\n?/g, '\n') : text;
}

function countLines(bytes: Uint8Array): number {
  let lines = 1;
  for (const byte of bytes) if (byte === 10) lines++;
  return lines;
}
