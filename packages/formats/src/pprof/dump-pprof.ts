import type { Snapshot, SnapshotData } from '@tracemalloc/core';
import {
  FrameCursor,
  frameLabel,
  functionTable,
  knownMeasure,
  knowsMetric,
  type Measure,
  sitesIn,
} from '@tracemalloc/core/analysis';
import type { TimelineData } from '@tracemalloc/core/timeline';
import { gzipSync } from 'fflate/browser';
import {
  type LabelInput,
  Line,
  Location,
  Mapping,
  Function as PprofFunction,
  Profile,
  Sample,
  StringTable,
  ValueType,
} from 'pprof-format';
import { hostName } from '../shared/host-name.ts';

/** Readers keep values as int64; this is the largest double below its end. */
const maxValue = 2 ** 63 - 1024;

/** pprof's words for what was ever allocated, and for what is live. */
const prefixes = { allocated: 'alloc', live: 'inuse' } as const;

/** Metadata that say how far the figures go; they become the profile's comments. */
const commented = ['host', 'adapter', 'sizeModel', 'liveness'] as const;

/**
 * A snapshot as a gzipped pprof heap profile: `alloc_objects`, `alloc_space` (where the snapshot
 * knows what was ever allocated), `inuse_objects` and `inuse_space`, one sample a site, with its
 * type and domain as labels, and its duration where a time line has it. The same bytes for the same snapshot at any time.
 */
export function dumpPprof(snapshot: Snapshot): Uint8Array {
  const { data } = snapshot;
  const strings = new StringTable();
  const text = (value: string) => strings.dedup(value);
  const valueType = (type: string, unit: string) =>
    new ValueType({ type: text(type), unit: text(unit) });
  const counted = (['allocated', 'live'] as const).filter((metric) => knowsMetric(data, metric));
  const profile = new Profile({
    // A reader without a choice shows the last one.
    sampleType: counted.flatMap((metric) => [
      valueType(`${prefixes[metric]}_objects`, 'count'),
      valueType(`${prefixes[metric]}_space`, 'bytes'),
    ]),
    sample: samples(
      data,
      counted.map((metric) => knownMeasure(data, metric)),
      text,
    ),
    mapping: [
      new Mapping({
        id: 1,
        // Says that nothing is left to look up in a binary.
        filename: text(hostName(data.metadata)),
        hasFunctions: true,
        hasFilenames: true,
        hasLineNumbers: true,
      }),
    ],
    ...code(data, text),
    stringTable: strings,
    ...(data.timeline && { durationNanos: durationOf(data.timeline) }),
    periodType: valueType('space', 'bytes'),
    period: 1,
    defaultSampleType: text('inuse_space'),
    comment: comments(data).map(text),
  });
  return gzipSync(profile.encode(), { level: 6, mtime: 0 });
}

/** How long it was traced; 0 = nobody looked at a clock. */
function durationOf({ points }: TimelineData): number {
  return Math.round((points.time?.at(-1) ?? 0) * 1e6);
}

function samples(
  data: SnapshotData,
  measures: readonly Measure[],
  text: (value: string) => number,
): Sample[] {
  const { sites, strings } = data;
  const cursor = new FrameCursor(data);
  const domainKey = text('domain');
  const typeKey = text('type');
  const hasLabels = sites.label.some((row) => row !== 0);
  const labelKey = hasLabels ? text('label') : 0;
  return sitesIn(measures, sites.length).map((site) => {
    const frames = cursor.moveTo(sites.traceback[site]!).rows();
    const label: LabelInput[] = [{ key: domainKey, str: text(`${sites.domain[site]!}`) }];
    const type = strings[sites.type[site]!]!;
    if (type !== '') label.push({ key: typeKey, str: text(type) });
    const name = strings[sites.label[site]!]!;
    if (name !== '') label.push({ key: labelKey, str: text(name) });
    return new Sample({
      // Both begin with the most recent frame.
      locationId: Array.from(frames, (frame) => frame + 1),
      value: measures.flatMap(({ size, count }) => [whole(count[site]!), whole(size[site]!)]),
      label,
    });
  });
}

/** Estimates of a sampled snapshot have fractions. */
function whole(value: number): number {
  return Math.min(Math.round(value), maxValue);
}

/**
 * A location is a frame. Names go to `name` only: where `system_name` is set, `go tool pprof` takes
 * it for a mangled one, and what is in angle brackets (`<module>`) for template arguments.
 */
function code(
  data: SnapshotData,
  text: (value: string) => number,
): { function: PprofFunction[]; location: Location[] } {
  const { frames, strings } = data;
  const table = functionTable(data);
  const functions = table.frame.map((frame, row) => {
    const filename = text(strings[table.file[row]!]!);
    const name = text(frameLabel(data, frame));
    return new PprofFunction({ id: row + 1, name, systemName: 0, filename });
  });
  const locations = Array.from(table.ofFrame, (row, frame) => {
    const line = new Line({ functionId: row + 1, line: frames.line[frame]! });
    return new Location({ id: frame + 1, mappingId: 1, line: [line] });
  });
  return { function: functions, location: locations };
}

function comments({ metadata }: SnapshotData): string[] {
  const known = commented.filter((field) => typeof metadata[field] === 'string');
  return ['made by tracemalloc', ...known.map((field) => `${field}: ${metadata[field]}`)];
}
