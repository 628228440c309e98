import {
  type BlockId,
  type Bytes,
  type DomainRow,
  type FrameRow,
  type LabelRow,
  maxTracebackLimit,
  type SiteRow,
  type TracebackRow,
  type TypeRow,
} from '../base/units.ts';
import { copyBlocks } from '../table/block-store.ts';
import type { FrameTable } from '../table/frame-table.ts';
import { isCount, isRow, sameRows } from '../table/rows.ts';
import type { SiteTable } from '../table/site-table.ts';
import type { StringTable } from '../table/string-table.ts';
import { Tables, unknownFrame } from '../table/tables.ts';
import type { TracebackTable } from '../table/traceback-table.ts';
import { DeadTracebacks } from './dead-tracebacks.ts';
import { type Domain, type DomainOptions, makeDomain } from './domains.ts';
import type { Loan, TracerEvents } from './events.ts';
import { Labels } from './labels.ts';
import { noneRejected, type Rejected } from './rejected.ts';
import { maxLiveBytes, walkDomains } from './walks.ts';

const currentCell = 0;
const peakCell = 1;

/** Sizes below it are small integers for V8, which cost nothing to compare. */
const bigSize = 2 ** 30;

/**
 * Turns events into rows: the live blocks of every domain, the sites they were allocated at, and
 * the running totals. It is the one mutable thing of this library.
 *
 * `alloc`, `realloc`, `resize`, `retag` and `free` are the hot path: numbers only, nothing is
 * allocated per event once the tables are warm, and nothing is thrown.
 */
export class Recorder implements TracerEvents {
  on = false;
  /** Changes whenever all blocks are forgotten. */
  session = 1;
  readonly tables: Tables = new Tables();
  readonly strings: StringTable = this.tables.strings;
  readonly frames: FrameTable = this.tables.frames;
  readonly tracebacks: TracebackTable = this.tables.tracebacks;
  readonly sites: SiteTable = this.tables.sites;
  readonly labels: Labels = new Labels(this.strings);
  /** Of what is allocated now. */
  label: LabelRow = 0;
  readonly domains: Domain[] = [];
  rejected: Rejected = noneRejected();

  /** [current, peak] in bytes; cells, because a number field that holds a double is an allocation. */
  readonly totals: Float64Array = new Float64Array(2);
  /** (id, domain) of the last two allocations: what is freed while it stands here is temporary. */
  readonly recent: Float64Array = new Float64Array(4).fill(-1);
  /** Drops them. */
  readonly deadTracebacks: DeadTracebacks = new DeadTracebacks(this.tables);
  /** Somebody counts for it; `null`: it counts itself. */
  loan: Loan | null = null;
  /** A block of so many bytes may have no room; of any size, once there was little room. */
  #cutFrom = bigSize;

  constructor() {
    this.tracebacks.reset(1);
  }

  get current(): Bytes {
    return this.totals[currentCell]!;
  }

  get peak(): Bytes {
    return this.totals[peakCell]!;
  }

  /** Bytes of all tables, capacity included; strings are not counted, as in CPython. */
  get byteLength(): number {
    return this.domains.reduce((sum, { store, collecting }) => {
      return sum + store.byteLength + (collecting?.byteLength ?? 0);
    }, this.tables.byteLength);
  }

  addDomain(options: DomainOptions): Domain {
    const domain = makeDomain(this.domains.length, options);
    this.domains.push(domain);
    return domain;
  }

  start(tracebackLimit: number): void {
    this.tracebacks.reset(tracebackLimit);
    this.on = true;
  }

  /** Forgets all blocks, sites and tracebacks; strings, frames and domains stay valid. */
  clear(): void {
    this.session++;
    for (const domain of this.domains) {
      domain.store = domain.newStore();
      domain.collecting = null;
    }
    this.sites.reset();
    this.tracebacks.reset(this.tracebacks.limit);
    this.rejected = noneRejected();
    this.totals.fill(0);
    this.recent.fill(-1);
    this.deadTracebacks.reset();
    this.#cutFrom = bigSize;
  }

