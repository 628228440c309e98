import type { BlockId, Bytes, DomainRow, SiteRow, TracebackRow, TypeRow } from '../base/units.ts';
import type { BlockStore } from '../table/block-store.ts';
import { isCount, isRow } from '../table/rows.ts';
import type { TimelineData, TimelineSource } from '../table/timeline-columns.ts';
import type { Domain } from '../tracer/domains.ts';
import type { TracerEvents } from '../tracer/events.ts';
import type { Recorder } from '../tracer/recorder.ts';
import { Births } from './births.ts';
import { Deaths } from './deaths.ts';
import { OpenPoint } from './open-point.ts';
import type { Pace } from './pace.ts';
import { changeStride } from './point.ts';
import { Points } from './points.ts';
import { type Mark, RecordedTimeline } from './recorded-timeline.ts';

/** Marks that a time line keeps; later ones are counted only. */
const maxMarks = 65536;

/**
 * Rows of changes that a time line may have: so many, and one for so many events. A point that would
 * have more waits.
 */
const freeRows = 65536;
const eventsPerRow = 20;

/** What a time line is recorded with. */
export type Settings = {
  readonly pace: Pace;
  readonly hostHeap: (() => number | null) | null;
  readonly births: boolean;
  readonly maxPoints: number;
};

const minCell = 0;
const maxCell = 1;
const allocatedCell = 2;
const eventsCell = 3;
/** The size of the block that was found last. */
const foundCell = 4;

/** Listens beside the recorder: it hears of an event before it is recorded. */
export class TimelineRecorder implements TracerEvents, TimelineSource {
  readonly #recorder: Recorder;
  readonly #settings: Settings;
  readonly #pace: Pace;
  readonly #open = new OpenPoint();
  readonly #deaths = new Deaths();
  readonly #births: Births | null;
  #points: Points;
  #marks: Mark[] = [];
  #droppedMarks = 0;
  /** Sites before memory was read. */
  #sitesBefore = 1;
  /** Live blocks at the end of the last point. */
  #blocks = 0;
  /** Numbers that may be doubles: as fields, each change of one would be an allocation. */
  readonly #cells = new Float64Array(5);

  constructor(recorder: Recorder, settings: Settings) {
    this.#recorder = recorder;
    this.#settings = settings;
    this.#pace = settings.pace;
    this.#births = settings.births ? new Births() : null;
    this.#points = new Points(settings.maxPoints);
    this.#begin();
  }

  alloc(domain: DomainRow, id: BlockId, size: Bytes, traceback: TracebackRow, type: TypeRow): void {
    this.#next();
    if (isCount(id) && isCount(size)) this.#gain(domain, id, size, traceback, type);
  }

  realloc(
    domain: DomainRow,
    from: BlockId,
    to: BlockId,
    size: Bytes,
    traceback: TracebackRow,
    type: TypeRow,
  ): void {
    this.#next();
    if (!isCount(from) || !isCount(to) || !isCount(size)) return;
    this.#lose(domain, from);
    this.#gain(domain, to, size, traceback, type, from);
  }

  resize(domain: DomainRow, id: BlockId, size: Bytes): void {
    this.#next();
    const site = isCount(size) ? this.#find(domain, id) : 0;
    if (site === 0) return;
    const cells = this.#cells;
    const more = size - cells[foundCell]!;
    if (more > 0) cells[allocatedCell]! += more;
    this.#open.touch(this.#recorder.sites, site);
    this.#loses(domain, id, site, -more, 0);
  }

  retag(domain: DomainRow, id: BlockId, traceback: TracebackRow, type: TypeRow): void {
    this.#next();
    const before = this.#find(domain, id);
    if (before === 0) return;
    const size = this.#cells[foundCell]!;
    const site = this.#siteFor(domain, traceback, type);
    if (site === 0 || site === before) return;
    this.#open.touch(this.#recorder.sites, before);
    this.#open.touch(this.#recorder.sites, site);
    this.#loses(domain, id, before, size, 1);
    this.#loses(domain, id, site, -size, -1);
  }

  free(domain: DomainRow, id: BlockId): void {
    this.#next();
    this.#lose(domain, id);
  }

