import { formatSize, type SnapshotData } from '@tracemalloc/core';
import type { Estimate } from './spread.ts';

export type Unit = 'bytes' | 'blocks';

/** `4855 KiB` as the text reports write it, or `1,204`. An absent or unbounded figure is a dash. */
export function formatFigure(value: number, unit: Unit): string {
  if (!Number.isFinite(value)) return '–';
  return unit === 'bytes' ? formatSize(value + 0) : grouped(Math.round(value));
}

/**
 * A difference with its sign in front and a glyph, so that it is read without colour: `▲ +12 KiB`,
 * `▼ −3`, `= 0 B`.
 */
export function formatDelta(value: number, unit: Unit): string {
  if (!Number.isFinite(value)) return '–';
  const size = formatFigure(Math.abs(value), unit);
  if (value > 0) return `▲ +${size}`;
  return value < 0 ? `▼ −${size}` : `= ${size}`;
}

/** `70.1 %`; a dash where there is no whole. What is not zero never reads as zero. */
export function formatShare(part: number, whole: number): string {
  if (!(whole > 0) || !Number.isFinite(part)) return '–';
  const percent = (part / whole) * 100;
  if (percent > 0 && percent < 0.05) return '<0.1 %';
  return `${percent.toFixed(1)} %`;
}

/** How much a figure grew, of what it was: `+12.5 %`, `× 93`, `new`, `gone`. */
export function formatGrowth(now: number, base: number): string {
  if (now === base) return '–';
  if (base === 0) return 'new';
  if (now === 0) return 'gone';
  const times = now / base;
  if (times >= 10_000) return '> × 9,999';
  if (times >= 10) return `× ${grouped(Math.round(times))}`;
  const percent = (times - 1) * 100;
  return `${percent < 0 ? '−' : '+'}${Math.abs(percent).toFixed(Math.abs(percent) < 100 ? 1 : 0)} %`;
}

/** `12 KiB`, and of what was sampled `12 KiB (9 KiB to 15 KiB)`. */
export function estimateText({ value, low, high }: Estimate, unit: Unit): string {
  const text = formatFigure(value, unit);
  return low === high
    ? text
    : `${text} (${formatFigure(low, unit)} to ${formatFigure(high, unit)})`;
}

/** An integer in groups of three, the same on every machine (no locale is asked). */
function grouped(value: number): string {
  const digits = String(Math.abs(value)).replace(/\B(?=(\d{3})+$)/g, ',');
  return value < 0 ? `−${digits}` : digits;
}

/**
 * `load app.py:10`, safe to show: see {@link visible}. Frame −1 is the root, and the one after the
 * last is what was cut off a stack.
 */
export function frameLabel(data: SnapshotData, frame: number): string {
  if (frame < 0) return 'all';
  if (frame >= data.frames.length) return functionName(data, frame);
  const name = functionName(data, frame);
  const place = framePlace(data, frame);
  return name === '' ? place : `${name} ${place}`;
}

/** `app.py:10`; without the line where it is unknown. */
export function framePlace(data: SnapshotData, frame: number): string {
  if (frame >= data.frames.length) return 'older callers were not kept';
  const file = visible(data.strings[data.frames.file[frame]!]!) || '<unknown file>';
  const line = data.frames.line[frame]!;
  return line === 0 ? file : `${file}:${line}`;
}

/** The frame's function, safe to show; `''` = unknown. */
export function functionName(data: SnapshotData, frame: number): string {
  if (frame >= data.frames.length) {
    return `⋯ cut at ${data.tracebackLimit} ${data.tracebackLimit === 1 ? 'frame' : 'frames'}`;
  }
  return visible(data.strings[data.frames.functionName[frame]!]!);
}

// What changes the order of the text around it, or is not seen at all: two names that differ
// in such a character only must not look the same, and none may reach into its neighbours.
const hidden =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  /[\0-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|\u{e0001}|[\u{e0020}-\u{e007f}]/gu;

/**
 * Text of the guest with each control, invisible or direction-changing character and each lone
 * surrogate replaced by what is seen in every font: `⟨U+202E⟩`.
 */
export function visible(text: string): string {
  return text.replace(hidden, replacement);
}

/** A line of source: as {@link visible}, but tabs stay, and a line's end is not shown. */
export function visibleLine(text: string): string {
  return text
    .replace(/\r$/, '')
    .split('\t')
    .map((part) => visible(part))
    .join('\t');
}

function replacement(character: string): string {
  const code = character.codePointAt(0)!;
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
}

/** At most `length` characters: `head…tail`, since paths differ at their ends, names at their starts. */
export function middle(text: string, length = 96): string {
  if (text.length <= length) return text;
  const points = [...text];
  if (points.length <= length) return text;
  const head = Math.ceil((length - 1) / 2);
  return `${points.slice(0, head).join('')}…${points.slice(points.length - (length - 1 - head)).join('')}`;
}
