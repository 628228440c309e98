import type { Snapshot } from '@tracemalloc/core';
import { FrameCursor, knownMeasure, type Metric } from '@tracemalloc/core/analysis';
import { frameTexts } from '../shared/frame-texts.ts';
import { TextWriter } from '../shared/text-writer.ts';

/** What {@link dumpCollapsed} writes. */
export type CollapsedOptions = {
  /** Whose bytes the lines count. Default: `live`. */
  readonly metric?: Metric;
};

/**
 * A snapshot as collapsed stacks, which flamegraph.pl, inferno, speedscope and most profilers read:
 * a line a distinct traceback, `oldest;…;most recent BYTES`, each frame `function (file:line)`.
 * In names, `;` becomes `:`, and characters that end a line become spaces.
 *
 * @throws RangeError for an unknown metric; TracemallocError `unsupported` when the snapshot does
 * not know it.
 */
export function dumpCollapsed(snapshot: Snapshot, options: CollapsedOptions = {}): Uint8Array {
  const { data } = snapshot;
  const { sites, tracebacks } = data;
  const { size } = knownMeasure(data, options.metric ?? 'live');
  const bytes = new Float64Array(tracebacks.length);
  for (let site = 0; site < sites.length; site++) {
    const traceback = sites.traceback[site]!;
    bytes[traceback] = bytes[traceback]! + size[site]!;
  }
  const texts = frameTexts(data).map(harmless);
  const cursor = new FrameCursor(data);
  const writer = new TextWriter();
  for (const [traceback, sum] of bytes.entries()) {
    // Readers take decimal digits only: no fraction, which estimates have, and no exponent.
    const digits = BigInt(Math.round(sum));
    if (digits > 0n) writer.write(`${stackText(cursor.moveTo(traceback), texts)} ${digits}\n`);
  }
  return writer.finish();
}

/** `;` parts frames; JavaScript's `.`, with which readers match a line, stops at U+2028 as well. */
function harmless(text: string): string {
  return text.replaceAll(';', ':').replaceAll(/[\p{Cc}\u2028\u2029]/gu, ' ');
}

function stackText(cursor: FrameCursor, texts: string[]): string {
  return Array.from(cursor.rows(), (row) => texts[row]!)
    .reverse()
    .join(';');
}
