/**
 * A string as Python's `repr()` writes it: single quotes unless it has some and no double ones,
 * and escapes for what `str.isprintable()` denies (by this engine's Unicode tables, which may be
 * newer than a given Python's).
 */
export function pythonRepr(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  let body = '';
  for (const character of text) {
    if (character === quote || character === '\\') body += `\\${character}`;
    else if (character === ' ' || isPrintable(character)) body += character;
    else body += escapeCharacter(character);
  }
  return quote + body + quote;
}

function isPrintable(character: string): boolean {
  return !/[\p{C}\p{Z}]/u.test(character);
}

function escapeCharacter(character: string): string {
  if (character === '\n') return '\\n';
  if (character === '\r') return '\\r';
  if (character === '\t') return '\\t';
  const point = character.codePointAt(0) as number;
  if (point < 0x100) return `\\x${point.toString(16).padStart(2, '0')}`;
  if (point < 0x10000) return `\\u${point.toString(16).padStart(4, '0')}`;
  return `\\U${point.toString(16).padStart(8, '0')}`;
}

// What Python's str.isspace() accepts. `\s` and trim() differ: they take U+FEFF, and not U+001C
// to U+001F and U+0085.
const space =
  '[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';
const leadingSpace = new RegExp(`^${space}+`);
const trailingSpace = new RegExp(`${space}+$`);

/** Python: str.strip(). */
export function pythonStrip(text: string): string {
  return text.replace(leadingSpace, '').replace(trailingSpace, '');
}
