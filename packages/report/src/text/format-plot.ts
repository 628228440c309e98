import { Snapshot } from '@tracemalloc/core';
import { BrailleCanvas } from './braille.ts';
import { painter } from './paint.ts';
import { fit, padStart, plain, widthOf } from './plain.ts';
import { axisOf, type PlotReport, plotReport } from './plot.ts';
import { type SomeText, type TextOptions, textOptions } from './text-options.ts';
import { formatBytes, formatTime } from './units.ts';

/** Rows of characters of the curve, and of the host's. */
const tracedRows = 12;
const hostRows = 5;
/** Marks that are listed. */
const maxMarks = 20;

/** A run, and what it is called. */
export type NamedPlot = { readonly name: string; readonly report: PlotReport };

/**
 * Curves in braille, one below the other over the same time and the same bytes, each with its peak,
 * and marks by number. Where V8's own heap was recorded, it has a curve of its own scale.
 */
export function formatPlot(given: readonly NamedPlot[] | Snapshot, options: SomeText = {}): string {
  const runs = given instanceof Snapshot ? [{ name: '', report: plotReport(given) }] : given;
  const text = textOptions(options);
  const paint = painter(text.color);
  const axis = axisOf(runs.map(({ report }) => report));
  const most = Math.max(...runs.map(({ report }) => report.peak));
  const out: string[] = [];
  for (const { name, report } of runs) {
    if (runs.length > 1) out.push(paint.heading(fit(plain(name), text.width)));
    out.push(...title(report, text));
    const traced = report.points.map((point) => ({ ...point, at: axis.positionOf(point) }));
    const marks = report.marks.map(axis.positionOf);
    out.push(...curve(traced, { ...axis, most, rows: tracedRows, marks }, text));
    out.push(...listMarks(report, text));
    const host = report.points.flatMap((point) => {
      if (point.host === null) return [];
      return [{ at: axis.positionOf(point), bytes: point.host, min: point.host, max: point.host }];
    });
    if (host.length < 2) continue;
    const top = Math.max(...host.map(({ bytes }) => bytes));
    out.push(`The host's own heap: ${formatBytes(top, text.units)}`);
    out.push(...curve(host, { ...axis, most: top, rows: hostRows, marks: [] }, text));
  }
  return `${out.join('\n')}\n`;
}

/** In one line, or where that is too long in two. */
function title({ peak, peakTime, points }: PlotReport, text: TextOptions): string[] {
  const when = peakTime === null ? '' : ` at ${formatTime(peakTime)}`;
  const most = `Traced memory: ${formatBytes(peak, text.units)}${when}`;
  const end = `${formatBytes(points.at(-1)!.bytes, text.units)} at the end`;
  const line = `${most}, ${end}`;
  return widthOf(line) <= text.width ? [line] : [most, end];
}

type CurvePoint = {
  readonly at: number;
  readonly bytes: number;
  readonly min: number;
  readonly max: number;
};

type Frame = {
  readonly most: number;
  readonly last: number;
  readonly isTimed: boolean;
  readonly rows: number;
  /** Where marks are. */
  readonly marks: readonly number[];
};

function curve(points: readonly CurvePoint[], frame: Frame, text: TextOptions): string[] {
  const paint = painter(text.color);
  const { rows } = frame;
  const labels = [frame.most, frame.most / 2, 0].map((bytes) =>
    formatBytes(Math.round(bytes), text.units),
  );
  const room = Math.max(...labels.map(widthOf));
  const width = Math.max(10, Math.min(text.width, 200) - room - 2);
  const canvas = new BrailleCanvas(width, rows);
  draw(canvas, points, frame);
  const half = Math.floor((rows - 1) / 2);
  const lines = canvas.lines().map((line, row) => {
    const label =
      row === 0 ? labels[0]! : row === half ? labels[1]! : row === rows - 1 ? labels[2]! : '';
    return `${paint.faint(`${padStart(label, room)} │`)}${line}`;
  });
  const axis = `${' '.repeat(room)} └${markRow(frame, width)}`;
  const begin = frame.isTimed ? '0 ms' : '0 B allocated';
  const end = frame.isTimed ? formatTime(frame.last) : formatBytes(frame.last, text.units);
  const gap = Math.max(1, width - widthOf(begin) - widthOf(end));
  lines.push(
    paint.faint(axis),
    paint.faint(`${' '.repeat(room + 2)}${begin}${' '.repeat(gap)}${end}`),
  );
  return lines;
}

/** For each column of dots what was least and most then; between points memory is as before. */
function draw(canvas: BrailleCanvas, points: readonly CurvePoint[], { most, last }: Frame): void {
  const x = (at: number) => Math.min(canvas.width - 1, Math.floor((at / last) * canvas.width));
  const y = (bytes: number) => {
    return canvas.height - 1 - Math.round((bytes / (most || 1)) * (canvas.height - 1));
  };
  let before = points[0]!;
  let column = x(before.at);
  for (const point of points) {
    const to = x(point.at);
    for (; column < to; column++) canvas.vertical(column, y(before.bytes), y(before.bytes));
    canvas.vertical(to, y(point.min), y(point.max));
    before = point;
  }
  for (; column < canvas.width; column++) canvas.vertical(column, y(before.bytes), y(before.bytes));
}

/** The axis, with the numbers of marks where they are: 1 … 9, then *. */
function markRow({ marks, last }: Frame, width: number): string {
  const cells = Array.from({ length: width }, () => '─');
  for (const [i, mark] of marks.entries()) {
    const at = Math.min(width - 1, Math.floor((mark / last) * width));
    cells[at] = cells[at] === '─' && i < 9 ? String(i + 1) : '*';
  }
  return cells.join('');
}

function listMarks({ marks }: PlotReport, text: TextOptions): string[] {
  if (marks.length === 0) return [];
  const lines = marks.slice(0, maxMarks).map((mark, i) => {
    const at = mark.time === null ? formatBytes(mark.allocated, text.units) : formatTime(mark.time);
    return fit(`  ${i + 1}  ${at}  ${plain(mark.name)}`, text.width);
  });
  const more = marks.length - lines.length;
  return ['Marks:', ...lines, ...(more > 0 ? [`  and ${more} more`] : [])];
}
