import type { PathFlavor, Statistic, StatisticDiff, Tracer } from '@tracemalloc/core';
import { DomainFilter, Filter } from '@tracemalloc/core';
import type { GuestValue, NativeModule, PythonHost } from './python-host.ts';
import type { TraceHolder } from './trace-holder.ts';
import { rawFrames } from './tracer-functions.ts';

type Key = 'filename' | 'lineno' | 'traceback';

const UINT32_MAX = 2 ** 32 - 1;
const INT32_MAX = 2 ** 31 - 1;

/**
 * Grouping, comparing and filtering for the guest's `Snapshot`. Each takes a `_Traces` object and
 * its Python list (None while the host holds the traces), and gives None for what columns can't
 * hold; the Python code goes on from there.
 */
export function snapshotFunctions(
  host: PythonHost,
  tracer: Tracer,
  holder: TraceHolder,
  pathFlavor: PathFlavor,
): NativeModule {
  return {
    take_traces: ([traces]) => {
      holder.hold(traces, tracer.takeSnapshot());
      return host.none;
    },
    trace_count: ([traces]) => host.int(holder.held(traces)?.snapshot.data.traces.length ?? 0),
    raw_traces: ([traces]) => holder.listOf(traces),
    raw_trace: ([traces, index]) => {
      const held = holder.held(traces);
      const length = held?.snapshot.data.traces.length ?? 0;
      const at = host.index(index);
      if (at === undefined) {
        const type = host.typeName(index);
        return host.raise('TypeError', `list indices must be integers or slices, not ${type}`);
      }
      const row = Number(at) < 0 ? Number(at) + length : Number(at);
      if (held === undefined || row < 0 || row >= length) {
        return host.raise('IndexError', 'list index out of range');
      }
      return held.raw.at(row);
    },
    statistics: ([traces, list, key, cumulative]) => {
      const snapshot = holder.snapshotOf(traces, list);
      if (snapshot === null) return host.none;
      const groups = snapshot.statistics(host.text(key) as Key, {
        cumulative: Boolean(host.number(cumulative)),
      });
      return host.list(groups.map((group) => statisticRow(host, group)));
    },
    compare: ([traces, list, oldTraces, oldList, key, cumulative]) => {
      const snapshot = holder.snapshotOf(traces, list);
      const old = holder.snapshotOf(oldTraces, oldList);
      if (snapshot === null || old === null) return host.none;
      const groups = snapshot.compareTo(old, host.text(key) as Key, {
        cumulative: Boolean(host.number(cumulative)),
      });
      return host.list(groups.map((group) => differenceRow(host, group)));
    },
    filter: ([traces, list, rules, kept]) => {
      const filters = filtersOf(host, host.items(rules), pathFlavor);
      const snapshot = filters === null ? null : holder.snapshotOf(traces, list);
      if (filters === null || snapshot === null) return host.bool(false);
      holder.hold(kept, snapshot.filterTraces(filters));
      return host.bool(true);
    },
  };
}

function statisticRow(host: PythonHost, group: Statistic): GuestValue {
  return host.tuple([
    rawFrames(host, group.traceback),
    host.int(group.size),
    host.int(group.count),
  ]);
}

function differenceRow(host: PythonHost, group: StatisticDiff): GuestValue {
  return host.tuple([
    rawFrames(host, group.traceback),
    host.int(group.size),
    host.int(group.sizeDiff),
    host.int(group.count),
    host.int(group.countDiff),
  ]);
}

/** Core's filters for the module's rules: 5 items for a Filter, 2 for a DomainFilter. */
function filtersOf(
  host: PythonHost,
  rules: readonly GuestValue[],
  pathFlavor: PathFlavor,
): readonly (Filter | DomainFilter)[] | null {
  const filters: (Filter | DomainFilter)[] = [];
  for (const rule of rules) {
    const filter = filterOf(host, host.items(rule), pathFlavor);
    if (filter === null) return null;
    filters.push(filter);
  }
  return filters;
}

function filterOf(
  host: PythonHost,
  rule: readonly GuestValue[],
  pathFlavor: PathFlavor,
): Filter | DomainFilter | null {
  const inclusive = Boolean(host.number(rule[0]));
  if (rule.length === 2) {
    const domain = integer(host, rule[1], 0, UINT32_MAX);
    return typeof domain === 'number' ? new DomainFilter(inclusive, domain) : null;
  }
  const lineno = integer(host, rule[2], -INT32_MAX, INT32_MAX);
  const domain = integer(host, rule[4], 0, UINT32_MAX);
  if (lineno === null || domain === null) return null;
  return new Filter(inclusive, host.text(rule[1]), {
    ...(lineno === undefined ? {} : { lineno }),
    ...(domain === undefined ? {} : { domain }),
    allFrames: Boolean(host.number(rule[3])),
    pathFlavor,
  });
}

/** The integer in its range; `undefined` for None; `null` for what core's filters don't take. */
function integer(
  host: PythonHost,
  value: GuestValue,
  min: number,
  max: number,
): number | null | undefined {
  const kind = host.kind(value);
  if (kind === 'none') return undefined;
  if (kind !== 'int') return null;
  const number = host.number(value);
  return typeof number === 'number' && number >= min && number <= max ? number : null;
}
