import type { FrameTable } from '../table/frame-table.ts';
import type { SiteTable } from '../table/site-table.ts';
import type { TracebackTable } from '../table/traceback-table.ts';

/**
 * Drops the tracebacks that no live block, and no block of the peak, was allocated at, unless
 * somebody looks on. CPython
 * keeps them until `clear_traces()`, so a program with ever new stacks grows for ever.
 *
 * What was counted there is not lost: it moves to the site of the newest frame alone, whose
 * traceback says by total −1 that its depth is not known. So what was allocated by line and by file stays
 * exact. Cost: O(sites + tracebacks), amortised by the caller, which lets the table double first.
 */
export function dropDeadTracebacks(tables: {
  readonly tracebacks: TracebackTable;
  readonly sites: SiteTable;
  readonly frames: FrameTable;
  readonly pins: number;
}): void {
  const { tracebacks, sites, pins } = tables;
  if (pins > 0) return;
  const last = sites.length;
  for (let site = 1; site < last; site++) {
    const row = sites.tracebackOf(site);
    if (row <= 0 || !sites.isDead(site) || isFolded(tracebacks, row)) continue;
    tracebacks.stack[0] = tracebacks.frameOf(row, 0);
    const newest = tracebacks.intern(1, -1);
    const type = sites.typeOf(site);
    const domain = sites.domainOf(site);
    const label = sites.labelOf(site);
    const existing = sites.find(newest, domain, type, label);
    sites.fold(site, existing !== 0 ? existing : sites.add(newest, domain, type, label));
  }
  const live = new Uint8Array(tracebacks.length);
  for (let site = 1; site < sites.length; site++) {
    const row = sites.tracebackOf(site);
    if (row >= 0) live[row] = 1;
  }
  sites.renumber(tracebacks.retain(live), tracebacks.length);
}

function isFolded(tracebacks: TracebackTable, row: number): boolean {
  return tracebacks.totalOf(row) === -1;
}
