import { recorderOf, type Tracer } from '../api/tracer.ts';
import type { Bytes, DomainRow, LabelRow, SiteRow, TracebackRow, TypeRow } from '../base/units.ts';
import type { BlockStore } from '../table/block-store.ts';
import { siteBits, siteMask, stride } from '../table/site-segments.ts';
import type { TracerEvents } from '../tracer/events.ts';
import type { Recorder } from '../tracer/recorder.ts';

/** Where a site's counters lie among each other: doubles, as a borrower has them. */
export const counters = {
  liveSize: 0,
  liveCount: 1,
  totalSize: 2,
  totalCount: 3,
  /** What was live at the last maximum, if the site's epoch is the current one. */
  peakSize: 4,
  peakCount: 5,
  peakEpoch: 6,
  temporarySize: 7,
  temporaryCount: 8,
  length: 9,
} as const;

/** Who counts for a tracer. */
export type Borrower = {
  /** Returns all that was counted, and reads the sums anew before he counts on: somebody reads or changes them now. */
  settle(): void;
  /** Shows what was counted without changing anything: it may be the midst of an event. */
  copy(): void;
  /** Rows of tracebacks and counters of sites are not what they were. It was settled before. */
  lose(): void;
  /** Whether somebody wants to hear every event now, so that nobody may count in silence. It was settled before. */
  heard(isHeard: boolean): void;
  /** The live blocks of the domain. Asked at the beginning, and whenever all are forgotten: then it is empty. */
  store(): BlockStore;
};

/** What is lent: the numbers of a recorder, which only the borrower changes between two calls of `settle`. */
export type LentCounters = {
  /** Live bytes of all domains, and the most that there were. */
  readonly totals: Float64Array;
  /** The last two allocations, as (id, domain): what is freed while it stands here is temporary. */
  readonly recent: Float64Array;
  /** Advances with every new maximum. */
  epoch: number;
  /** Of what is allocated now. */
  readonly label: LabelRow;
  /** Whether the tracer drops tracebacks at the moment, a few an event: nobody may count in silence. */
  readonly isSweeping: boolean;
  /** Rows of sites, of all domains. */
  readonly siteCount: number;
  /** The row of a site, made if it is new; 0 where a row is none. */
  site(traceback: TracebackRow, type: TypeRow): SiteRow;
  /** Copies the counters of a site to `to[at …]`. */
  read(site: SiteRow, to: Float64Array, at: number): void;
  /** Copies them back. */
  write(site: SiteRow, from: Float64Array, at: number): void;
  /** Counts an event that could not be used as it was. */
  reject(reason: 'replacedBlock' | 'unknownBlock'): void;
  /** Ends it. What was counted has to be settled before. */
  end(): void;
};

/** More bytes than any domain of 32 bits adds: sums above it are for the recorder alone, which cuts them. */
export const mostBytes: Bytes = 2 ** 52;

/**
 * Lends the counters of one domain, whose sites nobody else changes. Whatever is done with the tracer otherwise settles first.
 * `null` where somebody has borrowed from this tracer already.
 */
export function borrow(tracer: Tracer, domain: DomainRow, borrower: Borrower): LentCounters | null {
  const recorder = recorderOf(tracer);
  if (recorder.loan !== null) return null;
  const own = recorder.domains[domain]!;
  own.newStore = () => borrower.store();
  own.store = borrower.store();
  const others = settling(recorder, borrower);
  recorder.loan = {
    copy: () => borrower.copy(),
    before(events) {
      borrower.settle();
      const isHeard = events !== recorder;
      borrower.heard(isHeard);
      return isHeard ? events : others;
    },
  };
  lookAnew(tracer, recorder);
  return {
    totals: recorder.totals,
    recent: recorder.recent,
    get epoch() {
      return recorder.sites.epoch;
    },
    set epoch(epoch) {
      recorder.sites.epoch = epoch;
    },
    get label() {
      return recorder.label;
    },
    get isSweeping() {
      return isSweeping(recorder);
    },
    get siteCount() {
      return recorder.sites.length;
    },
    site: (traceback, type) => recorder.site(traceback, domain, type, recorder.label),
    read(site, to, at) {
      const from = (site & siteMask) * stride;
      const all = recorder.sites.segments.counters[site >>> siteBits]!;
      for (let i = 0; i < counters.length; i++) to[at + i] = all[from + i]!;
    },
    write(site, from, at) {
      const to = (site & siteMask) * stride;
      const all = recorder.sites.segments.counters[site >>> siteBits]!;
      for (let i = 0; i < counters.length; i++) all[to + i] = from[at + i]!;
    },
    reject(reason) {
      recorder.rejected[reason]++;
    },
    end() {
      recorder.loan = null;
      lookAnew(tracer, recorder);
    },
  };
}

/** Whether dead tracebacks are dropped with the next allocation. */
function isSweeping({ tracebacks, deadTracebacks }: Recorder): boolean {
  return tracebacks.used > deadTracebacks.dueFrom;
}

/** Has the tracer see anew where events go. */
function lookAnew(tracer: Tracer, nobody: TracerEvents): void {
  tracer.onEvents(nobody)();
}

const eventNames = [
  'alloc',
  'realloc',
  'resize',
  'retag',
  'free',
  'freeAll',
  'gcBegin',
  'survive',
  'gcEnd',
  'countAllocated',
  'setLabel',
  'walk',
  'clear',
] as const satisfies readonly (keyof TracerEvents)[];

/** Events that come from elsewhere find a recorder that is up to date. */
function settling(recorder: Recorder, borrower: Borrower): TracerEvents {
  const events: Partial<Record<keyof TracerEvents, (...args: never[]) => void>> = {};
  for (const name of eventNames) {
    const report = recorder[name].bind(recorder) as (...args: never[]) => void;
    events[name] = (...args) => {
      borrower.settle();
      const wasSweeping = isSweeping(recorder);
      report(...args);
      if (wasSweeping || isSweeping(recorder)) borrower.lose();
    };
  }
  return events as TracerEvents;
}