  resetPeak(): void {
    this.totals[peakCell] = this.current;
    this.sites.epoch++;
  }

  /**
   * The traceback of `stack[0 … count)`; frames beyond the table's limit are not used. Row 0 when
   * there is no frame, or one that is no row.
   */
  capture(count: number, total: number): TracebackRow {
    const { tracebacks } = this;
    if (typeof count !== 'number' || !(count >= 1)) return 0;
    const used = count < tracebacks.stack.length ? count | 0 : tracebacks.stack.length;
    const depth = typeof total === 'number' && total > used ? total : used;
    const row =
      depth === 1
        ? tracebacks.extend(0, tracebacks.stack[0]!) // The same row, which it remembers.
        : tracebacks.intern(used, Math.min(depth, maxTracebackLimit) | 0);
    if (row === 0 && tracebacks.stack[0] !== unknownFrame) this.rejected.badRow++;
    return row;
  }

  /** `parent`'s stack with `frame` called from it; row 0 when one of them is no row. */
  extend(parent: TracebackRow, frame: FrameRow): TracebackRow {
    const row = this.tracebacks.extend(parent, frame);
    if (row === 0 && frame !== unknownFrame) this.rejected.badRow++;
    return row;
  }

  /** Records a live block. A live id is replaced: its old size is subtracted before. */
  alloc(domain: DomainRow, id: BlockId, size: Bytes, traceback: TracebackRow, type: TypeRow): void {
    if (!this.on || !this.#isId(id) || !this.isSize(size)) return;
    let site = this.label === 0 ? this.sites.lookUp(traceback, domain, type) : 0;
    if (site === 0) site = this.site(traceback, domain, type, this.label);
    if (site === 0) return;
    const store = this.domains[domain]!.store;
    const bytes =
      size < this.#cutFrom ? size : this.#cut(size, store.find(id) === 0 ? 0 : store.foundSize[0]!);
    const previous = store.put(id, bytes, site);
    if (previous !== 0) this.#replaced(previous, store.foundSize[0]!);
    this.sites.countAlloc(site, bytes);
    this.#add(bytes);
    const recent = this.recent;
    recent[2] = recent[0]!;
    recent[3] = recent[1]!;
    recent[0] = id;
    recent[1] = domain;
    if (this.tracebacks.used > this.deadTracebacks.dueFrom) this.#dropDeadTracebacks();
  }

  /** A block that moved or changed its size; `from` need not be known, as in CPython. */
  realloc(
    domain: DomainRow,
    from: BlockId,
    to: BlockId,
    size: Bytes,
    traceback: TracebackRow,
    type: TypeRow,
  ): void {
    if (!this.on || !this.#isDomain(domain) || !this.#isId(from) || !this.#isId(to)) return;
    if (!this.isSize(size)) return;
    this.#release(domain, from);
    this.alloc(domain, to, size, traceback, type);
  }

  /** A size that became known late or changed in place; the traceback stays. */
  resize(domain: DomainRow, id: BlockId, size: Bytes): void {
    if (!this.on || !this.#isDomain(domain) || !this.#isId(id) || !this.isSize(size)) return;
    const store = this.#storeOf(domain, id);
    const site = store.find(id);
    if (site === 0) {
      this.rejected.unknownBlock++;
      return;
    }
    const before = store.foundSize[0]!;
    const bytes = size < this.#cutFrom ? size : this.#cut(size, before);
    if (before === bytes) return;
    store.put(id, bytes, site);
    this.sites.countResize(site, before, bytes);
    this.#add(bytes - before);
  }

  /** A live block that is used for a new object without having been freed: the size stays. */
  retag(domain: DomainRow, id: BlockId, traceback: TracebackRow, type: TypeRow): void {
    if (!this.on || !this.#isDomain(domain) || !this.#isId(id)) return;
    const store = this.#storeOf(domain, id);
    const before = store.find(id);
    if (before === 0) {
      this.rejected.unknownBlock++;
      return;
    }
    const size = store.foundSize[0]!;
    const site = this.site(traceback, domain, type, this.label);
    if (site === 0 || site === before) return;
    store.put(id, size, site);
    this.sites.countMove(before, site, size);
  }

  free(domain: DomainRow, id: BlockId): void {
    if (!this.on || !this.#isDomain(domain) || !this.#isId(id)) return;
    if (!this.#release(domain, id)) this.rejected.unknownBlock++;
  }

  /** What is allocated from now on has the label. */
  setLabel(label: LabelRow): void {
    if (this.isLabel(label)) this.label = label;
  }

  /** Counts an allocation in a walked domain, where no block is followed. */
  countAllocated(domain: DomainRow, size: Bytes, traceback: TracebackRow, type: TypeRow): void {
    if (!this.on || !this.isSize(size)) return;
    const site = this.site(traceback, domain, type, this.label);
    if (site !== 0) this.sites.countAllocated(site, size);
  }

  /** An arena is gone: every block of the domain dies. Cost: O(sites). */
  freeAll(domain: DomainRow): void {
    if (!this.on || !this.#isDomain(domain)) return;
    this.#forgetRecent(domain);
    const owner = this.domains[domain]!;
    this.totals[currentCell]! -= this.sites.clearLive(domain);
    owner.store = owner.newStore();
    if (owner.collecting !== null) owner.collecting = owner.newStore();
  }

  /** A collection begins: only survivors are reported from now on. */
  gcBegin(domain: DomainRow): void {
    if (!this.on || !this.#isDomain(domain)) return;
    const owner = this.domains[domain]!;
    if (owner.collecting !== null) {
      this.rejected.strayCollection++;
      return;
    }
    owner.collecting = owner.store;
    owner.store = owner.newStore();
    this.#forgetRecent(domain);
  }

  /** A block survived the collection, at a new id if it moved. */
  survive(domain: DomainRow, from: BlockId, to: BlockId): void {
    if (!this.on || !this.#isDomain(domain) || !this.#isId(from) || !this.#isId(to)) return;
    const { collecting, store } = this.domains[domain]!;
    if (collecting === null) {
      this.rejected.strayCollection++;
      return;
    }
    const site = collecting.take(from);
    if (site === 0) {
      this.rejected.unknownBlock++;
      return;
    }
    const previous = store.put(to, collecting.foundSize[0]!, site);
    if (previous !== 0) this.#replaced(previous, store.foundSize[0]!);
  }

  /** The collection ends: what did not survive is dead. Cost: O(survivors + sites). */
  gcEnd(domain: DomainRow): void {
    if (!this.on || !this.#isDomain(domain)) return;
    const owner = this.domains[domain]!;
    if (owner.collecting === null) {
      this.rejected.strayCollection++;
      return;
    }
    owner.collecting = null;
    this.countLive(owner);
  }

  /** The site of a live block; 0 when it is not live. */
  siteAt(domain: DomainRow, id: BlockId): SiteRow {
    return this.#storeOf(domain, id).find(id);
  }

  /** The site of a live block of any domain with that CPython number; 0 when there is none. */
  siteOf(code: number, id: BlockId): SiteRow {
    for (const domain of this.domains) {
      const site = domain.code === code ? this.siteAt(domain.row, id) : 0;
      if (site !== 0) return site;
    }
    return 0;
  }

  /** A maximum of what walked domains have is seen at walks only. */
  walk(): void {
    walkDomains(this);
    // Only now: the new blocks of one domain beside the old ones of the next were never live.
    this.#add(0);
  }

  /** What lies in the domain's store is what lives. Cost: O(blocks + sites). */
  countLive({ row, store }: Domain): void {
    this.totals[currentCell]! -= this.sites.clearLive(row);
    const { size, site } = copyBlocks([store], sameRows(this.sites.length));
    for (let i = 0; i < site.length; i++) {
      this.sites.countLive(site[i]!, size[i]!);
      this.totals[currentCell]! += size[i]!;
    }
  }

  #storeOf(domain: DomainRow, id: BlockId): Domain['store'] {
    const { store, collecting } = this.domains[domain]!;
    return collecting !== null && store.find(id) === 0 ? collecting : store;
  }

  /** @returns whether the block was live. */
  #release(domain: DomainRow, id: BlockId): boolean {
    const owner = this.domains[domain]!;
    let store = owner.store;
    let site = store.take(id);
    if (site === 0 && owner.collecting !== null) {
      store = owner.collecting;
      site = store.take(id);
    }
    if (site === 0) return false;
    const size = store.foundSize[0]!;
    const recent = this.recent;
    const last = recent[0] === id && recent[1] === domain;
    const temporary = last || (recent[2] === id && recent[3] === domain);
    if (temporary) recent[last ? 0 : 2] = -1;
    this.sites.countFree(site, size, temporary);
    this.totals[currentCell]! -= size;
    return true;
  }

  /** Ids may come to name other blocks now, so that a later free says nothing of these. */
  #forgetRecent(domain: DomainRow): void {
    const recent = this.recent;
    if (recent[1] === domain) recent[0] = -1;
    if (recent[3] === domain) recent[2] = -1;
  }

  #replaced(site: SiteRow, size: Bytes): void {
    this.rejected.replacedBlock++;
    this.sites.countFree(site, size, false);
    this.totals[currentCell]! -= size;
  }

  /** As much of a size as the sum of all has room for, beside `before` bytes of the same block. */
  #cut(size: Bytes, before: Bytes): Bytes {
    const room = maxLiveBytes - this.current + before;
    if (size <= room) return size;
    this.rejected.cutSize++;
    return room;
  }

  #add(size: Bytes): void {
    const totals = this.totals;
    totals[currentCell]! += size;
    if (totals[currentCell]! <= totals[peakCell]!) return;
    totals[peakCell] = totals[currentCell]!;
    this.sites.epoch++;
    if (totals[currentCell]! > maxLiveBytes - bigSize) this.#cutFrom = 0;
  }

  /** The site, made when it is new; 0 when a row is not this tracer's. */
  site(traceback: TracebackRow, domain: DomainRow, type: TypeRow, label: LabelRow): SiteRow {
    // What is no row is nearly never asked for, so the checks come after the search. But a string
    // such as 'length' would be found in the index.
    const site =
      typeof traceback === 'number' ? this.sites.find(traceback, domain, type, label) : 0;
    if (site !== 0) return site;
    if (!this.#isDomain(domain)) return 0;
    if (!this.tracebacks.has(traceback) || !isRow(type, this.strings.length)) {
      this.rejected.badRow++;
      return 0;
    }
    return this.sites.add(traceback, domain, type, label);
  }

  #isDomain(domain: DomainRow): boolean {
    // `typeof`: '0', 0n and 'length' index an array, too. It is free where numbers come in.
    if (typeof domain === 'number' && this.domains[domain] !== undefined) return true;
    this.rejected.badRow++;
    return false;
  }

  isLabel(label: LabelRow): boolean {
    if (this.labels.has(label)) return true;
    this.rejected.badRow++;
    return false;
  }

  #isId(id: BlockId): boolean {
    if (isCount(id)) return true;
    this.rejected.badId++;
    return false;
  }

  isSize(size: Bytes): boolean {
    if (isCount(size)) return true;
    this.rejected.badSize++;
    return false;
  }

  #dropDeadTracebacks(): void {
    // A walked heap keeps traceback rows in its objects, so there they must not die.
    if (this.domains.every((domain) => domain.liveSet === null)) this.deadTracebacks.step();
    else this.deadTracebacks.postpone();
  }
}
