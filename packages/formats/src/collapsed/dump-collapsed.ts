import type { Snapshot, SnapshotData } from '@tracemalloc/core';
import { frameTexts } from '../shared/frame-names.ts';
import { knownMeasure, type Metric, sitesIn } from '../shared/measure.ts';
import { TextWriter } from '../shared/text-writer.ts';

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
  const measure = knownMeasure(data, options.metric ?? 'live');
  const texts = frameTexts(data).map(harmless);
  const bytesOf = new Map<string, number>();
  for (const site of sitesIn([measure], data.sites.length)) {
    const stack = stackText(data, texts, data.sites.traceback[site]!);
    bytesOf.set(stack, (bytesOf.get(stack) ?? 0) + measure.size[site]!);
  }
  const writer = new TextWriter();
  for (const [stack, bytes] of bytesOf) {
    // Readers take decimal digits only: no fraction, which estimates have, and no exponent.
    if (bytes >= 0.5) writer.write(`${stack} ${BigInt(Math.round(bytes))}\n`);
  }
  return writer.finish();
}

/** `;` parts frames; JavaScript's `.`, with which readers match a line, stops at U+2028 as well. */
function harmless(text: string): string {
  return text.replaceAll(';', ':').replaceAll(/[\p{Cc}\u2028\u2029]/gu, ' ');
}

function stackText({ tracebacks }: SnapshotData, texts: string[], traceback: number): string {
  const start = tracebacks.offset[traceback]!;
  const frames = tracebacks.frame.subarray(start, tracebacks.offset[traceback + 1]!);
  return Array.from(frames, (row) => texts[row]!)
    .reverse()
    .join(';');
}
