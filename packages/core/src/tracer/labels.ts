import type { LabelRow } from '../base/units.ts';
import type { StringTable } from '../table/string-table.ts';

/** Distinct labels that a tracer keeps apart: a site is made for each that allocates. */
const maxLabels = 65536;

/** What labels beyond {@link maxLabels} count for. */
const otherLabels = '(other labels)';

/** The labels of a tracer: strings, bounded in number. */
export class Labels {
  /** How often a label was asked for that had to be folded into {@link otherLabels}. */
  folded = 0;
  readonly #strings: StringTable;
  readonly #rows = new Map<string, LabelRow>([['', 0]]);
  readonly #known = new Set<LabelRow>([0]);

  constructor(strings: StringTable) {
    this.#strings = strings;
  }

  of(name: string): LabelRow {
    const row = this.#rows.get(name);
    if (row !== undefined) return row;
    if (this.#rows.size <= maxLabels) return this.#add(name);
    this.folded++;
    return this.#rows.get(otherLabels) ?? this.#add(otherLabels);
  }

  has(row: LabelRow): boolean {
    return this.#known.has(row);
  }

  #add(name: string): LabelRow {
    const row = this.#strings.intern(name);
    this.#rows.set(name, row);
    this.#known.add(row);
    return row;
  }
}