  freeAll(domain: DomainRow): void {
    this.#next();
    const owner = this.#ownerOf(domain);
    if (owner === undefined) return;
    for (const store of [owner.store, owner.collecting]) if (store) this.#loseAll(domain, store);
    this.#births?.clear(domain);
    this.#touchAll(domain);
  }

  gcBegin(domain: DomainRow): void {
    this.#next();
    if (this.#ownerOf(domain)?.collecting === null) this.#births?.beginCollection(domain);
  }

  survive(domain: DomainRow, from: BlockId, to: BlockId): void {
    this.#next();
    const collecting = this.#ownerOf(domain)?.collecting ?? null;
    if (collecting === null || !isCount(from) || !isCount(to) || collecting.find(from) === 0)
      return;
    this.#replace(domain, to);
    this.#births?.survive(domain, from, to);
  }

  gcEnd(domain: DomainRow): void {
    this.#next();
    const collecting = this.#ownerOf(domain)?.collecting ?? null;
    if (collecting === null) return;
    this.#loseAll(domain, collecting);
    this.#births?.endCollection(domain);
    this.#touchAll(domain);
  }

  countAllocated(domain: DomainRow, size: Bytes, traceback: TracebackRow, type: TypeRow): void {
    this.#next();
    const site = isCount(size) ? this.#siteFor(domain, traceback, type) : 0;
    if (site === 0) return;
    this.#open.touch(this.#recorder.sites, site);
    this.#cells[allocatedCell]! += size;
  }

  setLabel(): void {}

  /** Before walked domains tell what lives. */
  beforeWalk(): void {
    this.#look();
    this.#sitesBefore = this.#recorder.sites.length;
    for (const { row, liveSet } of this.#recorder.domains) if (liveSet) this.#touchAll(row);
  }

  walk(): void {
    this.#open.touchNew(this.#recorder.sites, this.#sitesBefore);
    this.#sitesBefore = this.#recorder.sites.length;
    this.#look();
  }

  clear(): void {
    this.#points = new Points(this.#settings.maxPoints);
    this.#open.reset();
    this.#deaths.take();
    this.#births?.reset();
    this.#marks = [];
    this.#begin();
  }

  mark(name: string): void {
    if (this.#marks.length === maxMarks) {
      this.#droppedMarks++;
      return;
    }
    this.#look();
    if (this.#open.changed > 0) this.#close();
    this.#marks.push({ tick: this.#points.tick, time: this.#pace.now(), name });
  }

  take(rows: Int32Array): { timeline: TimelineData; droppedMarks: number } {
    this.#look();
    if (this.#open.changed > 0 || this.#points.length === 0) this.#close();
    const timeline = new RecordedTimeline(this.#points.list(), this.#marks.slice(), rows, {
      hasTime: this.#pace.hasClock,
      hasHost: this.#settings.hostHeap !== null,
      hasBirths: this.#births !== null && this.#recorder.domains.every((one) => !one.liveSet),
    });
    return { timeline, droppedMarks: this.#droppedMarks };
  }

  #begin(): void {
    const { current, sites } = this.#recorder;
    this.#cells.fill(0);
    this.#cells[minCell] = current;
    this.#cells[maxCell] = current;
    this.#blocks = 0;
    this.#sitesBefore = sites.length;
    for (let site = 1; site < sites.length; site++) this.#blocks += sites.liveCountOf(site);
    this.#droppedMarks = 0;
    this.#pace.begin();
  }

  /** Before an event: what the last one did is seen, and the point may end. Hot. */
  #next(): void {
    this.#look();
    const cells = this.#cells;
    if (this.#pace.isOver(cells[eventsCell]!, cells[allocatedCell]!)) this.#mayClose();
    cells[eventsCell]! += 1;
  }

  /** Takes what the last event did into account. */
  #look(): void {
    const cells = this.#cells;
    const { current } = this.#recorder;
    if (current < cells[minCell]!) cells[minCell] = current;
    if (current <= cells[maxCell]!) return;
    cells[maxCell] = current;
    this.#open.isHighest();
  }

  #mayClose(): void {
    const events = this.#cells[eventsCell]!;
    const rows = this.#points.rows + this.#open.changed + this.#deaths.length;
    if (rows <= freeRows + events / eventsPerRow) this.#close();
    else this.#pace.next(this.#points.level, events, this.#cells[allocatedCell]!);
  }

  #close(): void {
    const { current, sites } = this.#recorder;
    const cells = this.#cells;
    const points = this.#points;
    const changes = this.#open.take(sites);
    for (let at = 0; at < changes.length; at += changeStride) this.#blocks += changes[at + 2]!;
    const host = this.#settings.hostHeap?.() ?? 0;
    points.add({
      from: points.tick,
      to: points.tick + 2 ** points.level,
      time: this.#pace.now(),
      events: cells[eventsCell]!,
      allocated: cells[allocatedCell]!,
      live: current,
      blocks: this.#blocks,
      min: cells[minCell]!,
      max: cells[maxCell]!,
      host: isCount(host) ? host : 0,
      changes,
      deaths: this.#deaths.take(),
    });
    cells[minCell] = current;
    cells[maxCell] = current;
    this.#pace.next(points.level, cells[eventsCell]!, cells[allocatedCell]!);
  }

