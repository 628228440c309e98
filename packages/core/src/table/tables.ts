import type {
  DomainRow,
  FrameRow,
  SiteRow,
  StringRow,
  TracebackRow,
  TypeRow,
} from '../base/units.ts';
import { FrameTable } from './frame-table.ts';
import { countersBy } from './site-counters.ts';
import { SiteTable } from './site-table.ts';
import { StringTable } from './string-table.ts';
import type { TableColumns } from './table-columns.ts';
import type { TimelineSource } from './timeline-columns.ts';
import { TracebackTable } from './traceback-table.ts';

/** The first frame that is interned: `<unknown>:0`. */
export const unknownFrame: FrameRow = 0;

/**
 * Sites and all that they speak of, as tables that grow. The tracebacks have no limit at first.
 * `addRows` adds those of others.
 */
export class Tables {
  readonly strings: StringTable = new StringTable();
  readonly frames: FrameTable = new FrameTable();
  readonly tracebacks: TracebackTable;
  readonly sites: SiteTable = new SiteTable();
  /** How many look on: while there are any, sites and tracebacks keep their rows. */
  pins = 0;
  /** The time line that is being recorded, if any. */
  timeline: TimelineSource | null = null;
  /** CPython's domain number → row, where domains are known by number alone. */
  readonly #domainRows = new Map<number, DomainRow>();
  readonly #codes: number[] = [];

  constructor() {
    this.frames.intern(this.strings.intern('<unknown>'), 0, 0);
    this.tracebacks = new TracebackTable(unknownFrame, this.frames);
    this.tracebacks.reset(Number.MAX_SAFE_INTEGER, 1);
  }

  /** The domain row of a number, made when it is new. */
  domain(code: number): DomainRow {
    const known = this.#domainRows.get(code);
    if (known !== undefined) return known;
    const row = this.#codes.push(code) - 1;
    this.#domainRows.set(code, row);
    return row;
  }

  /** CPython's numbers of the rows that {@link domain} gave. */
  get codes(): readonly number[] {
    return this.#codes;
  }

  /** The site, made when it is new. */
  site(traceback: TracebackRow, domain: DomainRow, type: TypeRow, label: StringRow): SiteRow {
    const { sites } = this;
    return sites.find(traceback, domain, type, label) || sites.add(traceback, domain, type, label);
  }

  /**
   * Copies, trimmed, with all counters. `rows` are the sites that are copied, in this order.
   * @param codes CPython's number by domain row.
   */
  columns(rows: Int32Array, codes: readonly number[] = this.#codes): TableColumns {
    const { strings, frames, tracebacks, sites } = this;
    const keys = sites.copyKeys(rows);
    const domain = Uint32Array.from(keys.domain);
    for (let i = 0; i < domain.length; i++) domain[i] = codes[domain[i]!]!;
    const counters = countersBy((name) => sites.copyCounter(name, rows));
    return {
      sites: { length: rows.length, ...keys, domain, ...counters },
      tracebacks: { length: tracebacks.length, ...tracebacks.copyColumns() },
      frames: { length: frames.length, ...frames.copyColumns() },
      strings: strings.toArray(),
    };
  }

  /** Bytes of all columns and indexes, capacity included; strings are not counted, as in CPython. */
  get byteLength(): number {
    return this.frames.byteLength + this.tracebacks.byteLength + this.sites.byteLength;
  }
}
