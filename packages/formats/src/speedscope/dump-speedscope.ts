import type { Snapshot, SnapshotData } from '@tracemalloc/core';
import {
  frameLabel,
  knownMeasure,
  knowsMetric,
  type Metric,
  metrics,
  type StackTree,
  sitesIn,
  stackTree,
  walkTree,
} from '@tracemalloc/core/analysis';
import { coarser, type TimelineData } from '@tracemalloc/core/timeline';
import { hostName } from '../shared/host-name.ts';
import { TextWriter } from '../shared/text-writer.ts';

/** What {@link dumpSpeedscope} writes. */
export type SpeedscopeOptions = {
  /** The one metric to write. Default: all that the snapshot knows, each as a profile. */
  readonly metric?: Metric;
};

/**
 * A snapshot in speedscope's own JSON: a profile of bytes and one of blocks for each metric.
 * Sites are ordered so that equal callers touch: the view "Time Order" shows a flame graph too. With
 * a time line, one profile more has what was allocated in the order in which it was.
 *
 * @throws RangeError for an unknown metric; TracemallocError `unsupported` when the snapshot does
 * not know it.
 */
export function dumpSpeedscope(snapshot: Snapshot, options: SpeedscopeOptions = {}): Uint8Array {
  const { data } = snapshot;
  const { metric } = options;
  const chosen = metric === undefined ? metrics.filter((one) => knowsMetric(data, one)) : [metric];
  const measures = chosen.map((one) => knownMeasure(data, one));
  const sites = sitesIn(measures, data.sites.length);
  const stacks = orderedStacks(stackTree(data, sites), sites);
  const writer = new TextWriter();
  writer.write('{"$schema":"https://www.speedscope.app/file-format-schema.json",');
  writer.write('"exporter":"tracemalloc",');
  writer.write(`"name":${JSON.stringify(`tracemalloc: ${hostName(data.metadata)}`)},`);
  writer.write('"activeProfileIndex":0,"shared":{"frames":[');
  writer.list(frameEntries(data), (frame) => JSON.stringify(frame));
  writer.write(']},"profiles":[');
  for (const [index, { size, count }] of measures.entries()) {
    writer.write(index === 0 ? '' : ',');
    writeProfile(writer, `${chosen[index]!} bytes`, 'bytes', stacks, size);
    writer.write(',');
    writeProfile(writer, `${chosen[index]!} blocks`, 'none', stacks, count);
  }
  if (data.timeline !== null && chosen.includes('allocated')) {
    const all = Array.from(data.sites.traceback.keys());
    writer.write(',');
    writeInTime(writer, data.timeline, framesOfSites(stackTree(data, all), all));
  }
  writer.write(']}\n');
  return writer.finish();
}

type Stack = { readonly site: number; readonly frames: string };

type FrameEntry = { readonly name: string; readonly file: string; readonly line?: number };

function frameEntries(data: SnapshotData): FrameEntry[] {
  const { frames, strings } = data;
  return Array.from({ length: frames.length }, (_, row) => {
    const name = frameLabel(data, row);
    const line = frames.line[row]!;
    const file = strings[frames.file[row]!]!;
    return line > 0 ? { name, file, line } : { name, file };
  });
}

/** The sites with their frames as JSON, OLDEST FIRST, in the order of a walk through the tree. */
function orderedStacks(tree: StackTree, sites: readonly number[]): Stack[] {
  const rank = new Int32Array(tree.length);
  let next = 0;
  walkTree(tree, (row) => {
    rank[row] = next++;
  });
  const rankOf = (position: number) => rank[tree.leaf[position]!] ?? -1;
  const order = [...sites.keys()].sort((a, b) => rankOf(a) - rankOf(b));
  const frames = framesOfSites(tree, sites);
  return order.map((position) => ({ site: sites[position]!, frames: frames[position]! }));
}

/** By position in `sites`, as JSON, OLDEST FIRST. */
function framesOfSites(tree: StackTree, sites: readonly number[]): string[] {
  return Array.from(sites, (_, position) => {
    const frames: number[] = [];
    for (let row = tree.leaf[position]!; row >= 0; row = tree.parent[row]!) {
      frames.push(tree.frame[row]!);
    }
    return `[${frames.reverse().join(',')}]`;
  });
}

/** Of a time line that has more, neighbours are merged: a viewer draws each. */
const mostInTime = { points: 4096, rows: 300_000 };

/** What was allocated, point by point. @param frames by site. */
function writeInTime(writer: TextWriter, timeline: TimelineData, frames: readonly string[]): void {
  const { site, allocatedSize, length } = coarser(timeline, mostInTime).changes;
  const rows = Array.from({ length }, (_, row) => ({
    frames: frames[site[row]!]!,
    weight: allocatedSize[row]!,
  })).filter(({ weight }) => weight > 0);
  writeSamples(writer, 'allocated bytes, in order of time', 'bytes', rows);
}

function writeProfile(
  writer: TextWriter,
  name: string,
  unit: 'bytes' | 'none',
  stacks: readonly Stack[],
  weights: Float64Array,
): void {
  const rows = stacks.map(({ site, frames }) => ({ frames, weight: weights[site]! }));
  writeSamples(
    writer,
    name,
    unit,
    rows.filter(({ weight }) => weight !== 0),
  );
}

function writeSamples(
  writer: TextWriter,
  name: string,
  unit: 'bytes' | 'none',
  rows: readonly { readonly frames: string; readonly weight: number }[],
): void {
  const sum = rows.reduce((total, { weight }) => total + weight, 0);
  const head = { type: 'sampled', name, unit, startValue: 0, endValue: sum };
  writer.write(`${JSON.stringify(head).slice(0, -1)},"samples":[`);
  writer.list(rows, ({ frames }) => frames);
  writer.write('],"weights":[');
  writer.list(rows, ({ weight }) => `${weight}`);
  writer.write(']}');
}
