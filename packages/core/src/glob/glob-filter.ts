import picomatch from 'picomatch';
import {
  checkBoolean,
  checkDomain,
  checkLine,
  checkOptions,
  checkString,
  describe,
} from '../base/check.ts';
import type { SiteRow } from '../base/units.ts';
import type { TraceFilter } from '../snapshot/filter.ts';
import type { SnapshotData } from '../snapshot/snapshot-data.ts';
import type { Trace } from '../snapshot/trace.ts';

/** What {@link GlobFilter} looks at. */
export type GlobFilterOptions = {
  /** Match only frames on this line; 0 is a line like any other. Default: any line. */
  readonly lineno?: number | null;
  /** Default false: look at the most recent frame only. */
  readonly allFrames?: boolean;
  /** Match only traces of this domain. Default: any domain. */
  readonly domain?: number | null;
  /** A folder: names of files below it match by their path from there as well. Default: none. */
  readonly folder?: string;
};

/**
 * A filter by shell globs, for use beside `Filter` in `snapshot.filterTraces`: `src/**` + `/*.py`,
 * `{app,lib}/*.lua`, `**` + `/test_*.py`. (`Filter` has Python's fnmatch, where `*` crosses `/`.)
 *
 * A glob covers the whole file name, case counts (but not in names of Windows, with a drive or `\\\\`
 * before them), and `*` and `**` take names with a leading dot.
 * Backslashes of file names are read as `/`, on every host; in a glob, `\` makes the next
 * character literal. A name matches a list when one of its globs does; one that begins with `!`
 * takes names away instead, whatever its place, and a list of only such globs begins with all
 * names: `['src/**', '!src/vendor/**']`.
 */
export class GlobFilter implements TraceFilter {
  /** Whether it lets through what it matches, or keeps it out. */
  readonly inclusive: boolean;
  /** Globs, of which one must match. */
  readonly patterns: readonly string[];
  /** Line, 1-based; `null` = any. */
  readonly lineno: number | null;
  /** Whether any frame may match, or the most recent one only. */
  readonly allFrames: boolean;
  /** Code of the domain; `null` = any. */
  readonly domain: number | null;
  readonly #accepts: (filename: string) => boolean;

  /** @throws TypeError or RangeError that names the argument: a glob must not be empty. */
  constructor(
    inclusive: boolean,
    patterns: string | readonly string[],
    options: GlobFilterOptions = {},
  ) {
    checkOptions('GlobFilter', options, ['lineno', 'allFrames', 'domain', 'folder']);
    const { lineno = null, allFrames = false, domain = null, folder = '' } = options;
    this.inclusive = checkBoolean('inclusive', inclusive);
    this.patterns = checkPatterns(patterns);
    this.lineno = lineno === null ? null : checkLine('lineno', lineno);
    this.allFrames = checkBoolean('allFrames', allFrames);
    this.domain = domain === null ? null : checkDomain('domain', domain);
    this.#accepts = compile(this.patterns, checkString('folder', folder));
  }

  /** Whether it lets a trace through. */
  matches(trace: Trace): boolean {
    const frames = trace.traceback.frames;
    const candidates = this.allFrames ? frames : frames.slice(-1);
    return this.#answer(
      candidates.some((frame) => this.#isLine(frame.lineno) && this.#accepts(frame.filename)),
      trace.domain,
    );
  }

  /** Cost: one match a file, and one look at each frame of each distinct traceback. */
  forSites(data: SnapshotData): (site: SiteRow) => boolean {
    const { frames, tracebacks, sites, strings } = data;
    const answers = new Int8Array(strings.length);
    const accepts = (frame: number): boolean => {
      if (!this.#isLine(frames.line[frame]!)) return false;
      const file = frames.file[frame]!;
      if (answers[file] === 0) answers[file] = this.#accepts(strings[file]!) ? 1 : -1;
      return answers[file] === 1;
    };
    return (site) => {
      const traceback = sites.traceback[site]!;
      const first = tracebacks.offset[traceback]!;
      const end = this.allFrames ? tracebacks.offset[traceback + 1]! : first + 1;
      let hit = false;
      for (let index = first; index < end && !hit; index++) hit = accepts(tracebacks.frame[index]!);
      return this.#answer(hit, sites.domain[site]!);
    };
  }

  #isLine(lineno: number): boolean {
    return this.lineno === null || lineno === this.lineno;
  }

  /** With a domain, an exclusive filter drops only what has both the file and the domain. */
  #answer(hit: boolean, domain: number): boolean {
    const both = hit && (this.domain === null || domain === this.domain);
    return both === this.inclusive;
  }
}

function checkPatterns(patterns: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(patterns) ? [...patterns] : [patterns];
  if (list.length === 0) throw new RangeError('patterns must hold at least one glob, got none');
  for (const [index, pattern] of list.entries()) {
    const name = Array.isArray(patterns) ? `patterns[${index}]` : 'patterns';
    if (typeof pattern !== 'string') {
      throw new TypeError(`${name} must be a glob (a string), got ${describe(pattern)}`);
    }
    if (bareGlob(pattern) === '') {
      throw new RangeError(`${name} must not be empty, got ${describe(pattern)}`);
    }
  }
  return list as readonly string[];
}

/** `!(a|b)` is a glob of its own, not the negation of `(a|b)`. */
function isNegated(pattern: string): boolean {
  return pattern.startsWith('!') && !pattern.startsWith('!(');
}

function bareGlob(pattern: string): string {
  return isNegated(pattern) ? pattern.slice(1) : pattern;
}

function compile(patterns: readonly string[], folder: string): (filename: string) => boolean {
  // nonegate: `!` was read here, so that it means the same in a list as alone.
  // windows: false, or picomatch would ask the host which slashes there are.
  const matchers = (negated: boolean, nocase: boolean) =>
    patterns
      .filter((pattern) => isNegated(pattern) === negated)
      .map((pattern) => {
        return picomatch(bareGlob(pattern), { dot: true, nonegate: true, windows: false, nocase });
      });
  const [ofPosix, ofWindows] = [false, true].map((nocase) => ({
    included: matchers(false, nocase),
    excluded: matchers(true, nocase),
  }));
  const below = folder === '' ? '' : `${slashed(folder).replace(/\/+$/, '')}/`;
  return (filename) => {
    const { included, excluded } = (windowsName.test(filename) ? ofWindows : ofPosix)!;
    const path = slashed(filename);
    const paths =
      below !== '' && path.startsWith(below) ? [path, path.slice(below.length)] : [path];
    const isOne = (matches: (name: string) => boolean): boolean =>
      // picomatch gives an object for a second argument.
      paths.some((name) => matches(name));
    return (included.length === 0 || included.some(isOne)) && !excluded.some(isOne);
  };
}

const windowsName = /^(?:[a-z]:[\\/]|\\\\)/i;

function slashed(name: string): string {
  return name.replaceAll('\\', '/');
}
