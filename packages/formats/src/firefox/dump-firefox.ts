import type { Snapshot } from '@tracemalloc/core';
import { knownMeasure, measure, sitesIn, stackTree } from '@tracemalloc/core/analysis';
import { hostName } from '../shared/host-name.ts';
import { TextWriter } from '../shared/text-writer.ts';
import { type Allocations, allocationsOf } from './allocations.ts';
import { writeSharedTables } from './shared-tables.ts';
import { writeFields, writeTable } from './table.ts';

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
 * JS allocations (with the guest's types). A site is one allocation of all its bytes; time is the
 * row number in milliseconds, since a snapshot knows no times.
 */
export function dumpFirefox(snapshot: Snapshot): Uint8Array {
  const { data } = snapshot;
  const live = knownMeasure(data, 'live');
  const allocated = measure(data, 'allocated');
  const measures = allocated === null ? [live] : [live, allocated];
  const sites = sitesIn(measures, data.sites.length);
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
    counters: [],
  });
  writer.write(',\n"shared":{');
  writeSharedTables(writer, data, tree);
  writer.write('},\n"threads":[{');
  writeThread(writer, host, allocationsOf(data, sites, tree.leaf));
  writer.write('}]}\n');
  return writer.finish();
}

function writeThread(writer: TextWriter, name: string, allocations: Allocations): void {
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
    markers: {
      length: 0,
      data: [],
      name: [],
      startTime: [],
      endTime: [],
      phase: [],
      category: [],
    },
  });
  for (const [table, { length, columns }] of Object.entries(allocations)) {
    if (length === 0) continue;
    writer.write(',');
    writeTable(writer, table, length, columns);
  }
}
