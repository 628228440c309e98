import type {
  BlockId,
  Bytes,
  DomainRow,
  LabelRow,
  SiteRow,
  TracebackRow,
  TypeRow,
} from '../base/units.ts';
import { growFloat64, growInt32, grownCapacity } from '../table/column.ts';
import type { TracerEvents } from '../tracer/events.ts';
import type { Recorder } from '../tracer/recorder.ts';

/**
 * Follows the maximum of traced memory since it began, and what it was made of, beside the tracer's
 * own: as in the site table, `epoch` advances with every new maximum, and before a site changes for
 * the first time in an epoch, what it has live is saved.
 *
 * It hears of events before they are recorded, so a maximum is seen when the next event comes, or
 * at {@link look}. Cost: O(1) an event, as long as it is listening.
 */
export class PeakWatch implements TracerEvents {
  /** Most bytes that were live at a time. */
  peak: Bytes;
  /** All blocks were forgotten meanwhile. */
  isCleared = false;
  readonly #recorder: Recorder;
  #epoch = 1;
  #savedEpoch: Int32Array = new Int32Array(64);
  #savedSize: Float64Array = new Float64Array(64);
  #savedCount: Float64Array = new Float64Array(64);
  /** The site that the last event may have made: it had nothing live before. */
  #made: { traceback: TracebackRow; domain: DomainRow; type: TypeRow; label: LabelRow } | null =
    null;

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
    this.peak = recorder.current;
  }

  /** Takes what the last event did into account. */
  look(): void {
    this.#nameMade();
    const { current } = this.#recorder;
    if (current <= this.peak) return;
    this.peak = current;
    this.#epoch++;
  }

  /** What a site had live at the maximum; call {@link look} before. */
  atPeak(site: SiteRow): { size: Bytes; count: number } {
    const { sites } = this.#recorder;
    return this.#savedEpoch[site] === this.#epoch
      ? { size: this.#savedSize[site]!, count: this.#savedCount[site]! }
      : { size: sites.sizeOf(site), count: sites.liveCountOf(site) };
  }

  /** Before walked domains tell what lives. */
  beforeWalk(): void {
    this.look();
    for (const { row, liveSet } of this.#recorder.domains) if (liveSet !== null) this.#saveAll(row);
  }

  alloc(
    domain: DomainRow,
    id: BlockId,
    _size: Bytes,
    traceback: TracebackRow,
    type: TypeRow,
  ): void {
    this.look();
    this.#saveBlock(domain, id);
    this.#saveSite(domain, traceback, type);
  }

  realloc(
    domain: DomainRow,
    from: BlockId,
    to: BlockId,
    _size: Bytes,
    traceback: TracebackRow,
    type: TypeRow,
  ): void {
    this.look();
    this.#saveBlock(domain, from);
    this.#saveBlock(domain, to);
    this.#saveSite(domain, traceback, type);
  }

  resize(domain: DomainRow, id: BlockId): void {
    this.look();
    this.#saveBlock(domain, id);
  }

  retag(domain: DomainRow, id: BlockId, traceback: TracebackRow, type: TypeRow): void {
    this.look();
    this.#saveBlock(domain, id);
    this.#saveSite(domain, traceback, type);
  }

  free(domain: DomainRow, id: BlockId): void {
    this.look();
    this.#saveBlock(domain, id);
  }

  freeAll(domain: DomainRow): void {
    this.look();
    this.#saveAll(domain);
  }

  gcBegin(): void {
    this.look();
  }

  survive(domain: DomainRow, _from: BlockId, to: BlockId): void {
    this.look();
    this.#saveBlock(domain, to);
  }

  gcEnd(domain: DomainRow): void {
    this.look();
    this.#saveAll(domain);
  }

  countAllocated(): void {
    this.look();
  }

  setLabel(): void {
    this.look();
  }

  walk(): void {
    this.look();
  }

  clear(): void {
    this.isCleared = true;
  }

  #saveBlock(domain: DomainRow, id: BlockId): void {
    if (this.#recorder.domains[domain] === undefined || !(id >= 0)) return;
    const site = this.#recorder.siteAt(domain, id);
    if (site !== 0) this.#save(site);
  }

  #saveSite(domain: DomainRow, traceback: TracebackRow, type: TypeRow): void {
    if (typeof traceback !== 'number') return;
    const { sites, label } = this.#recorder;
    const site = sites.find(traceback, domain, type, label);
    if (site !== 0) this.#save(site);
    else this.#made = { traceback, domain, type, label };
  }

  #saveAll(domain: DomainRow): void {
    const { sites } = this.#recorder;
    for (let site = 1; site < sites.length; site++) {
      if (sites.domainOf(site) === domain) this.#save(site);
    }
  }

  #save(site: SiteRow): void {
    const { sites } = this.#recorder;
    this.#put(site, sites.sizeOf(site), sites.liveCountOf(site));
  }

  #nameMade(): void {
    const made = this.#made;
    if (made === null) return;
    this.#made = null;
    const site = this.#recorder.sites.find(made.traceback, made.domain, made.type, made.label);
    if (site !== 0) this.#put(site, 0, 0);
  }

  #put(site: SiteRow, size: Bytes, count: number): void {
    if (site >= this.#savedEpoch.length) this.#grow(site);
    if (this.#savedEpoch[site] === this.#epoch) return;
    this.#savedEpoch[site] = this.#epoch;
    this.#savedSize[site] = size;
    this.#savedCount[site] = count;
  }

  #grow(site: SiteRow): void {
    const capacity = grownCapacity(this.#savedEpoch.length, site + 1);
    this.#savedEpoch = growInt32(this.#savedEpoch, capacity);
    this.#savedSize = growFloat64(this.#savedSize, capacity);
    this.#savedCount = growFloat64(this.#savedCount, capacity);
  }
}
