import type { MemoryBudget } from './budget.ts';
import { bounds, readColumn } from './column-reader.ts';
import type { Column } from './column-writer.ts';
import { corrupt } from './corrupt.ts';
import type { FlatMap } from './flat-map.ts';
import type { ColumnSpec } from './schema.ts';

const stores = {
  uint8: Uint8Array,
  int32: Int32Array,
  uint32: Uint32Array,
  float64: Float64Array,
} as const;

/** Collects the columns of a table from its sections. */
export class TableReader {
  readonly #specs: readonly ColumnSpec[];
  readonly #columns = new Map<string, Column>();
  readonly #rows: number;
  readonly #found = new Set<string>();
  #capacity = 0;

  /** @param rows that the table will have, by the file's head: not trusted until they are there. */
  constructor(specs: readonly ColumnSpec[], rows: number) {
    this.#specs = specs;
    this.#rows = rows;
    for (const spec of specs) this.#columns.set(spec.name, new stores[spec.store](0));
  }

  /** A column, once all rows are read. */
  column<Store extends Column>(name: string, store: new (length: number) => Store): Store {
    const column = this.#columns.get(name);
    return column instanceof store ? column : new store(this.#rows);
  }

  /** Whether a section had the column; else all its values are 0. */
  has(name: string): boolean {
    return this.#found.has(name);
  }

  /**
   * Reads one section.
   * @param from rows read before.
   * @param expected rows that the whole input can hold, if that is known: saves growing.
   */
  read(
    body: FlatMap,
    from: number,
    rows: number,
    offset: number,
    expected: number,
    budget: MemoryBudget,
  ): void {
    const key = this.#specs[0]!;
    const keyBytes = body.bytes(key.name);
    if (!keyBytes) throw corrupt(`column ${key.name} is missing`, offset);
    if (keyBytes.bytes.length < rows) throw corrupt(`column ${key.name} is short`, keyBytes.offset);
    this.#reserve(from + rows, expected, offset, budget);
    for (const spec of this.#specs) {
      const found = spec === key ? keyBytes : body.bytes(spec.name);
      const column = this.#columns.get(spec.name)!;
      if (found) {
        readColumn(found.bytes, found.offset, spec, column, from, rows);
        this.#found.add(spec.name);
      } else if (rows > 0 && (spec.min > 0 || spec.max < 0)) {
        throw corrupt(`column ${spec.name} is missing; it must be ${bounds(spec)}`, offset);
      }
    }
  }

  #reserve(rows: number, expected: number, offset: number, budget: MemoryBudget): void {
    if (rows <= this.#capacity) return;
    const capacity = Math.min(this.#rows, Math.max(rows, this.#capacity * 2, expected));
    for (const spec of this.#specs) {
      const store = stores[spec.store];
      budget.take((capacity - this.#capacity) * store.BYTES_PER_ELEMENT, 'its tables', offset);
      const column = new store(capacity);
      column.set(this.#columns.get(spec.name)!);
      this.#columns.set(spec.name, column);
    }
    this.#capacity = capacity;
  }
}
