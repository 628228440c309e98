import type { StringRow } from '../base/units.ts';

/** Interned strings, append-only: a row stays valid as long as the table. Row 0 is `''`. */
export class StringTable {
  readonly #rows = new Map<string, StringRow>([['', 0]]);
  readonly #strings: string[] = [''];

  get length(): number {
    return this.#strings.length;
  }

  /** Cost: one hash of the string. A host's String object is taken for its text. */
  intern(text: string): StringRow {
    const known = this.#rows.get(text);
    if (known !== undefined) return known;
    if (typeof text !== 'string') return this.intern(String(text));
    const row = this.#strings.push(text) - 1;
    this.#rows.set(text, row);
    return row;
  }

  at(row: StringRow): string {
    return this.#strings[row]!;
  }

  /** A copy, for a snapshot. */
  toArray(): string[] {
    return this.#strings.slice();
  }
}
