import type { Bytes, DomainRow, LabelRow, SiteRow, TracebackRow, TypeRow } from '../base/units.ts';
import type { SiteTable } from '../table/site-table.ts';
import type { Domain } from './domains.ts';
import type { Rejected } from './rejected.ts';

/**
 * Live bytes at most, of all blocks together: so no sum of them is ever rounded, and what comes is
 * what goes.
 */
export const maxLiveBytes: Bytes = Number.MAX_SAFE_INTEGER;

/** What a walk needs of a recorder. */
type Walkable = {
  readonly session: number;
  readonly current: Bytes;
  readonly domains: readonly Domain[];
  readonly sites: SiteTable;
  readonly rejected: Rejected;
  isSize(size: Bytes): boolean;
  isLabel(label: LabelRow): boolean;
  site(traceback: TracebackRow, domain: DomainRow, type: TypeRow, label: LabelRow): SiteRow;
  countLive(domain: Domain): void;
};

/**
 * Asks the walked domains what lives now: their blocks count as live from here on. A walk that
 * throws is counted, and leaves what was live.
 */
export function walkDomains(recorder: Walkable): void {
  const { session } = recorder;
  for (const owner of recorder.domains) {
    if (owner.liveSet === null) continue;
    const store = owner.newStore();
    const before = recorder.sites.liveSizeOf(owner.row);
    let walked = 0;
    let id = 0;
    try {
      owner.liveSet((size, traceback, type, label = 0) => {
        // Some walks emit too late, or clear what they walk.
        if (id < 0 || recorder.session !== session) return;
        if (!recorder.isSize(size) || !recorder.isLabel(label)) return;
        const site = recorder.site(traceback, owner.row, type, label);
        if (site === 0) return;
        const bytes = Math.min(size, maxLiveBytes - recorder.current + before - walked);
        if (bytes < size) recorder.rejected.cutSize++;
        walked += bytes;
        store.put(id++, bytes, site);
      });
      if (recorder.session !== session) return;
      owner.store = store;
      recorder.countLive(owner);
    } catch {
      recorder.rejected.failedWalk++;
    }
    id = -1;
  }
}
