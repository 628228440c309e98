/** Characters of a name or a source line that are shown. */
const longest = 160;

/**
 * Text of the traced program, or of a file's name, for an answer: on one line, with nothing that a
 * terminal or a reader would take for something else, and not longer than a name that tells something.
 */
export function shown(text: string): string {
  const escaped = text.replaceAll(
    /[\p{Cc}\p{Cf}\p{Surrogate}\u2028\u2029]/gu,
    (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
  if (escaped.length <= longest) return escaped;
  const half = longest / 2;
  return `${wellFormed(escaped.slice(0, half))}…${wellFormed(escaped.slice(-half))}`;
}

/** A cut may go through a pair. */
function wellFormed(text: string): string {
  return text.replaceAll(/\p{Surrogate}/gu, '');
}
