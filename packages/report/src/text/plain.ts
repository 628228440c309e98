import stringWidth from 'string-width';

/**
 * What a terminal would obey and not show: control characters, marks that reorder or hide text,
 * line separators, halves of surrogate pairs.
 */
const unsafe = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
const printableAscii = /^[\x20-\x7e]*$/;

/**
 * A name or text of the guest with everything unsafe as an escape, as Python's `repr` would write
 * it: `\x1b[2J`. A guest chooses its names, and a report must not let it write to the terminal.
 */
export function plain(text: string): string {
  return printableAscii.test(text) ? text : text.replaceAll(unsafe, escaped);
}

/** A line of source: {@link plain}, with tabs as spaces (tab stops every 8 columns). */
export function plainSource(line: string): string {
  const [first = '', ...rest] = line.replace(/[\r\n]+$/, '').split('\t');
  let text = plain(first);
  for (const part of rest) text += ' '.repeat(8 - (widthOf(text) % 8)) + plain(part);
  return text;
}

function escaped(character: string): string {
  const point = character.codePointAt(0)!;
  if (point < 0x100) return `\\x${point.toString(16).padStart(2, '0')}`;
  if (point < 0x10000) return `\\u${point.toString(16).padStart(4, '0')}`;
  return `\\U${point.toString(16).padStart(8, '0')}`;
}

/** Columns that a terminal needs for plain text. */
export function widthOf(text: string): number {
  return printableAscii.test(text) ? text.length : stringWidth(text);
}

/**
 * Plain text of at most `width` columns: a longer one loses its middle, because a path is known by
 * its end and a function by its beginning.
 */
export function fit(text: string, width: number): string {
  // Marks that stack on one letter take no column; they may not take the line either.
  const longest = width * 4;
  if (text.length <= longest && widthOf(text) <= width) return text;
  if (width <= 1) return width === 1 ? '…' : '';
  const startWidth = Math.floor((width - 1) / 3);
  const start = leading(graphemesOf(text.slice(0, longest)), startWidth);
  const end = leading(
    graphemesOf(text.slice(-longest)).reverse(),
    width - 1 - widthOf(start.join('')),
  );
  return `${start.join('')}…${end.reverse().join('')}`;
}

/** Plain text of at most `width` columns: a longer one loses its end, as source code does best. */
export function fitStart(text: string, width: number): string {
  if (text.length <= width * 4 && widthOf(text) <= width) return text;
  if (width <= 1) return width === 1 ? '…' : '';
  return `${leading(graphemesOf(text.slice(0, width * 4)), width - 1).join('')}…`;
}

/** Words in lines of at most `width` columns where they can be; lines after the first are indented. */
export function wrapWords(text: string, width: number, indent = '  '): string {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const joined = `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && widthOf(joined) <= width) lines[lines.length - 1] = joined;
    else lines.push(lines.length === 0 ? word : indent + word);
  }
  return lines.join('\n');
}

/** Plain text in `width` columns, with spaces after it. */
export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

/** Plain text in `width` columns, with spaces before it. */
export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - widthOf(text))) + text;
}

/** As many of the first graphemes as `width` columns hold. */
function leading(graphemes: readonly string[], width: number): string[] {
  const taken: string[] = [];
  let left = width;
  for (const grapheme of graphemes) {
    left -= grapheme.length > 16 ? Number.POSITIVE_INFINITY : widthOf(grapheme);
    if (left < 0) break;
    taken.push(grapheme);
  }
  return taken;
}

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

function graphemesOf(text: string): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}
