import type { TracebackRow } from '../base/units.ts';
import type { SiteTable } from '../table/site-table.ts';
import type { TracebackTable } from '../table/traceback-table.ts';

/** Rows of tracebacks that are kept, dead or not, before the dead ones are dropped. */
const minTracebacks = 65536;
/** Sites, or rows of tracebacks, that are looked at in one event. */
const stepRows = 256;
/** Less than this share of dead rows is not worth what a new generation costs whoever keeps rows. */
const worthwhile = 1 / 8;

/**
 * Drops the tracebacks that no live block, and no block of the peak, was allocated at, unless
 * somebody looks on. CPython keeps them until `clear_traces()`, so a program with ever new stacks
 * grows for ever.
 *
 * What was counted there is not lost: it moves to the site of the newest frame alone, whose
 * traceback says by total −1 that its depth is not known. So what was allocated by line and by file stays
 * exact.
 *
 * A pass goes a few rows an event, so that none is long: first over the sites, whose dead ones are
 * folded, then over the tracebacks, whose rows become free if that pays. The next one begins when
 * there are twice as many rows as were left.
 */
export class DeadTracebacks {
  readonly #tables: {
    readonly tracebacks: TracebackTable;
    readonly sites: SiteTable;
    readonly pins: number;
  };
  /** The next site to look at; 0 = the sites are done. */
  #site = 0;
  /** Rows in use above which {@link step} has something to do; −1 while a pass runs. */
  dueFrom: number = minTracebacks;
  readonly #isUsed = (row: TracebackRow): boolean => this.#tables.sites.hasSites(row);

  constructor(tables: {
    readonly tracebacks: TracebackTable;
    readonly sites: SiteTable;
    readonly pins: number;
  }) {
    this.#tables = tables;
  }

  /** Another part of the pass, or the first of one. */
  step(): void {
    const { tracebacks, pins } = this.#tables;
    if (pins > 0) this.#end();
    else if (this.dueFrom >= 0) this.#begin();
    else if (this.#site > 0) this.#foldSome();
    else if (!tracebacks.sweep(stepRows, this.#isUsed)) this.#end();
  }

  /** A whole pass at once, for tests and for whoever can wait. */
  finish(): void {
    do this.step();
    while (this.dueFrom < 0);
  }

  /** No pass now, and none before there are twice as many rows. */
  postpone(): void {
    this.#end();
  }

  /** All rows are gone. */
  reset(): void {
    this.dueFrom = minTracebacks;
  }

  #begin(): void {
    this.dueFrom = -1;
    this.#site = 1;
  }

  #end(): void {
    const { tracebacks } = this.#tables;
    tracebacks.endSweep();
    this.dueFrom = Math.max(minTracebacks, tracebacks.used * 2);
  }

  #foldSome(): void {
    const { sites, tracebacks } = this.#tables;
    const end = Math.min(this.#site + stepRows, sites.length);
    for (; this.#site < end; this.#site++) this.#foldIfDead(this.#site);
    if (end < sites.length) return;
    this.#site = 0;
    const dead = tracebacks.used - sites.tracebackCount;
    if (dead < tracebacks.used * worthwhile) this.#end();
    else tracebacks.beginSweep();
  }

  #foldIfDead(site: number): void {
    const { sites, tracebacks } = this.#tables;
    const row = sites.tracebackOf(site);
    if (row <= 0 || !sites.isDead(site) || tracebacks.totalOf(row) === -1) return;
    tracebacks.stack[0] = tracebacks.frameOf(row, 0);
    const newest = tracebacks.intern(1, -1);
    const [domain, type, label] = [sites.domainOf(site), sites.typeOf(site), sites.labelOf(site)];
    const existing = sites.find(newest, domain, type, label);
    sites.fold(site, existing !== 0 ? existing : sites.add(newest, domain, type, label));
  }
}
