import { type RawTrace, Snapshot, type SnapshotMetadata } from '@tracemalloc/core';
import { badPickle } from './bad-pickle.ts';
import { expanded, isTuple, type PyValue } from './py-value.ts';
import { TraceRun } from './trace-store.ts';

const bytesPerFrame = 8;
const bytesPerTrace = 16;

/** Traces as columns, and one of each kind. */
export type ReadTraces = {
  readonly size: Float64Array;
  /** Number of its kind: the traces that differ in nothing but their size. */
  readonly kind: Int32Array;
  /** The first trace of each kind. */
  readonly first: readonly RawTrace[];
  /** As they were, for errors. */
  readonly parts: readonly (PyValue | TraceRun)[];
};

/**
 * Checks the layout of the traces, and what their tracebacks will take: one list of many frames
 * that is shared by traces of many totals is small in a pickle and huge as tracebacks.
 * @param spend Told how much memory they take.
 */
export function readTraces(
  parts: readonly (PyValue | TraceRun)[],
  offset: number,
  spend: (bytes: number) => void,
): ReadTraces {
  const length = parts.reduce<number>((sum, part) => {
    return sum + (part instanceof TraceRun ? part.length : 1);
  }, 0);
  spend(length * bytesPerTrace);
  const size = new Float64Array(length);
  const kind = new Int32Array(length);
  const kinds = new Kinds(spend);
  let at = 0;
  for (const part of parts) {
    if (part instanceof TraceRun) {
      const { store } = part;
      for (let row = part.from; row < part.to; row++, at++) {
        size[at] = store.size[row]!;
        const known = kinds.ofKey(store.key[row]!);
        kind[at] =
          known >= 0 ? known : kinds.keep(store.key[row]!, store.tuple(row) as unknown as RawTrace);
      }
    } else {
      const raw = rawTrace(part, at, offset);
      // What is no number is refused below.
      size[at] = typeof raw[1] === 'number' ? raw[1] : Number.NaN;
      kind[at++] = kinds.of(raw);
    }
  }
  return { size, kind, first: kinds.first, parts };
}

/** @throws RangeError or TypeError that names the trace, as Snapshot.fromTraces does. */
export function snapshotOfTraces(
  { size, kind, first, parts }: ReadTraces,
  limit: number,
  metadata: SnapshotMetadata,
): Snapshot {
  const all = () => Snapshot.fromTraces(expanded(parts) as unknown as RawTrace[], limit, metadata);
  if (!size.every((bytes) => Number.isSafeInteger(bytes) && bytes >= 0)) return all();
  let one: Snapshot;
  try {
    one = Snapshot.fromTraces(first, limit, metadata);
  } catch {
    // Its error names a trace by its number among the first ones.
    return all();
  }
  const { data } = one;
  const site = kind.map((number) => data.traces.site[number]!);
  const liveSize = new Float64Array(data.sites.length);
  const liveCount = new Float64Array(data.sites.length);
  for (let row = 0; row < site.length; row++) {
    liveSize[site[row]!]! += size[row]!;
    liveCount[site[row]!]! += 1;
  }
  return Snapshot.fromData({
    ...data,
    sites: { ...data.sites, liveSize, liveCount },
    traces: { length: size.length, size, site, weight: null },
  });
}

/** Numbers kinds of traces, each by its first one. */
class Kinds {
  readonly first: RawTrace[] = [];
  readonly #spend: (bytes: number) => void;
  /** Frames → total → domain → number. */
  readonly #known = new Map<unknown, Map<unknown, Map<unknown, number>>>();
  /** Key of the store → number + 1. */
  #byKey: Int32Array = new Int32Array(64);

  constructor(spend: (bytes: number) => void) {
    this.#spend = spend;
  }

  /** The kind of a key of the store; −1 when it was not met yet. */
  ofKey(key: number): number {
    return (this.#byKey[key] ?? 0) - 1;
  }

  keep(key: number, trace: RawTrace): number {
    if (key >= this.#byKey.length) {
      const grown = new Int32Array(Math.max(key + 1, this.#byKey.length * 2));
      grown.set(this.#byKey);
      this.#byKey = grown;
    }
    const number = this.of(trace);
    this.#byKey[key] = number + 1;
    return number;
  }

  of(raw: RawTrace): number {
    const [domain, , frames, total] = raw;
    let totals = this.#known.get(frames);
    if (totals === undefined) {
      totals = new Map();
      this.#known.set(frames, totals);
    }
    let domains = totals.get(total);
    if (domains === undefined) {
      this.#spend(frames.length * bytesPerFrame);
      domains = new Map();
      totals.set(total, domains);
    }
    const known = domains.get(domain);
    if (known !== undefined) return known;
    const number = this.first.push(raw) - 1;
    domains.set(domain, number);
    return number;
  }
}

function rawTrace(item: PyValue, index: number, offset: number): RawTrace {
  if (!isTuple(item) || (item.length !== 3 && item.length !== 4) || !isTuple(item[2])) {
    throw badPickle(`trace ${index} is not (domain, size, frames, total_nframe)`, offset);
  }
  const size = item[1];
  if (typeof size === 'bigint') {
    throw new RangeError(
      `the size of trace ${index} must be an integer in 0..${Number.MAX_SAFE_INTEGER}, got ${size}`,
    );
  }
  return item as unknown as RawTrace;
}
