import type { SnapshotData } from '@tracemalloc/core';
import { differentMeasures, FrameCursor, isSampled, measure } from '@tracemalloc/core/analysis';
import { intervalOf, samplingOf } from '@tracemalloc/core/sampling';
import type { Finding } from './finding.ts';
import { percent } from './finding.ts';
import { firstMetric, totalOf } from './lines.ts';

/** Stacks that were cut are worth a word from this share of memory on. */
const leastCut = 0.1;
/** CPython's own bound of `tracemalloc.start(nframe)`. */
const mostFrames = 65_535;

/** What one must know before one trusts the figures, the gravest first. */
export function caveats(data: SnapshotData, base: SnapshotData | null): Finding[] {
  return [
    ...(base === null ? [] : measuredOtherwise(data, base)),
    sampled(data),
    cutStacks(data),
    frees(data),
    sizes(data),
  ].filter((finding) => finding !== null);
}

const caveat = { advice: null, metric: 'live', isDifference: false, share: null } as const;

function measuredOtherwise(data: SnapshotData, base: SnapshotData): Finding[] {
  const notes = differentMeasures(base.metadata, data.metadata);
  if (notes.length === 0) return [];
  const parts = ['The two snapshots were not measured alike: ', { name: notes.join('; ') }];
  return [{ ...caveat, kind: 'measured-otherwise', isDifference: true, parts }];
}

function sampled(data: SnapshotData): Finding | null {
  if (!isSampled(data)) return null;
  const sampling = samplingOf(data.metadata);
  const often = sampling === null ? [] : [', once in ', { bytes: sampling.interval }];
  const examples = sampling === null ? [] : rangesOf(sampling.interval);
  const parts = [
    'Allocations were sampled',
    ...often,
    ': figures by line are estimates, totals are not',
    ...examples,
  ];
  return { ...caveat, kind: 'sampled', parts };
}

/** Of small blocks, a figure alone says how far it may be off, with 95 % confidence. */
function rangesOf(interval: number): Finding['parts'] {
  const bytes = 16 * interval;
  const [low, high] = intervalOf(bytes, interval * bytes).map(Math.round);
  return ['; ', { bytes }, ' of small blocks is ', { bytes: low! }, ' to ', { bytes: high! }];
}

/** Memory whose callers are not known, since fewer frames were kept than there were. */
function cutStacks(data: SnapshotData): Finding | null {
  const metric = firstMetric(data);
  const total = totalOf(data, metric);
  const measured = measure(data, metric);
  const { sites, tracebacks, tracebackLimit } = data;
  const cursor = new FrameCursor(data);
  let size = 0;
  let deepest = 0;
  for (let site = 0; site < sites.length; site++) {
    const row = sites.traceback[site]!;
    const depth = tracebacks.totalNframe[row]!;
    if (depth <= cursor.moveTo(row).length) continue;
    size += measured?.size[site] ?? 0;
    deepest = Math.max(deepest, depth);
  }
  if (total === 0 || size < total * leastCut) return null;
  const frames = tracebackLimit === 1 ? '1 frame' : `${tracebackLimit} frames`;
  return {
    ...caveat,
    kind: 'cut-stacks',
    parts: [
      { bytes: size },
      `, ${percent(size / total)}, has stacks that were cut at ${frames}: their outer callers are not known`,
    ],
    advice: `run with --nframe ${Math.min(mostFrames, Math.max(deepest, 2))} to see them`,
    metric,
    share: size / total,
  };
}

const freeNotes: Readonly<Record<string, string>> = {
  'lower-bound': 'Some frees were not seen: “live” is an upper bound',
  none: 'Frees are not seen by this host: “live” is all that was ever allocated',
};

function frees({ metadata }: SnapshotData): Finding | null {
  const note = freeNotes[String(metadata.liveness)];
  return note === undefined ? null : { ...caveat, kind: 'frees', parts: [note] };
}

const sizeNotes: Readonly<Record<string, string>> = {
  cpython64: 'Sizes are modelled: what CPython 3.13 would need, not what the engine uses',
  v8: 'Sizes are modelled: what V8 needs for such objects, as far as it is known',
};

function sizes({ metadata }: SnapshotData): Finding | null {
  const note = sizeNotes[String(metadata.sizeModel)];
  return note === undefined ? null : { ...caveat, kind: 'sizes', parts: [note] };
}
