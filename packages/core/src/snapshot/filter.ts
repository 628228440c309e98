import {
  checkBoolean,
  checkDomain,
  checkLine,
  checkOptions,
  checkString,
  describe,
} from '../base/check.ts';
import type { SiteRow } from '../base/units.ts';
import {
  checkPathFlavor,
  compilePattern,
  type Matcher,
  normalizeFilename,
  type PathFlavor,
} from '../python/fnmatch.ts';
import type { SnapshotData } from './snapshot-data.ts';
import type { Trace } from './trace.ts';

/** A rule on traces, for `snapshot.filterTraces`. Anything of this shape will do. */
export type TraceFilter = {
  /** true: keep what matches; false: keep what `matches` lets through, that is, drop the rest. */
  readonly inclusive: boolean;
  /** Whether the filter lets the trace through; an exclusive filter answers the opposite. */
  matches(trace: Trace): boolean;
  /**
   * The same answer for a site of a snapshot, for filters that do not look at sizes: traces of one
   * site are alike, so it is asked once a site and not once a trace.
   */
  forSites?(data: SnapshotData): (site: SiteRow) => boolean;
};

/** What {@link Filter} looks at, as in CPython: line, all frames or the most recent, domain. */
export type FilterOptions = {
  /** Match only frames on this line; 0 is a line like any other. Default: any line. */
  readonly lineno?: number | null;
  /** Default false: look at the most recent frame only. */
  readonly allFrames?: boolean;
  /** Match only traces of this domain. Default: any domain. */
  readonly domain?: number | null;
  /** Default 'posix', on every host. */
  readonly pathFlavor?: PathFlavor;
};

/**
 * A filter by file name pattern and line. Python: tracemalloc.Filter.
 */
export class Filter implements TraceFilter {
  /** Whether it lets through what it matches, or keeps it out. */
  readonly inclusive: boolean;
  /** The pattern as it is used: `.pyc` became `.py`, and 'windows' normalised its case. */
  readonly filenamePattern: string;
  /** Line, 1-based; `null` = any. */
  readonly lineno: number | null;
  /** Whether any frame may match, or the most recent one only. */
  readonly allFrames: boolean;
  /** Code of the domain; `null` = any. */
  readonly domain: number | null;
  /** Whose rules paths are compared by. */
  readonly pathFlavor: PathFlavor;
  readonly #matchesFile: Matcher;

  /** @throws TypeError or RangeError that names the argument. */
  constructor(inclusive: boolean, filenamePattern: string, options: FilterOptions = {}) {
    checkOptions('Filter', options, ['lineno', 'allFrames', 'domain', 'pathFlavor']);
    const { lineno = null, allFrames = false, domain = null, pathFlavor = 'posix' } = options;
    this.inclusive = checkBoolean('inclusive', inclusive);
    this.lineno = lineno === null ? null : checkLine('lineno', lineno);
    this.allFrames = checkBoolean('allFrames', allFrames);
    this.domain = domain === null ? null : checkDomain('domain', domain);
    this.pathFlavor = checkPathFlavor(pathFlavor);
    const pattern = checkString('filenamePattern', filenamePattern);
    this.filenamePattern = normalizeFilename(pattern, pathFlavor);
    this.#matchesFile = compilePattern(this.filenamePattern);
  }

  /** Whether it lets a trace through. */
  matches(trace: Trace): boolean {
    const frames = trace.traceback.frames;
    const candidates = this.allFrames ? frames : frames.slice(-1);
    const hit = candidates.some(
      (frame) =>
        (this.lineno === null || frame.lineno === this.lineno) && this.#accepts(frame.filename),
    );
    return this.#answer(hit, trace.domain);
  }

  /** Cost: one pattern match a file, and one look at each frame of each distinct traceback. */
  forSites(data: SnapshotData): (site: SiteRow) => boolean {
    const { frames, tracebacks, sites } = data;
    const fileAnswers = new Int8Array(data.strings.length);
    const frameHits = new Uint8Array(frames.length);
    for (let row = 0; row < frames.length; row++) {
      if (this.lineno !== null && frames.line[row] !== this.lineno) continue;
      const file = frames.file[row]!;
      if (fileAnswers[file] === 0) fileAnswers[file] = this.#accepts(data.strings[file]!) ? 1 : -1;
      frameHits[row] = fileAnswers[file] === 1 ? 1 : 0;
    }
    return (site) => {
      const traceback = sites.traceback[site]!;
      const first = tracebacks.offset[traceback]!;
      const end = this.allFrames ? tracebacks.offset[traceback + 1]! : first + 1;
      let hit = false;
      for (let i = first; i < end && !hit; i++) hit = frameHits[tracebacks.frame[i]!] === 1;
      return this.#answer(hit, sites.domain[site]!);
    };
  }

  #accepts(filename: string): boolean {
    return this.#matchesFile(normalizeFilename(filename, this.pathFlavor));
  }

  #answer(hit: boolean, domain: number): boolean {
    const letThrough = hit === this.inclusive;
    if (this.domain === null) return letThrough;
    const same = domain === this.domain;
    return this.inclusive ? letThrough && same : letThrough || !same;
  }
}

/** A filter by domain alone. Python: tracemalloc.DomainFilter. */
export class DomainFilter implements TraceFilter {
  /** Whether it lets through what it matches, or keeps it out. */
  readonly inclusive: boolean;
  /** Code of the domain, 0 … 2^32 − 1. */
  readonly domain: number;

  /** @throws TypeError or RangeError that names the argument. */
  constructor(inclusive: boolean, domain: number) {
    this.inclusive = checkBoolean('inclusive', inclusive);
    this.domain = checkDomain('domain', domain);
  }

  /** Whether it lets a trace through. */
  matches(trace: Trace): boolean {
    return (trace.domain === this.domain) === this.inclusive;
  }

  /** The same answer for a site of a snapshot. */
  forSites(data: SnapshotData): (site: SiteRow) => boolean {
    const { domain } = data.sites;
    return (site) => (domain[site] === this.domain) === this.inclusive;
  }
}

/** @throws TypeError when `filters` is no list of filters. */
export function checkFilters(filters: unknown): readonly TraceFilter[] {
  if (!isIterable(filters)) {
    throw new TypeError(`filters must be a list of filters, not ${describe(filters)}`);
  }
  const list = Array.from(filters);
  for (const filter of list) {
    if (isFilter(filter)) continue;
    throw new TypeError(
      `a filter must have a boolean inclusive and a method matches, got ${describe(filter)}`,
    );
  }
  return list as TraceFilter[];
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}

function isFilter(value: unknown): value is TraceFilter {
  if (typeof value !== 'object' || value === null) return false;
  const { inclusive, matches } = value as Partial<TraceFilter>;
  return typeof inclusive === 'boolean' && typeof matches === 'function';
}
