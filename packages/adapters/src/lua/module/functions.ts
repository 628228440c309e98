import {
  DomainFilter,
  Filter,
  type FilterOptions,
  formatSize,
  type GroupKey,
  type Snapshot,
  type Statistic,
  type StatisticDiff,
  type Traceback,
  type TraceFilter,
  type Tracer,
} from '@tracemalloc/core';
import type { Argument, LuaValue } from './lua-values.ts';

/** What the Lua part calls: simple values in, a list of results out. What is thrown becomes nil and its message. */
export type LuaFunctions = Record<string, (args: readonly Argument[]) => readonly LuaValue[]>;

/** As many as the guest is given at once; what it does not ask for is lost work. */
const tracesAtOnce = 256;

/** Functions over a tracer for the Lua part, which has checked the arguments' types; all but `get_object_traceback`. */
export function luaFunctions(tracer: Tracer): LuaFunctions {
  const snapshots = new Map<number, Snapshot>();
  let lastHandle = 0;
  const keep = (snapshot: Snapshot): number => {
    snapshots.set(++lastHandle, snapshot);
    return lastHandle;
  };
  const at = (handle: Argument): Snapshot => snapshots.get(handle as number)!;
  return {
    start([nframe]) {
      tracer.start(nframe as number);
      return [];
    },
    stop() {
      tracer.stop();
      return [];
    },
    is_tracing: () => [tracer.isTracing()],
    get_traced_memory() {
      const { current, peak } = tracer.getTracedMemory();
      return [current, peak];
    },
    reset_peak() {
      tracer.resetPeak();
      return [];
    },
    clear_traces() {
      tracer.clearTraces();
      return [];
    },
    get_traceback_limit: () => [tracer.getTracebackLimit()],
    get_tracemalloc_memory: () => [tracer.getTracemallocMemory()],
    take_snapshot: () => [keep(tracer.takeSnapshot())],
    release([handle]) {
      snapshots.delete(handle as number);
      return [];
    },
    trace_count: ([handle]) => [at(handle).traces.length],
    snapshot_limit: ([handle]) => [at(handle).tracebackLimit],
    frames: ([handle, position]) => [
      framesOf(at(handle).traces.at((position as number) - 1)!.traceback),
    ],
    traces: ([handle, position]) => [tracesFrom(at(handle), (position as number) - 1)],
    statistics([handle, key, cumulative]) {
      const options = { cumulative: cumulative as boolean };
      return [
        at(handle)
          .statistics(key as GroupKey, options)
          .map(statisticOf),
      ];
    },
    compare_to([handle, old, key, cumulative]) {
      const options = { cumulative: cumulative as boolean };
      return [
        at(handle)
          .compareTo(at(old), key as GroupKey, options)
          .map(differenceOf),
      ];
    },
    filter_traces([handle, ...fields]) {
      const filters: TraceFilter[] = [];
      for (let i = 0; i < fields.length; i += 5) filters.push(filterOf(fields.slice(i, i + 5)));
      return [keep(at(handle).filterTraces(filters))];
    },
    format_size: ([size, sign]) => [formatSize(size as number, sign as boolean)],
  };
}

/** Frames as Lua sees them, OLDEST FIRST. */
export function framesOf(traceback: Traceback): LuaValue {
  return traceback.frames.map(({ filename, lineno, functionName }) => ({
    filename,
    lineno,
    ...(functionName !== '' && { function_name: functionName }),
  }));
}

function statisticOf({ traceback, size, count, label }: Statistic): LuaValue {
  return { traceback: framesOf(traceback), size, count, label };
}

function differenceOf(difference: StatisticDiff): LuaValue {
  const { traceback, size, sizeDiff, count, countDiff, label } = difference;
  return {
    traceback: framesOf(traceback),
    size,
    size_diff: sizeDiff,
    count,
    count_diff: countDiff,
    label,
  };
}

/**
 * Domain, size (a double) and traceback of some traces, 4, 8 and 4 bytes each: a string costs Lua less than as
 * many numbers, and tables of them far less.
 */
function tracesFrom({ data: { traces, sites } }: Snapshot, first: number): Uint8Array {
  const count = Math.min(traces.length - first, tracesAtOnce);
  const view = new DataView(new ArrayBuffer(16 * count));
  for (let i = 0; i < count; i++) {
    const site = traces.site[first + i]!;
    view.setUint32(16 * i, sites.domain[site]!, true);
    view.setFloat64(16 * i + 4, traces.size[first + i]!, true);
    view.setUint32(16 * i + 12, sites.traceback[site]!, true);
  }
  return new Uint8Array(view.buffer);
}

/** Of fields that the Lua part has looked at. @throws RangeError for numbers that are none. */
function filterOf(fields: readonly Argument[]): TraceFilter {
  const [inclusive, pattern, lineno, allFrames, domain] = fields;
  if (pattern === false) return new DomainFilter(inclusive as boolean, domain as number);
  const options: FilterOptions = {
    allFrames: allFrames as boolean,
    ...(lineno !== false && { lineno: lineno as number }),
    ...(domain !== false && { domain: domain as number }),
  };
  return new Filter(inclusive as boolean, pattern as string, options);
}
