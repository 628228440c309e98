// WTF-8: UTF-8 in which a lone surrogate is written as the three bytes it would have as a code
// point. Python calls it UTF-8 with "surrogatepass"; file names that are no text need it.

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const loneSurrogate = /\p{Surrogate}/u;

/** Encodes any JavaScript string; the inverse of {@link decodeWtf8}. */
export function encodeWtf8(text: string): Uint8Array {
  if (!loneSurrogate.test(text)) return encoder.encode(text);
  const bytes = new Uint8Array(text.length * 3);
  let length = 0;
  for (const letter of text) {
    const code = letter.codePointAt(0)!;
    if (code >= 0xd800 && code <= 0xdfff) {
      bytes[length++] = 0xed;
      bytes[length++] = 0x80 | ((code >> 6) & 0x3f);
      bytes[length++] = 0x80 | (code & 0x3f);
    } else {
      length += encoder.encodeInto(letter, bytes.subarray(length)).written;
    }
  }
  return bytes.slice(0, length);
}

/**
 * Decodes `bytes[start … end)`.
 * @returns `null` when they are not WTF-8. Two surrogates that were written apart and form a pair
 * become that pair: JavaScript cannot tell them from the character.
 */
export function decodeWtf8(bytes: Uint8Array, start: number, end: number): string | null {
  const ascii = end - start <= 64 ? decodeShortAscii(bytes, start, end) : null;
  if (ascii !== null) return ascii;
  try {
    return decoder.decode(bytes.subarray(start, end));
  } catch {
    return decodeAroundSurrogates(bytes, start, end);
  }
}

/** TextDecoder costs some 300 ns a call, which is most of the work when strings are short. */
function decodeShortAscii(bytes: Uint8Array, start: number, end: number): string | null {
  let text = '';
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    if (byte > 0x7f) return null;
    text += String.fromCharCode(byte);
  }
  return text;
}

/** Splits at the three-byte surrogates: what lies between them must be UTF-8. */
function decodeAroundSurrogates(bytes: Uint8Array, start: number, end: number): string | null {
  const parts: string[] = [];
  let from = start;
  try {
    for (let at = start; at + 2 < end; ) {
      if (bytes[at] === 0xed && bytes[at + 1]! >= 0xa0 && bytes[at + 1]! < 0xc0) {
        const last = bytes[at + 2]!;
        if (last >> 6 !== 2) return null;
        parts.push(decoder.decode(bytes.subarray(from, at)));
        parts.push(String.fromCharCode(0xd000 | ((bytes[at + 1]! & 0x3f) << 6) | (last & 0x3f)));
        at += 3;
        from = at;
      } else {
        at++;
      }
    }
    parts.push(decoder.decode(bytes.subarray(from, end)));
  } catch {
    return null;
  }
  return parts.join('');
}
