/// <reference lib="esnext.disposable" preserve="true" />
import { recorderOf, type Tracer } from '../api/tracer.ts';
import { TracemallocError } from '../base/errors.ts';
import type { Bytes } from '../base/units.ts';
import { checkMetric, type Metric, metrics } from '../snapshot/metric.ts';
import type { Traceback } from '../snapshot/traceback.ts';
import type { CounterName } from '../table/site-counters.ts';
import type { Recorder } from '../tracer/recorder.ts';
import type { Rejected } from '../tracer/rejected.ts';
import { PeakWatch } from './peak-watch.ts';

/** Bytes and blocks. */
export type RegionUse = { readonly size: Bytes; readonly count: number };

/** What one site (a stack, a type, a label) has of a region. */
export type RegionSite = RegionUse & {
  /** Where the blocks were allocated. */
  readonly traceback: Traceback;
  /** `''` = unknown. */
  readonly type: string;
  /** `''` = none. */
  readonly label: string;
};

/** What a region is read from: the tracer now, or what was kept when it was closed. */
type Figures = {
  readonly current: Bytes;
  readonly peak: Bytes;
  readonly allocated: RegionUse;
  readonly temporary: RegionUse;
  readonly rejected: Readonly<Rejected>;
  readonly changes: (metric: Metric) => readonly RegionSite[];
};

/** Counters of which a region knows what they were when it began. */
const counted = [
  'liveSize',
  'liveCount',
  'totalSize',
  'totalCount',
  'temporarySize',
  'temporaryCount',
] as const satisfies readonly CounterName[];

/** The columns that a metric grows in: the peak, beyond what was live. */
const columnsOfMetric = {
  live: ['liveSize', 'liveCount'],
  peak: ['liveSize', 'liveCount'],
  allocated: ['totalSize', 'totalCount'],
  temporary: ['temporarySize', 'temporaryCount'],
} as const;

type Columns = Readonly<Record<(typeof counted)[number], Float64Array>>;

/**
 * What happens between two moments of a tracer that traces: its own peak, what was allocated,
 * short-lived and left behind. Nobody's peak is reset, so regions may nest and overlap, and an
 * application that is traced goes on as if there were none. Made by {@link openRegion}.
 *
 * Figures are beyond what was there when the region began, and stand still when it is closed. They
 * are read as traced memory is: frees settle first, as far as the host can at once. What a host
 * does not count (a host that is walked knows no peak) is not known here either.
 *
 * While it is open each event costs a call more, and tracebacks without live blocks are kept.
 */
export class Region {
  readonly #tracer: Tracer;
  readonly #recorder: Recorder;
  readonly #watch: PeakWatch;
  readonly #undo: readonly (() => void)[];
  readonly #session: number;
  readonly #live: Bytes;
  readonly #before: Columns;
  readonly #rejected: Readonly<Rejected>;
  #closed: Figures | null = null;
  #isPinned = true;

  /** @throws TracemallocError `not-tracing`. */
  constructor(tracer: Tracer) {
    if (!tracer.isTracing()) {
      throw new TracemallocError(
        'not-tracing',
        'a region needs a tracer that traces: start it first',
      );
    }
    tracer.getTracedMemory();
    const recorder = recorderOf(tracer);
    this.#tracer = tracer;
    this.#recorder = recorder;
    this.#session = tracer.session;
    this.#live = recorder.current;
    this.#before = columnsOf(recorder);
    this.#rejected = { ...recorder.rejected };
    this.#watch = new PeakWatch(recorder);
    recorder.tables.pins++;
    this.#undo = [tracer.onEvents(this.#watch), tracer.onRead(() => this.#watch.beforeWalk())];
  }

  /** Live bytes more than when it began; below 0 when more was freed than allocated. */
  get current(): Bytes {
    return this.#figures().current;
  }

  /** Most bytes that were live at a time, beyond what was live when it began. */
  get peak(): Bytes {
    return this.#figures().peak;
  }

  /** What was allocated, freed or not. */
  get allocated(): RegionUse {
    return this.#figures().allocated;
  }

  /** What was freed right after it was allocated. */
  get temporary(): RegionUse {
    return this.#figures().temporary;
  }

  /** Events that the tracer could not use, by reason. */
  get rejected(): Readonly<Rejected> {
    return this.#figures().rejected;
  }

