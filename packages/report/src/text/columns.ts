import { fit, fitStart, padEnd, padStart, widthOf } from './plain.ts';

export type Column = {
  readonly header: string;
  /** Its cells are aligned at the right. */
  readonly isFigure?: boolean;
  /**
   * Its cells may be cut to fit the terminal: names in the middle, source at the end. At most one of
   * a table.
   */
  readonly flexible?: 'middle' | 'end';
  /** Its cells are never wider, whatever the terminal; names in the middle. */
  readonly most?: number;
  /** Left out where there is no room: 1 first. */
  readonly expendable?: number;
};

/** Plain text, or text with a colour that is put on after it was aligned. */
export type Cell = string | { readonly text: string; readonly paint: (text: string) => string };

const gap = '  ';
/** A cut column keeps this much while there are columns that can be left out. */
const leastWidth = 24;
/** And this much whatever becomes of the lines. */
const shortest = 6;

/**
 * A table with a header, a line of `rule`, and columns as wide as their cells. Where it does not
 * fit, words of headers go below each other, then the flexible column is cut, and then columns are
 * left out.
 */
export function layOut(
  columns: readonly Column[],
  cells: readonly (readonly Cell[])[],
  width: number,
  rule = '-',
): string {
  const rows = cells.map((row) => row.map((cell, i) => capped(cell, columns[i]!.most)));
  let headers = columns.map(({ header }) => [header]);
  let widths = columnWidths(headers, rows);
  const flexible = columns.findIndex((column) => column.flexible);
  const excess = totalOf(widths) - width;
  // Cutting a name by a few columns is better than a second line of headers.
  if (excess > 0 && widths[flexible]! - excess < leastWidth) {
    headers = columns.map(({ header }) => header.split(' '));
    widths = columnWidths(headers, rows);
    headers = headers.map((words, i) => wrap(words, widths[i]!));
  }
  const cut = widths[flexible]! - Math.max(0, totalOf(widths) - width);
  const dropped = cut < Math.min(widths[flexible]!, leastWidth) ? firstExpendable(columns) : -1;
  if (dropped >= 0) {
    const without = <Item>(items: readonly Item[]) => items.filter((_, i) => i !== dropped);
    return layOut(without(columns), rows.map(without), width, rule);
  }
  const least = Math.min(widths[flexible]!, shortest);
  widths = widths.map((each, i) => (i === flexible ? Math.max(least, cut) : each));
  const height = Math.max(...headers.map((lines) => lines.length));
  const heading = Array.from({ length: height }, (_, row) => {
    // Short headers stand on the rule.
    return headers.map((lines) => lines[row - height + lines.length] ?? '');
  });
  const ruled = rule.repeat(totalOf(widths));
  const lines = [
    ...heading.map((cells) => line(columns, widths, cells)),
    ruled,
    ...rows.map((cells) => line(columns, widths, cells)),
  ];
  return lines.map((text) => `${text.trimEnd()}\n`).join('');
}

function capped(cell: Cell, most: number = Number.POSITIVE_INFINITY): Cell {
  return typeof cell === 'string' ? fit(cell, most) : cell;
}

/** −1 = all have to stay. */
function firstExpendable(columns: readonly Column[]): number {
  const ranks = columns.flatMap(({ expendable = [] }) => expendable);
  return columns.findIndex(({ expendable }) => expendable === Math.min(...ranks));
}

function totalOf(widths: readonly number[]): number {
  return widths.reduce((sum, each) => sum + each + gap.length, -gap.length);
}

function columnWidths(
  headers: readonly (readonly string[])[],
  rows: readonly (readonly Cell[])[],
): number[] {
  return headers.map((words, i) => {
    const least = Math.max(...words.map(widthOf));
    return rows.reduce((most, cells) => Math.max(most, widthOf(textOf(cells[i]!))), least);
  });
}

/** Words in as few lines of at most `width` as they need. */
function wrap(words: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const joined = `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && widthOf(joined) <= width) lines[lines.length - 1] = joined;
    else lines.push(word);
  }
  return lines;
}

function line(
  columns: readonly Column[],
  widths: readonly number[],
  cells: readonly Cell[],
): string {
  const texts = cells.map((cell, i) => {
    const { isFigure = false, flexible } = columns[i]!;
    const cut = flexible === 'end' ? fitStart : fit;
    const pad = isFigure ? padStart : padEnd;
    const text = pad(cut(textOf(cell), widths[i]!), widths[i]!);
    return typeof cell === 'string' ? text : cell.paint(text);
  });
  return texts.join(gap);
}

function textOf(cell: Cell): string {
  return typeof cell === 'string' ? cell : cell.text;
}
