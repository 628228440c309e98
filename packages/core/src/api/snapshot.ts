import { brand } from '../base/brand.ts';
import { checkBoolean, checkOptions, describe } from '../base/check.ts';
import { pickTraces, recountLive } from '../snapshot/columns.ts';
import { checkFilters, type TraceFilter } from '../snapshot/filter.ts';
import { checkMetric, type Metric } from '../snapshot/metric.ts';
import { dataFromTraces, type RawTrace } from '../snapshot/snapshot-builder.ts';
import type { SnapshotData, SnapshotMetadata } from '../snapshot/snapshot-data.ts';
import { checkGroupKey, type GroupKey } from '../statistics/group-key.ts';
import type { Statistic, StatisticDiff } from '../statistics/statistic.ts';
import { type Counting, differencesOf, statisticsOf } from '../statistics/statistics.ts';
import { Traces } from './traces.ts';

/** What `snapshot.statistics` and `snapshot.compareTo` count. */
export type StatisticsOptions<Key extends GroupKey = GroupKey> = {
  /**
   * Count a trace for every frame of its traceback, not just for the most recent. A traceback, type,
   * domain or label is no part of a frame.
   */
  readonly cumulative?: Key extends 'filename' | 'lineno' | 'function' ? boolean : false;
  /**
   * What is counted: memory that is `live` (default), that was live at the `peak`, that was
   * `temporary` (freed before the second allocation after it), or that was ever `allocated`.
   */
  readonly metric?: Metric;
};

/**
 * The traces of one moment. Immutable: what filters or compares it makes something new.
 * Python: tracemalloc.Snapshot.
 */
export class Snapshot {
  /** All of it, as columns: what a file holds and what fast readers loop over. Do not write. */
  readonly data: SnapshotData;
  #traces: Traces | null = null;

  static {
    brand(Snapshot, 'Snapshot');
  }

  private constructor(data: SnapshotData) {
    this.data = data;
  }

  /**
   * A snapshot from traces in CPython's raw layout: `[domain, size, frames, totalNframe?]`, frames
   * `[filename, lineno]` MOST RECENT FIRST. It keeps what it gets; an empty frame list becomes
   * `<unknown>:0`, total 1. Cost: O(traces + frames of distinct tracebacks).
   *
   * @throws TypeError or RangeError that names the trace, also for a size above 2^53 − 1.
   */
  static fromTraces(
    traces: Iterable<RawTrace>,
    tracebackLimit: number,
    metadata: SnapshotMetadata = {},
  ): Snapshot {
    return new Snapshot(dataFromTraces(traces, tracebackLimit, metadata));
  }

  /**
   * A snapshot over columns that are known to be right: not checked, not copied. What comes by
   * `postMessage(snapshot.data)` is: a Snapshot itself loses its class on the way.
   */
  static fromData(data: SnapshotData): Snapshot {
    return new Snapshot(data);
  }

  /** Python: Snapshot.traces. */
  get traces(): Traces {
    this.#traces ??= new Traces(this.data);
    return this.#traces;
  }

  /** Frames that tracebacks were limited to. Python: Snapshot.traceback_limit. */
  get tracebackLimit(): number {
    return this.data.tracebackLimit;
  }

  /** Who made the snapshot and how far its figures go. */
  get metadata(): SnapshotMetadata {
    return this.data.metadata;
  }

  /** What led to this moment, if it was recorded (`recordTimeline`); else `null`. */
  get timeline(): SnapshotData['timeline'] {
    return this.data.timeline;
  }

  /** Who held what at this moment, if that was looked at (`takeGraphSnapshot`); else `null`. */
  get graph(): SnapshotData['graph'] {
    return this.data.graph;
  }

  /** The same snapshot with `metadata` merged over its own. */
  withMetadata(metadata: SnapshotMetadata): Snapshot {
    return new Snapshot({ ...this.data, metadata: { ...this.metadata, ...metadata } });
  }

