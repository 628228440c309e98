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
  emptyTableToken,
  Label,
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

/** Samples that are objects at a time: a million of them took 3 s of garbage collection. */
const batchSize = 20_000;

/** Readers keep values as int64; this is the largest double below its end. */
const maxValue = 2 ** 63 - 1024;

/** pprof's words for what was ever allocated, and for what is live. */
const prefixes = { allocated: 'alloc', live: 'inuse' } as const;

/** Metadata that say how far the figures go; they become the profile's comments. */
const commented = ['host', 'adapter', 'sizeModel', 'liveness'] as const;

/**
 * A snapshot as a gzipped pprof heap profile: `alloc_objects`, `alloc_space` (where the snapshot
 * knows what was ever allocated), `inuse_objects` and `inuse_space`, one sample a site, with its
 * type and domain as labels, and its duration where a time line has it. The same bytes for the same snapshot at any time,
 * with the same `gzip`.
 */
export function dumpPprof(
  snapshot: Snapshot,
  {
    gzip = portableGzip,
  }: {
    /** Compresses. Default: a portable way; Node's zlib takes a third of its time. */
    readonly gzip?: (bytes: Uint8Array) => Uint8Array;
  } = {},
): Uint8Array {
  const { data } = snapshot;
  const strings = new StringTable();
  const text = (value: string) => strings.dedup(value);
  const valueType = (type: string, unit: string) =>
    new ValueType({ type: text(type), unit: text(unit) });
  const counted = (['allocated', 'live'] as const).filter((metric) => knowsMetric(data, metric));
  const measures = counted.map((metric) => knownMeasure(data, metric));
  const batches = samples(data, measures, text);
  const first = batches.next().value ?? [];
  // Fields of messages that follow one another are one message's.
  const rest = Array.from(batches, (sample) =>
    new Profile({ sample, stringTable: new StringTable(emptyTableToken) }).encode(),
  );
  const profile = new Profile({
    // A reader without a choice shows the last one.
    sampleType: counted.flatMap((metric) => [
      valueType(`${prefixes[metric]}_objects`, 'count'),
      valueType(`${prefixes[metric]}_space`, 'bytes'),
    ]),
    sample: first,
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
  return gzip(joined([profile.encode(), ...rest]));
}

function portableGzip(bytes: Uint8Array): Uint8Array {
  return gzipSync(bytes, { level: 6, mtime: 0 });
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** How long it was traced; 0 = nobody looked at a clock. */
function durationOf({ points }: TimelineData): number {
  return Math.round((points.time?.at(-1) ?? 0) * 1e6);
}

/** The samples of all sites, some at a time. */
function* samples(
  data: SnapshotData,
  measures: readonly Measure[],
  text: (value: string) => number,
): Generator<Sample[], undefined> {
  const { sites } = data;
  const cursor = new FrameCursor(data);
  const labelsOf = siteLabels(data, text);
  const shown = sitesIn(measures, sites.length);
  for (let from = 0; from < shown.length; from += batchSize) {
    yield shown.slice(from, from + batchSize).map((site) => {
      const frames = cursor.moveTo(sites.traceback[site]!).rows();
      return new Sample({
        // Both begin with the most recent frame.
        locationId: locations(frames),
        value: measures.flatMap(({ size, count }) => [whole(count[site]!), whole(size[site]!)]),
        label: labelsOf(site),
      });
    });
  }
}

/** Array.from with a function takes six times as long: half a second of a million stacks. */
function locations(frames: Int32Array): number[] {
  const rows: number[] = [];
  for (let i = 0; i < frames.length; i++) rows.push(frames[i]! + 1);
  return rows;
}

/** The labels of a site; sites that have the same share them. */
function siteLabels(
  { sites, strings }: SnapshotData,
  text: (value: string) => number,
): (site: number) => Label[] {
  const domainKey = text('domain');
  const typeKey = text('type');
  const hasLabels = sites.label.some((row) => row !== 0);
  const labelKey = hasLabels ? text('label') : 0;
  const known = new Map<string, Label[]>();
  return (site) => {
    const [domain, type, name] = [sites.domain[site]!, sites.type[site]!, sites.label[site]!];
    const key = `${domain} ${type} ${name}`;
    let labels = known.get(key);
    if (labels === undefined) {
      labels = [new Label({ key: domainKey, str: text(`${domain}`) })];
      if (strings[type] !== '') labels.push(new Label({ key: typeKey, str: text(strings[type]!) }));
      if (strings[name] !== '')
        labels.push(new Label({ key: labelKey, str: text(strings[name]!) }));
      known.set(key, labels);
    }
    return labels;
  };
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