  #gain(
    domain: DomainRow,
    id: BlockId,
    size: Bytes,
    traceback: TracebackRow,
    type: TypeRow,
    released: BlockId = -1,
  ): void {
    const site = this.#siteFor(domain, traceback, type);
    if (site === 0) return;
    if (id !== released) this.#replace(domain, id);
    this.#open.touch(this.#recorder.sites, site);
    this.#cells[allocatedCell]! += size;
    this.#births?.set(this.#recorder.domains[domain]!, id, this.#points.tick);
  }

  #lose(domain: DomainRow, id: BlockId): void {
    const site = this.#find(domain, id);
    if (site === 0) return;
    this.#open.touch(this.#recorder.sites, site);
    this.#loses(domain, id, site, this.#cells[foundCell]!, 1);
    this.#births?.forget(domain, id);
  }

  /** A block that is allocated where another one lives: of those of before a collection none does. */
  #replace(domain: DomainRow, id: BlockId): void {
    if (this.#recorder.domains[domain]!.store.find(id) !== 0) this.#lose(domain, id);
  }

  #loseAll(domain: DomainRow, store: BlockStore): void {
    if (this.#births === null) return;
    for (const id of store.ids()) {
      const site = store.find(id);
      const birth = this.#births.of(domain, id, store !== this.#recorder.domains[domain]!.store);
      if (birth < this.#points.tick) this.#deaths.add(site, birth, store.foundSize[0]!, 1);
    }
  }

  /** Of blocks of earlier points it is kept what they lose. */
  #loses(domain: DomainRow, id: BlockId, site: SiteRow, size: Bytes, count: number): void {
    if (this.#births === null) return;
    const { store } = this.#recorder.domains[domain]!;
    const birth = this.#births.of(domain, id, store.find(id) === 0);
    if (birth < this.#points.tick) this.#deaths.add(site, birth, size, count);
  }

  /** The site of a live block, its size in a cell; 0 = there is none. */
  #find(domain: DomainRow, id: BlockId): SiteRow {
    const owner = isCount(id) ? this.#ownerOf(domain) : undefined;
    if (owner === undefined) return 0;
    let { store } = owner;
    let site = store.find(id);
    if (site === 0 && owner.collecting !== null) {
      store = owner.collecting;
      site = store.find(id);
    }
    this.#cells[foundCell] = store.foundSize[0]!;
    return site;
  }

  /** The site that the recorder will count at, made if it is new; 0 = it will count nothing. */
  #siteFor(domain: DomainRow, traceback: TracebackRow, type: TypeRow): SiteRow {
    const { sites, label, tracebacks, strings } = this.#recorder;
    if (typeof traceback !== 'number' || this.#ownerOf(domain) === undefined) return 0;
    const site = sites.find(traceback, domain, type, label);
    if (site !== 0) return site;
    const isKnown = isRow(traceback, tracebacks.length) && isRow(type, strings.length);
    return isKnown ? sites.add(traceback, domain, type, label) : 0;
  }

  #touchAll(domain: DomainRow): void {
    const { sites } = this.#recorder;
    for (let site = 1; site < sites.length; site++) {
      // Rows that are free now may be the domain's after a walk.
      if (sites.tracebackOf(site) < 0 || sites.domainOf(site) === domain) {
        this.#open.touch(sites, site);
      }
    }
  }

  #ownerOf(domain: DomainRow): Domain | undefined {
    return typeof domain === 'number' ? this.#recorder.domains[domain] : undefined;
  }
}
