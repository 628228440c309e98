import type { Snapshot, SnapshotData } from '@tracemalloc/core';
import { knownMeasure, measure, sitesIn, stackTree } from '@tracemalloc/core/analysis';
import { bytesAt, type TimelineData, timeOf } from '@tracemalloc/core/timeline';
import { hostName } from '../shared/host-name.ts';
import { TextWriter } from '../shared/text-writer.ts';
import {
  type Allocations,
  allocationsBySite,
  allocationsOverTime,
  allocationTables,
} from './allocations.ts';
import { writeSharedTables } from './shared-tables.ts';
import { filled, writeFields, writeTable } from './table.ts';

/** The layout that is written: readers upgrade older ones, and refuse one under a wrong number. */
const layout = { version: 36, preprocessedProfileVersion: 70 };

/** What a frame's category is a row of. */
const categories = [
  { name: 'Other', color: 'grey', subcategories: ['Other'] },
  { name: 'Guest', color: 'yellow', subcategories: ['Other'] },
];

/**
 * A snapshot as a processed profile of the Firefox Profiler (profiler.firefox.com, layout 70): one
 * thread whose samples weigh live bytes, with native allocations (retained, allocated, freed) and
 * JS allocations (with the guest's types). With a time line, all of them have their time, memory is
 * a track, and marks are markers; else a site is one allocation of all its bytes, at its row number
 * in milliseconds.
 */
export function dumpFirefox(snapshot: Snapshot): Uint8Array {
  const { data } = snapshot;
  const { timeline } = data;
  const sites = timeline === null ? sitesOf(data) : Array.from(data.sites.traceback.keys());
  const tree = stackTree(data, sites);
  const host = hostName(data.metadata);
  const writer = new TextWriter();
  writer.write('{');
  writeFields(writer, {
    meta: {
      ...layout,
      interval: 1,
      startTime: 0,
      processType: 0,
      product: host,
      importedFrom: 'tracemalloc',
      stackwalk: 0,
      symbolicated: true,
      categories,
      markerSchema: [],
    },
    libs: [],
    pages: [],
    counters: timeline === null ? [] : countersOf(timeline),
  });
  writer.write(',\n"shared":{');
  const names = timeline?.marks.name ?? [];
  const strings = writeSharedTables(writer, data, tree, names);
  writer.write('},\n"threads":[{');
  const leaf = new Map(sites.map((site, position) => [site, tree.leaf[position]!]));
  const stackOf = (site: number): number | null => {
    const row = leaf.get(site) ?? -1;
    return row < 0 ? null : row;
  };
  const rows =
    timeline === null ? allocationsBySite(data, sites) : allocationsOverTime(data, timeline);
  const nameRows = names.map((name) => strings.get(name)!);
  const markers = markersOf(nameRows, timeline);
  writeThread(writer, host, markers, allocationTables(data, rows, stackOf));
  writer.write('}]}\n');
  return writer.finish();
}

function sitesOf(data: SnapshotData): number[] {
  const allocated = measure(data, 'allocated');
  const live = knownMeasure(data, 'live');
  return sitesIn(allocated === null ? [live] : [live, allocated], data.sites.length);
}

/** Traced memory, and the host's heap where it told, as tracks: the profiler adds up what a sample adds. */
function countersOf(timeline: TimelineData): object[] {
  const { points } = timeline;
  const counter = (name: string, description: string, bytes: readonly number[]) => ({
    name,
    category: 'Memory',
    description,
    display: {
      graphType: 'line-accumulated',
      unit: 'bytes',
      color: 'orange',
      markerSchemaLocation: null,
      sortWeight: 20,
      label: description,
      tooltipRows: [
        { type: 'value', source: 'accumulated', format: { unit: 'bytes' }, label: description },
      ],
    },
    pid: '1',
    mainThreadIndex: 0,
    samples: {
      length: bytes.length,
      time: bytes.map((_, moment) => timeOf(timeline, moment) ?? moment),
      count: bytes.map((size, moment) => size - (moment === 0 ? 0 : bytes[moment - 1]!)),
    },
  });
  const moments = Array.from({ length: points.length + 1 }, (_, moment) => moment);
  const counters = [
    counter(
      'malloc',
      'Traced memory',
      moments.map((moment) => bytesAt(timeline, moment)),
    ),
  ];
  const { host } = points;
  if (host === null) return counters;
  let known = host.find((bytes) => bytes > 0) ?? 0;
  const told = moments.map((moment) => {
    known = (moment === 0 ? 0 : host[moment - 1]) || known;
    return known;
  });
  return [...counters, counter('host', "The host's own heap", told)];
}

/** Marks as markers of a moment. */
function markersOf(name: readonly number[], timeline: TimelineData | null): object {
  const { length } = name;
  const { time = null } = timeline?.marks ?? {};
  return {
    length,
    data: filled(length, null),
    name,
    startTime: name.map((_, mark) => time?.[mark] ?? momentOf(timeline!, mark)),
    endTime: filled(length, null),
    phase: filled(length, 0),
    category: filled(length, 0),
  };
}

/** The last moment that is not after a mark. */
function momentOf({ points, marks }: TimelineData, mark: number): number {
  return points.tick.filter((tick) => tick <= marks.tick[mark]!).length;
}

function writeThread(
  writer: TextWriter,
  name: string,
  markers: object,
  allocations: Allocations,
): void {
  writeFields(writer, {
    name,
    processType: 'default',
    processStartupTime: 0,
    processShutdownTime: null,
    registerTime: 0,
    unregisterTime: null,
    pausedRanges: [],
    isMainThread: true,
    pid: '1',
    tid: 1,
    markers,
  });
  for (const [table, { length, columns }] of Object.entries(allocations)) {
    if (length === 0) continue;
    writer.write(',');
    writeTable(writer, table, length, columns);
  }
}
