import type { Bytes, GetLine, Snapshot } from '@tracemalloc/core';
import type { Run } from './measure.ts';
import { blocksText } from './report.ts';
import type { SiteUse } from './site-use.ts';

/** How a run compares with a baseline. */
export type BaselineVerdict =
  /** All figures are within the tolerance. */
  | { readonly kind: 'same' }
  /** Nothing is above, and something is below: the baseline can be tightened. */
  | { readonly kind: 'less'; readonly changes: readonly string[] }
  | { readonly kind: 'more'; readonly changes: readonly string[] }
  /** The text is no baseline; `problem` says where and why. */
  | { readonly kind: 'unreadable'; readonly problem: string };

/**
 * What a run allocated, as the text of a baseline file: one line a site, biggest first. A site is
 * known by file, function and text of each line, and by the line's number only where `getLine`
 * gives no text: lines that move stay the same. The peak is there where frees are seen as they happen:
 * of what an engine collects it is not the same twice.
 */
export function baselineText(run: Run, getLine: GetLine | null = null): string {
  const { allocated, blocks, peak, allocating } = run;
  const total =
    allocated === null ? [] : [figureLine('all together', { size: allocated, count: blocks ?? 0 })];
  if (peak !== null && isPeakSteady(run.snapshot)) total.push(`${peak} B: at the peak`);
  const sites = new Map<string, { size: Bytes; count: number }>();
  for (const use of allocating) {
    const key = keyOf(use, getLine);
    const { size = 0, count = 0 } = sites.get(key) ?? {};
    sites.set(key, { size: size + use.size, count: count + use.count });
  }
  const lines = [...sites].sort(
    ([a, x], [b, y]) => y.size - x.size || y.count - x.count || (a < b ? -1 : 1),
  );
  return `${[...total, ...lines.map(([key, use]) => figureLine(key, use))].join('\n')}\n`;
}

/**
 * @param tolerance By which part figures may differ: 0.1 is 10 %.
 * @param text What {@link baselineText} gave. @param baseline What it gave before.
 */
export function compareBaseline(text: string, baseline: string, tolerance = 0): BaselineVerdict {
  const known = read(baseline);
  if (typeof known === 'string') return { kind: 'unreadable', problem: known };
  const now = read(text) as Figures;
  const more: string[] = [];
  const less: string[] = [];
  for (const key of new Set([...known.keys(), ...now.keys()])) {
    const [was, is] = [known.get(key), now.get(key)];
    const change = `${figureText(is)}, was ${figureText(was)}: ${key}`;
    const allowed = (value: number) => tolerance * value;
    const [oldSize, oldCount] = [was?.size ?? 0, was?.count ?? 0];
    const sizeChange = (is?.size ?? 0) - oldSize;
    const countChange = (is?.count ?? 0) - oldCount;
    if (sizeChange > allowed(oldSize) || countChange > allowed(oldCount)) more.push(change);
    else if (-sizeChange > allowed(oldSize) || -countChange > allowed(oldCount)) less.push(change);
  }
  if (more.length > 0) return { kind: 'more', changes: more };
  return less.length > 0 ? { kind: 'less', changes: less } : { kind: 'same' };
}

function isPeakSteady({ metadata }: Snapshot): boolean {
  return metadata.liveness === undefined || metadata.liveness === 'exact';
}

/** Whether a text is a baseline, by its first line. */
export function isBaseline(text: string): boolean {
  return /^\uFEFF?\d+ B(?: in \d+ blocks?: all together|: at the peak)\r?\n/.test(text);
}

type Figures = ReadonlyMap<string, { readonly size: Bytes; readonly count: number }>;

/** The figures of a baseline, or what is wrong with it. */
function read(text: string): Figures | string {
  if (text.includes('\0')) return 'it is no text file';
  const found = new Map<string, { size: number; count: number }>();
  const lineOf = new Map<string, number>();
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  for (const [i, line] of lines.entries()) {
    if (line === '') continue;
    if (/^(<{7}|={7}|>{7}|\|{7})/.test(line)) return `line ${i + 1} is of a merge conflict`;
    const [, size, count = '0', key = ''] =
      /^(\d+) B(?: in (\d+) blocks?)?: (.*)$/.exec(line) ?? [];
    if (size === undefined)
      return `line ${i + 1} is none of a baseline: ${JSON.stringify(line.slice(0, 60))}`;
    const before = lineOf.get(key);
    if (before !== undefined) return `line ${i + 1} speaks of what line ${before} speaks of`;
    lineOf.set(key, i + 1);
    found.set(key, { size: Number(size), count: Number(count) });
  }
  return found.size === 0 ? 'it is empty' : found;
}

/** `load.toy in load: new_block() < main.toy in main: load() [list]`. */
function keyOf({ frames, type }: SiteUse, getLine: GetLine | null): string {
  const places = frames.map(({ filename, lineno, functionName }) => {
    const source = getLine?.(filename, lineno).trim() ?? '';
    const where = functionName === '' ? '' : ` in ${functionName}`;
    return source === '' ? `${filename}:${lineno}${where}` : `${filename}${where}: ${source}`;
  });
  const stack = places.join(' < ').replace(/[\r\n\0]/g, ' ');
  return type === '' ? stack : `${stack} [${type}]`;
}

function figureLine(key: string, { size, count }: { size: Bytes; count: number }): string {
  return `${size} B in ${blocksText(count)}: ${key}`;
}

function figureText(use: { size: Bytes; count: number } | undefined): string {
  if (use === undefined) return 'nothing';
  return use.count === 0 ? `${use.size} B` : `${use.size} B in ${blocksText(use.count)}`;
}
