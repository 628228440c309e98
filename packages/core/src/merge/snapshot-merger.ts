import { Snapshot } from '../api/snapshot.ts';
import { checkInteger, checkOptions, checkString, describe } from '../base/check.ts';
import { TracemallocError } from '../base/errors.ts';
import { addedUpOf } from '../snapshot/added-up.ts';
import { compact } from '../snapshot/columns.ts';
import type { SnapshotData, SnapshotMetadata } from '../snapshot/snapshot-data.ts';
import { addRows } from '../table/add-rows.ts';
import { growFloat64, grownCapacity } from '../table/column.ts';
import { counterNames, countersBy } from '../table/site-counters.ts';
import type { SiteColumns } from '../table/table-columns.ts';
import { Tables } from '../table/tables.ts';
import { MergedMetadata } from './merge-metadata.ts';
import { MergedTraces } from './merged-traces.ts';

/** How much memory a {@link SnapshotMerger} may take, in rows. Both have no bound by default. */
export type MergerOptions = {
  /**
   * Most blocks that each have a row: those of more are added up, equal ones first, then those of
   * a site with sizes between two powers of two. Sums stay exact; `metadata.addedUp` says what was done.
   */
  readonly maxTraces?: number;
  /** Most distinct sites, of which there is no sum; more is an error. */
  readonly maxSites?: number;
};

/**
 * Adds up snapshots one by one, as {@link mergeSnapshots} does all at once: nothing is kept of each
 * but its sum, so that ten thousand take no more memory than their distinct sites do. In any order,
 * and merged in any groups, it comes to the same sites, figures and blocks.
 *
 * ```ts
 * const merger = new SnapshotMerger({ maxTraces: 2 ** 21 });
 * for (const file of files) merger.add(load(readFileSync(file)));
 * const fleet = merger.finish();
 * ```
 */
export class SnapshotMerger {
  readonly #maxSites: number;
  readonly #tables = new Tables();
  readonly #traces: MergedTraces;
  readonly #metadata = new MergedMetadata();
  /** By counter, its column by site; `null` where a snapshot lacks it. */
  readonly #counters: (Float64Array | null)[] = counterNames.map(() => new Float64Array(64));
  #tracebackLimit = 0;
  /** Bytes between two samples, the most of all snapshots. */
  #interval = 0;
  #count = 0;

  /** @throws TypeError or RangeError that names the option. */
  constructor(options: MergerOptions = {}) {
    checkOptions('SnapshotMerger', options, ['maxTraces', 'maxSites']);
    const { maxTraces, maxSites } = options;
    this.#maxSites = maxSites === undefined ? Infinity : checkRows('maxSites', maxSites);
    this.#traces = new MergedTraces(
      maxTraces === undefined ? Infinity : checkRows('maxTraces', maxTraces),
    );
  }

  /** Snapshots that were added. */
  get count(): number {
    return this.#count;
  }

  /**
   * Adds a snapshot, which is not kept. Cost: O(its sites, frames of tracebacks and traces).
   *
   * @param label of what it has without one. `''` = none.
   * @throws TypeError; TracemallocError `too-large` when there would be more than `maxSites`, and
   * then the merger is of no use any more.
   */
  add(snapshot: Snapshot, label = ''): void {
    if (!(snapshot instanceof Snapshot)) {
      throw new TypeError(`snapshot must be a Snapshot, got ${describe(snapshot)}`);
    }
    const data = labelled(snapshot.data, checkString('label', label));
    const rows = addRows(this.#tables, data);
    const sites = this.#tables.sites.length - 1;
    if (sites > this.#maxSites) throw tooManySites(sites, this.#maxSites);
    for (let i = 0; i < rows.length; i++) rows[i]!--;
    this.#addCounters(data.sites, rows, sites);
    this.#traces.add(data.traces, rows, addedUpOf(data.metadata)?.rows ?? null);
    this.#metadata.add(data.metadata);
    this.#tracebackLimit = Math.max(this.#tracebackLimit, data.tracebackLimit);
    this.#interval = Math.max(this.#interval, intervalOf(data.metadata));
    this.#count++;
  }

  /**
   * The sum of what was added. The limit is the highest one; a counter that a snapshot lacks the sum
   * lacks too. @throws TracemallocError `misuse` when nothing was added.
   */
  finish(): Snapshot {
    if (this.#count === 0) throw new TracemallocError('misuse', 'no snapshot was added');
    const length = this.#tables.sites.length - 1;
    const columns = this.#tables.columns(Int32Array.from({ length }, (_, row) => row + 1));
    const counters = countersBy((name) => {
      return this.#counters[counterNames.indexOf(name)]?.slice(0, length) ?? null;
    });
    const { rows } = this.#traces;
    const addedUp = rows === null ? {} : { addedUp: { rows, interval: this.#interval } };
    return Snapshot.fromData(
      compact({
        ...columns,
        sites: { ...columns.sites, ...counters },
        traces: this.#traces.finish(),
        tracebackLimit: this.#tracebackLimit,
        metadata: { ...this.#metadata.finish(), ...addedUp },
        timeline: null,
        graph: null,
      }),
    );
  }

  #addCounters(sites: SiteColumns, rows: Int32Array, length: number): void {
    for (const [i, name] of counterNames.entries()) {
      const counter = sites[name];
      let sum = this.#counters[i]!;
      if (counter === null) this.#counters[i] = null;
      if (counter === null || sum === null) continue;
      if (sum.length < length) sum = growFloat64(sum, grownCapacity(sum.length, length));
      for (let row = 0; row < rows.length; row++) sum[rows[row]!]! += counter[row]!;
      this.#counters[i] = sum;
    }
  }
}

function checkRows(name: string, rows: number): number {
  return checkInteger(name, rows, 1, Number.MAX_SAFE_INTEGER);
}

function tooManySites(sites: number, maxSites: number): TracemallocError {
  return new TracemallocError(
    'too-large',
    `the snapshots have ${sites} distinct sites and more, above maxSites = ${maxSites}; filter them, or map names that differ from one to the next`,
    { sites, maxSites },
  );
}

/** Bytes between two samples; 0 = nothing was sampled. */
function intervalOf(metadata: SnapshotMetadata): number {
  const { interval } = (metadata['sampling'] ?? {}) as { readonly interval?: unknown };
  const own = typeof interval === 'number' && interval > 0 ? interval : 0;
  return Math.max(own, addedUpOf(metadata)?.interval ?? 0);
}

/** The snapshot whose sites without a label have this one. */
function labelled(data: SnapshotData, label: string): SnapshotData {
  if (label === '') return data;
  const known = data.strings.indexOf(label);
  const row = known < 0 ? data.strings.length : known;
  const strings = known < 0 ? [...data.strings, label] : data.strings;
  const column = data.sites.label.map((own) => own || row);
  return { ...data, strings, sites: { ...data.sites, label: column } };
}
