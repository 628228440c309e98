import type { Snapshot, Tracer } from '@tracemalloc/core';

/** Numbers of blocks by where they were allocated: `app.py:3 list`. */
export type BlocksByLine = Readonly<Record<string, number>>;

/** A line where the self-test found other blocks than the program allocates. */
export type Difference = {
  /** `app.py:3 list`. */
  readonly place: string;
  /** Blocks that the program allocates there. */
  readonly expected: number;
  /** Blocks that were seen there. */
  readonly found: number;
};

/**
 * Runs a small guest program whose allocations are known, and compares file, line, type and number
 * of what the tracer was told with them.
 * @param tracer One of the test's own, which the adapter reports to while the test runs: the user's
 *   must not see it. It is stopped afterwards.
 * @param run Runs the guest program. What it throws is thrown on.
 * @param expected All blocks of some types on some lines, freed ones included. Blocks on other
 *   lines of the same files differ too when they are of one of these types; other types and other
 *   files are nobody's business.
 * @returns What differs; nothing where the adapter sees what it should.
 */
export function selfTest(tracer: Tracer, run: () => void, expected: BlocksByLine): Difference[] {
  tracer.start(1);
  let found: BlocksByLine;
  try {
    run();
    found = allocatedByLine(tracer.takeSnapshot());
  } finally {
    tracer.stop();
  }
  const isExpected = relatedTo(Object.keys(expected));
  const places = new Set([...Object.keys(expected), ...Object.keys(found).filter(isExpected)]);
  return Array.from(places, (place) => ({
    place,
    expected: expected[place] ?? 0,
    found: found[place] ?? 0,
  })).filter(({ expected, found }) => expected !== found);
}

/**
 * Blocks by newest frame and type, all that were allocated. What has no frame is at `:0`.
 * Where a host only knows what lives, that.
 */
export function allocatedByLine(snapshot: Snapshot): BlocksByLine {
  const { sites, tracebacks, frames, strings } = snapshot.data;
  const blocks = sites.totalCount ?? sites.liveCount;
  const counts: Record<string, number> = {};
  for (let site = 0; site < sites.length; site++) {
    const first = tracebacks.offset[sites.traceback[site]!]!;
    const frame = tracebacks.frame[first];
    const line =
      frame === undefined ? ':0' : `${strings[frames.file[frame]!]}:${frames.line[frame]}`;
    const place = `${line} ${strings[sites.type[site]!]}`;
    counts[place] = (counts[place] ?? 0) + blocks[site]!;
  }
  return counts;
}

/** Whether a place is of one of the files, and of one of the types, of these places. */
function relatedTo(places: readonly string[]): (place: string) => boolean {
  const files = new Set(places.map((place) => split(place).file));
  const types = new Set(places.map((place) => split(place).type));
  return (place) => files.has(split(place).file) && types.has(split(place).type);
}

/** Types have no spaces; files may have what they like. */
function split(place: string): { file: string; type: string } {
  const { file = '', type = '' } = /^(?<file>.*):-?\d+ (?<type>.*)$/s.exec(place)?.groups ?? {};
  return { file, type };
}
