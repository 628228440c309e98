import { Snapshot } from '../api/snapshot.ts';
import { checkInteger, checkOptions, checkString, describe } from '../base/check.ts';
import { TracemallocError } from '../base/errors.ts';
import { type AddedUp, addedUpOf } from '../snapshot/added-up.ts';
import { compact } from '../snapshot/columns.ts';
import type { SnapshotData, SnapshotMetadata } from '../snapshot/snapshot-data.ts';
import { foldLevelOf } from './fold-levels.ts';
import { Folds } from './folds.ts';
import { MergedMetadata } from './merge-metadata.ts';
import { SiteSums, type SummedColumns } from './site-sums.ts';

/** How much memory a {@link SnapshotMerger} may take, in rows. Both have no bound by default. */
export type MergerOptions = {
  /**
   * Most blocks that each have a row: those of more are added up, equal ones first, then those of
   * a site with sizes between two powers of two. Sums stay exact; `metadata.addedUp` says what was done.
   */
  readonly maxTraces?: number;
  /**
   * Most distinct sites. Of more, those become one whose names differ in ids and numbers alone, with
   * `*` there; then those of a line with many stacks, of a file with many lines and of a folder with
   * many files, until it is enough. `metadata.folded` says how far ({@link foldedOf}). Figures stay
   * exact for what they are of.
   */
  readonly maxSites?: number;
};

/**
 * Adds up snapshots one by one, as {@link mergeSnapshots} does all at once: nothing is kept of each
 * but its sum, so that ten thousand take no more memory than their distinct sites do, and no more than
 * `maxSites` of those. In any order, and merged in any groups, it comes to the same sites, figures and blocks.
 *
 * ```ts
 * const merger = new SnapshotMerger({ maxTraces: 2 ** 21, maxSites: 150_000 });
 * for (const file of files) merger.add(load(readFileSync(file)));
 * const fleet = merger.finish();
 * ```
 */
export class SnapshotMerger {
  readonly #maxSites: number;
  readonly #maxTraces: number;
  #sum: SiteSums;
  /** Sites of the sum when it was last made. */
  #settled = 0;
  readonly #folds = new Folds();
  readonly #metadata = new MergedMetadata();
  #tracebackLimit = 0;
  /** Bytes between two samples, the most of all snapshots. */
  #interval = 0;
  #count = 0;

  /** @throws TypeError or RangeError that names the option. */
  constructor(options: MergerOptions = {}) {
    checkOptions('SnapshotMerger', options, ['maxTraces', 'maxSites']);
    const { maxTraces, maxSites } = options;
    this.#maxSites = maxSites === undefined ? Infinity : checkRows('maxSites', maxSites);
    this.#maxTraces = maxTraces === undefined ? Infinity : checkRows('maxTraces', maxTraces);
    this.#sum = new SiteSums(this.#maxTraces);
  }

  /** Snapshots that were added. */
  get count(): number {
    return this.#count;
  }

  /**
   * Adds a snapshot, which is not kept. Cost: O(its sites, frames of tracebacks and traces).
   *
   * @param label of what it has without one. `''` = none.
   * @throws TypeError.
   */
  add(snapshot: Snapshot, label = ''): void {
    if (!(snapshot instanceof Snapshot)) {
      throw new TypeError(`snapshot must be a Snapshot, got ${describe(snapshot)}`);
    }
    const data = labelled(snapshot.data, checkString('label', label));
    const { metadata } = data;
    this.#foldMore(foldLevelOf(metadata));
    this.#add(data, addedUpOf(metadata)?.rows ?? null);
    this.#foldMore();
    // Sites that came before their place was folded.
    if (this.#sum.length > this.#maxSites + this.#settled / 2) this.#settle();
    this.#metadata.add(metadata);
    this.#tracebackLimit = Math.max(this.#tracebackLimit, data.tracebackLimit);
    this.#interval = Math.max(this.#interval, intervalOf(metadata));
    this.#count++;
  }

  /**
   * The sum of what was added. The limit is the highest one; a counter that a snapshot lacks the sum
   * lacks too. @throws TracemallocError `misuse` when nothing was added.
   */
  finish(): Snapshot {
    if (this.#count === 0) throw new TracemallocError('misuse', 'no snapshot was added');
    const folded = this.#folds.metadata;
    if (folded !== null) this.#settle();
    const rows = this.#sum.addedUp;
    return Snapshot.fromData(
      compact({
        ...this.#sum.columns(),
        tracebackLimit: this.#tracebackLimit,
        metadata: {
          ...this.#metadata.finish(),
          ...(rows !== null && { addedUp: { rows, interval: this.#interval } }),
          ...(folded !== null && { folded }),
        },
        timeline: null,
        graph: null,
      }),
    );
  }

  #add(columns: SummedColumns, addedUp: AddedUp['rows'] | null): void {
    // Blocks of folded sites are always added up: whether they have to be would depend on their order.
    const isFolded = this.#folds.level > 0;
    this.#sum.add(this.#folds.apply(columns), isFolded ? 'octaves' : addedUp);
    this.#folds.count(this.#sum.tables);
  }

  /** Until there are few enough sites, and at least as much as some sum before. */
  #foldMore(level = 0): void {
    const before = this.#folds.level;
    while (this.#folds.level < level || this.#folds.rows > this.#maxSites) {
      this.#folds.deepen(this.#sum.tables);
    }
    if (this.#folds.level > before) this.#settle();
  }

  /** Makes the sum anew, with all that is folded by now. */
  #settle(): void {
    this.#folds.forgetTables();
    const columns = this.#sum.columns();
    this.#sum = new SiteSums(this.#maxTraces);
    this.#add(columns, null);
    this.#settled = this.#sum.length;
  }
}

function checkRows(name: string, rows: number): number {
  return checkInteger(name, rows, 1, Number.MAX_SAFE_INTEGER);
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
