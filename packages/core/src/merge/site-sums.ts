import type { AddedUp } from '../snapshot/added-up.ts';
import type { SnapshotData } from '../snapshot/snapshot-data.ts';
import { addRows } from '../table/add-rows.ts';
import { growFloat64, grownCapacity } from '../table/column.ts';
import { counterNames, countersBy } from '../table/site-counters.ts';
import type { SiteColumns, TableColumns } from '../table/table-columns.ts';
import { Tables } from '../table/tables.ts';
import { MergedTraces } from './merged-traces.ts';

/** What adds up of a snapshot: sites with all that they speak of, and blocks. */
export type SummedColumns = TableColumns & Pick<SnapshotData, 'traces'>;

/** Distinct sites of many snapshots, with the sums of their counters, and their blocks. */
export class SiteSums {
  readonly tables: Tables = new Tables();
  readonly #traces: MergedTraces;
  /** By counter, its column by site; `null` where a snapshot lacks it. */
  readonly #counters: (Float64Array | null)[] = counterNames.map(() => new Float64Array(64));

  /** @param maxTraces Most blocks that each have a row. */
  constructor(maxTraces: number) {
    this.#traces = new MergedTraces(maxTraces);
  }

  /** Distinct sites. */
  get length(): number {
    return this.tables.sites.length - 1;
  }

  /** How blocks were added up; `null` = each has a row. */
  get addedUp(): AddedUp['rows'] | null {
    return this.#traces.rows;
  }

  /** @param addedUp how blocks are to be, or have been, added up. */
  add(columns: SummedColumns, addedUp: AddedUp['rows'] | null): void {
    const rows = addRows(this.tables, columns);
    for (let i = 0; i < rows.length; i++) rows[i]!--;
    this.#addCounters(columns.sites, rows);
    this.#traces.add(columns.traces, rows, addedUp);
  }

  /** Copies. */
  columns(): SummedColumns {
    const { length } = this;
    const columns = this.tables.columns(Int32Array.from({ length }, (_, row) => row + 1));
    const counters = countersBy((name) => {
      return this.#counters[counterNames.indexOf(name)]?.slice(0, length) ?? null;
    });
    return {
      ...columns,
      sites: { ...columns.sites, ...counters },
      traces: this.#traces.finish(),
    };
  }

  #addCounters(sites: SiteColumns, rows: Int32Array): void {
    const { length } = this;
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
