import { fit, pad, widthOf } from './plain.ts';

export type Column = {
  readonly header: string;
  readonly align: 'left' | 'right';
  /** Its cells may be cut to fit the terminal; others never are. At most one of a table. */
  readonly flexible?: boolean;
};

/** Plain text, or text with a colour that is put on after it was aligned. */
export type Cell = string | { readonly text: string; readonly paint: (text: string) => string };

const gap = '  ';
/** A cut column keeps this much, so that it says something; the line is then too long. */
const leastWidth = 16;

/** A table with a header, a rule of `rule` below it, and columns as wide as their cells. */
export function layOut(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  width: number,
  rule = '-',
): string {
  const widths = columnWidths(columns, rows, width);
  const header = line(
    columns,
    widths,
    columns.map((column) => column.header),
  );
  const ruled = widths.map((columnWidth) => rule.repeat(columnWidth)).join(rule.repeat(gap.length));
  const body = rows.map((cells) => line(columns, widths, cells));
  return [header, ruled, ...body].map((text) => `${text}\n`).join('');
}

function columnWidths(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  width: number,
): number[] {
  const widths = columns.map(({ header }, i) => {
    return rows.reduce(
      (most, cells) => Math.max(most, widthOf(textOf(cells[i]!))),
      widthOf(header),
    );
  });
  const taken = widths.reduce((sum, each) => sum + each + gap.length, -gap.length);
  const flexible = columns.findIndex((column) => column.flexible);
  if (flexible >= 0 && taken > width) {
    const least = Math.min(
      widths[flexible]!,
      Math.max(leastWidth, columns[flexible]!.header.length),
    );
    widths[flexible] = Math.max(least, widths[flexible]! - (taken - width));
  }
  return widths;
}

function line(
  columns: readonly Column[],
  widths: readonly number[],
  cells: readonly Cell[],
): string {
  const texts = cells.map((cell, i) => {
    const { align } = columns[i]!;
    const fitted = fit(textOf(cell), widths[i]!);
    const last = i === columns.length - 1 && align === 'left';
    const text = last ? fitted : pad(fitted, widths[i]!, align);
    return typeof cell === 'string' ? text : cell.paint(text);
  });
  return texts.join(gap);
}

function textOf(cell: Cell): string {
  return typeof cell === 'string' ? cell : cell.text;
}
