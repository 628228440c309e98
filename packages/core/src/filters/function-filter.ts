import { checkBoolean, checkOptions, checkString } from '../base/check.ts';
import type { SiteRow } from '../base/units.ts';
import { compilePattern, type Matcher } from '../python/fnmatch.ts';
import type { TraceFilter } from '../snapshot/filter.ts';
import type { SnapshotData } from '../snapshot/snapshot-data.ts';
import type { Trace } from '../snapshot/trace.ts';

/** Traces by the function that allocated: `load`, `Reader.*`; `''` = unknown. */
export class FunctionFilter implements TraceFilter {
  /** Whether what matches is kept, or left out. */
  readonly inclusive: boolean;
  /** As in `fnmatch`, of the function's name. */
  readonly pattern: string;
  /** Whether callers are looked at, too. Default false. */
  readonly allFrames: boolean;
  readonly #matches: Matcher;

  /** @throws TypeError that names the argument. */
  constructor(inclusive: boolean, pattern: string, options: { readonly allFrames?: boolean } = {}) {
    checkOptions('FunctionFilter', options, ['allFrames']);
    this.inclusive = checkBoolean('inclusive', inclusive);
    this.pattern = checkString('pattern', pattern);
    this.allFrames = checkBoolean('allFrames', options.allFrames ?? false);
    this.#matches = compilePattern(pattern);
  }

  /** Whether the filter lets the trace through. */
  matches({ traceback: { frames } }: Trace): boolean {
    const candidates = this.allFrames ? frames : frames.slice(-1);
    const isHit = candidates.some(({ functionName }) => this.#matches(functionName));
    return isHit === this.inclusive;
  }

  /** Cost: one pattern match a frame, and a look at the frames of each site. */
  forSites({ frames, sites, strings, tracebacks }: SnapshotData): (site: SiteRow) => boolean {
    const hits = Array.from(frames.functionName, (name) => this.#matches(strings[name]!));
    return (site) => {
      const traceback = sites.traceback[site]!;
      const first = tracebacks.offset[traceback]!;
      const end = this.allFrames ? tracebacks.offset[traceback + 1]! : first + 1;
      let isHit = false;
      for (let i = first; i < end && !isHit; i++) isHit = hits[tracebacks.frame[i]!]!;
      return isHit === this.inclusive;
    };
  }
}
