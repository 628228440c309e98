import type { SchemaElement } from 'hyparquet';
import { ByteWriter, parquetWrite } from 'hyparquet-writer';

/** Rows that are encoded together, and that a reader can skip together. */
const rowGroupSize = 100_000;

/** A Parquet file: the same bytes for the same rows at any time. */
export function writeTable(
  schema: readonly SchemaElement[],
  columns: Readonly<Record<string, unknown[]>>,
  extra: Readonly<Record<string, string>> = {},
): Uint8Array {
  const writer = new ByteWriter();
  parquetWrite({
    writer,
    schema: [...schema],
    columnData: Object.entries(columns).map(([name, data]) => ({ name, data })),
    rowGroupSize,
    createdBy: 'tracemalloc',
    kvMetadata: Object.entries(extra).map(([key, value]) => ({ key, value })),
  });
  return writer.getBytes();
}