  /**
   * Whether traces were cleared, or tracing was stopped, since it began: then its figures are not
   * known, and reading them throws.
   */
  get isCleared(): boolean {
    return this.#watch.isCleared || this.#session !== this.#tracer.session;
  }

  /** Like {@link sites}, with those that have less, as negative figures. */
  changes(metric: Metric): readonly RegionSite[] {
    return this.#figures().changes(checkMetric(metric));
  }

  /**
   * Sites with more than when the region began, the biggest first: `live` is what they left behind,
   * `peak` what they had more of at the region's peak, `allocated` and `temporary` what they did.
   * Cost: O(sites). @throws RangeError for what is no metric.
   */
  sites(metric: Metric): readonly RegionSite[] {
    return this.changes(metric)
      .filter(({ size, count }) => size > 0 || count > 0)
      .map((use) => ({ ...use, size: Math.max(0, use.size), count: Math.max(0, use.count) }));
  }

  /** Ends it: its figures stay what they are. Again: does nothing. */
  close(): void {
    if (!this.#isPinned) return;
    if (!this.isCleared) {
      const figures = this.#figures();
      const changes = new Map(metrics.map((metric) => [metric, figures.changes(metric)]));
      this.#closed = { ...figures, changes: (metric) => changes.get(metric)! };
    }
    this.#isPinned = false;
    this.#recorder.tables.pins--;
    for (const undo of this.#undo) undo();
  }

  /** Closes it, at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** @throws TracemallocError `not-tracing` when traces were cleared meanwhile. */
  #figures(): Figures {
    if (this.#closed !== null) return this.#closed;
    if (this.isCleared) {
      throw new TracemallocError(
        'not-tracing',
        'the figures of the region are not known: traces were cleared, or tracing was stopped, since it began',
      );
    }
    this.#tracer.getTracedMemory();
    this.#watch.look();
    const now = columnsOf(this.#recorder);
    const rejected = { ...this.#recorder.rejected };
    for (const key of Object.keys(rejected) as (keyof Rejected)[]) {
      rejected[key] -= this.#rejected[key];
    }
    return {
      current: this.#recorder.current - this.#live,
      peak: this.#watch.peak - this.#live,
      allocated: this.#grown(now, 'totalSize', 'totalCount'),
      temporary: this.#grown(now, 'temporarySize', 'temporaryCount'),
      rejected,
      changes: (metric) => this.#changes(metric, now),
    };
  }

  /** How much more all sites have together. */
  #grown(now: Columns, size: keyof Columns, count: keyof Columns): RegionUse {
    const before = this.#before;
    return {
      size: sumOf(now[size]) - sumOf(before[size]),
      count: sumOf(now[count]) - sumOf(before[count]),
    };
  }

  /** Sites that have more or less, bytes or blocks. */
  #changes(metric: Metric, now: Columns): RegionSite[] {
    const { sites, strings } = this.#recorder;
    const before = this.#before;
    const [sizeName, countName] = columnsOfMetric[metric];
    const found: RegionSite[] = [];
    for (let site = 1; site < now.liveSize.length; site++) {
      const { size, count } =
        metric === 'peak'
          ? this.#watch.atPeak(site)
          : { size: now[sizeName][site]!, count: now[countName][site]! };
      const moreBytes = size - (before[sizeName][site] ?? 0);
      const moreBlocks = count - (before[countName][site] ?? 0);
      if (moreBytes === 0 && moreBlocks === 0) continue;
      found.push({
        size: moreBytes,
        count: moreBlocks,
        traceback: this.#tracer.tracebackAt(sites.tracebackOf(site)),
        type: strings.at(sites.typeOf(site)),
        label: strings.at(sites.labelOf(site)),
      });
    }
    return found.sort((a, b) => b.size - a.size || b.count - a.count);
  }
}

/**
 * Begins a region of a tracer that traces; `using region = openRegion(tracer)` ends it with the
 * block. Cost: O(sites). @throws TracemallocError `not-tracing`.
 */
export function openRegion(tracer: Tracer): Region {
  return new Region(tracer);
}

function columnsOf({ sites }: Recorder): Columns {
  const rows = Int32Array.from({ length: sites.length }, (_, site) => site);
  const columns = counted.map((name) => [name, sites.copyCounter(name, rows)]);
  return Object.fromEntries(columns) as Columns;
}

function sumOf(column: Float64Array): number {
  return column.reduce((sum, value) => sum + value, 0);
}