  /**
   * Memory by group, biggest first: by size, count, then traceback, all descending.
   * Cost: O(distinct sites + frames), whatever the number of traces, plus the sort of the groups.
   *
   * @throws RangeError with Python's message for an unknown key, or for a cumulative mode that the
   * key does not have, and for an unknown metric; TracemallocError `unsupported` for a metric that
   * nobody counted. Python: Snapshot.statistics(key_type, cumulative=False).
   */
  statistics<Key extends GroupKey>(key: Key, options: StatisticsOptions<Key> = {}): Statistic[] {
    return statisticsOf(this.data, key, checkCounting('statistics', key, options));
  }

  /**
   * What changed since `old`, biggest change first. Groups that are gone have size 0.
   * Cost: as {@link statistics}, for both.
   *
   * @throws TypeError when old is no Snapshot; RangeError as {@link statistics}.
   * Python: Snapshot.compare_to(old_snapshot, key_type, cumulative=False).
   */
  compareTo<Key extends GroupKey>(
    old: Snapshot,
    key: Key,
    options: StatisticsOptions<Key> = {},
  ): StatisticDiff[] {
    if (!(old instanceof Snapshot)) {
      throw new TypeError(
        `old must be a Snapshot, got ${describe(old)} (of a message: Snapshot.fromData(it.data))`,
      );
    }
    return differencesOf(this.data, old.data, key, checkCounting('compareTo', key, options));
  }

  /**
   * The traces that any inclusive filter matches (all, when there is none) and every exclusive
   * filter lets through. Cost: a few instructions a trace; patterns are matched once a file.
   *
   * @throws TypeError when filters is no list of filters. Python: Snapshot.filter_traces(filters).
   */
  filterTraces(filters: Iterable<TraceFilter>): Snapshot {
    const list = checkFilters(filters);
    if (list.length === 0) return new Snapshot(this.data);
    const bySite = list.every((filter) => filter.forSites !== undefined);
    return new Snapshot(bySite ? this.#filterSites(list) : this.#filterTraceByTrace(list));
  }

  #filterSites(filters: readonly TraceFilter[]): SnapshotData {
    const { sites } = this.data;
    const rules = filters.map((filter) => ({
      inclusive: filter.inclusive,
      matches: filter.forSites!(this.data),
    }));
    const kept = new Uint8Array(sites.length);
    for (let site = 0; site < sites.length; site++) kept[site] = passes(rules, site) ? 1 : 0;
    return pickTraces(this.data, null, kept);
  }

  /** For filters that may look at sizes: a site may be kept in part. */
  #filterTraceByTrace(filters: readonly TraceFilter[]): SnapshotData {
    const { traces, sites } = this.data;
    const keptTraces = new Uint8Array(traces.length);
    const keptSites = new Uint8Array(sites.length);
    for (let row = 0; row < traces.length; row++) {
      if (!passes(filters, this.traces.at(row)!)) continue;
      keptTraces[row] = 1;
      keptSites[traces.site[row]!] = 1;
    }
    const picked = pickTraces(this.data, keptTraces, keptSites);
    return { ...picked, sites: recountLive(picked.sites, picked.traces) };
  }
}

type Rule<Subject> = { readonly inclusive: boolean; matches(subject: Subject): boolean };

function passes<Subject>(rules: readonly Rule<Subject>[], subject: Subject): boolean {
  let included = true;
  for (const rule of rules) {
    if (!rule.inclusive) continue;
    included = rule.matches(subject);
    if (included) break;
  }
  return included && rules.every((rule) => rule.inclusive || rule.matches(subject));
}

function checkCounting(call: string, key: unknown, options: StatisticsOptions): Counting {
  checkOptions(call, options, ['cumulative', 'metric']);
  const cumulative = checkBoolean('cumulative', options.cumulative ?? false);
  checkGroupKey(key, cumulative);
  return { cumulative, metric: checkMetric(options.metric ?? 'live') };
}
