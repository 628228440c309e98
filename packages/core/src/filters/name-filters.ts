import { checkBoolean, checkString } from '../base/check.ts';
import type { SiteRow } from '../base/units.ts';
import { compilePattern, type Matcher } from '../python/fnmatch.ts';
import type { TraceFilter } from '../snapshot/filter.ts';
import type { SnapshotData } from '../snapshot/snapshot-data.ts';
import type { Trace } from '../snapshot/trace.ts';

/** A filter by a name that traces have: a pattern of Python's fnmatch, or `''` for no name. */
class NameFilter implements TraceFilter {
  readonly inclusive: boolean;
  readonly pattern: string;
  readonly #field: 'type' | 'label';
  readonly #matches: Matcher;

  constructor(field: 'type' | 'label', inclusive: boolean, pattern: string) {
    this.inclusive = checkBoolean('inclusive', inclusive);
    this.pattern = checkString('pattern', pattern);
    this.#field = field;
    this.#matches = compilePattern(pattern);
  }

  matches(trace: Trace): boolean {
    return this.#matches(trace[this.#field]) === this.inclusive;
  }

  /** Cost: one pattern match a name. */
  forSites({ sites, strings }: SnapshotData): (site: SiteRow) => boolean {
    const column = sites[this.#field];
    const answers = new Map<number, boolean>();
    return (site) => {
      const row = column[site]!;
      const known = answers.get(row);
      if (known !== undefined) return known;
      const answer = this.#matches(strings[row]!) === this.inclusive;
      answers.set(row, answer);
      return answer;
    };
  }
}

/** Traces by the type of their object: `list`, `Po*`; `''` = unknown. */
export class TypeFilter extends NameFilter {
  /** @throws TypeError that names the argument. */
  constructor(inclusive: boolean, pattern: string) {
    super('type', inclusive, pattern);
  }
}

/** Traces by their label: `GET /users`, `worker *`; `''` = those without one. */
export class LabelFilter extends NameFilter {
  /** @throws TypeError that names the argument. */
  constructor(inclusive: boolean, pattern: string) {
    super('label', inclusive, pattern);
  }
}
