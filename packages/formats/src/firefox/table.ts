import type { TextWriter } from '../shared/text-writer.ts';

/** Columns of a table by name; a string is one value for all rows. */
export type Columns = Readonly<Record<string, Iterable<unknown>>>;

export function filled<T>(length: number, value: T): T[] {
  return Array<T>(length).fill(value);
}

/** Writes a table, as a line of its own, piece by piece: it may have 10^6 rows. */
export function writeTable(
  writer: TextWriter,
  name: string,
  length: number,
  columns: Columns,
): void {
  writer.write(`\n"${name}":{"length":${length}`);
  for (const [column, values] of Object.entries(columns)) {
    writer.write(`,"${column}":`);
    if (typeof values === 'string') {
      writer.write(JSON.stringify(values));
      continue;
    }
    writer.write('[');
    writer.list(values, (value) => JSON.stringify(value));
    writer.write(']');
  }
  writer.write('}');
}

/** Writes the inside of a JSON object. */
export function writeFields(writer: TextWriter, fields: Readonly<Record<string, unknown>>): void {
  writer.list(
    Object.entries(fields),
    ([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`,
  );
}
