import type { ColumnMetaData, FileMetaData } from 'hyparquet';
import { snappyUncompress } from 'hyparquet';
import { badParquet } from './bad-parquet.ts';
import { checkHybrid } from './hybrid-runs.ts';
import { readThriftFields, type ThriftFields } from './thrift-fields.ts';

/** Kinds of pages, and encodings, as numbers of the format. */
const pageType = { data: 0, dictionary: 2, dataV2: 3 } as const;
const encoding = { dictionaryOld: 2, runs: 3, dictionary: 8 } as const;

/** The largest repetition and definition levels of a column. */
type Levels = { readonly repetition: number; readonly definition: number };

/** A page of a column, without its header. */
type Page = {
  readonly column: ColumnMetaData;
  readonly levels: Levels;
  readonly header: ThriftFields;
  readonly body: Uint8Array;
};

/**
 * Checks all pages of a file: their sizes, how many values they have, and the runs that these are
 * written in. The reader believes them, and a few damaged bytes keep it busy without an end.
 *
 * Cost: O(bytes + values). @throws TracemallocError `corrupt`.
 */
export function checkPages(bytes: Uint8Array, { schema, row_groups: groups }: FileMetaData): void {
  for (const { columns } of groups) {
    for (const { meta_data: column } of columns) {
      if (column === undefined) throw badParquet('a column has no metadata');
      try {
        checkColumn(bytes, column, levelsOf(schema, column.path_in_schema));
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw badParquet(`column ${column.path_in_schema.join('.')}: ${reason}`);
      }
    }
  }
}

function checkColumn(bytes: Uint8Array, column: ColumnMetaData, levels: Levels): void {
  const { data_page_offset: data, dictionary_page_offset: dictionary } = column;
  const from = Number(
    dictionary !== undefined && dictionary < data && dictionary > 0 ? dictionary : data,
  );
  const end = from + Number(column.total_compressed_size);
  if (!(from >= 0 && end >= from && end <= bytes.length)) {
    throw new RangeError(`it is said to be at ${from} up to ${end} of ${bytes.length} bytes`);
  }
  const expected = Number(column.num_values);
  let values = 0;
  // The reader takes a last byte for none.
  for (let at = from; at < end - 1; ) {
    const { fields: header, end: start } = readThriftFields(bytes.subarray(0, end), at);
    const length = number(header, 3, end - start);
    const body = bytes.subarray(start, start + length);
    values += checkPage({ column, levels, header, body }, expected - values);
    at = start + length;
  }
  if (values !== expected) throw new RangeError(`it has ${values} values, and says ${expected}`);
}

/** @returns how many values the page has. @param left how many are to come. */
function checkPage(page: Page, left: number): number {
  const { header, body } = page;
  const type = number(header, 1, 255);
  if (type === pageType.dictionary) {
    // No value of a dictionary takes less than a bit.
    number(struct(header, 7), 1, 8 * unpacked(page, body, unpackedSize(header)).length);
    return 0;
  }
  if (type === pageType.data) {
    const data = struct(header, 5);
    const count = number(data, 1, left);
    checkData(page, unpacked(page, body, unpackedSize(header)), count, number(data, 2, 255));
    return count;
  }
  if (type === pageType.dataV2) return checkDataV2(page, left);
  throw new RangeError(`a page of type ${type}`);
}

function checkData({ column, levels }: Page, body: Uint8Array, count: number, how: number): void {
  let at = 0;
  const level = (most: number): number => {
    if (most === 0) return count;
    const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
    const end = at + 4 + view.getUint32(at, true);
    if (end > body.length) throw new RangeError('its levels are longer than their page');
    const found = checkHybrid(body, { at: at + 4, end, width: bitsOf(most), count }, most);
    at = end;
    return found;
  };
  level(levels.repetition);
  const defined = level(levels.definition);
  checkValues(column, body, at, defined, how, false);
}

function checkDataV2(page: Page, left: number): number {
  const { header, levels, body, column } = page;
  const data = struct(header, 8);
  const count = number(data, 1, left);
  const nulls = number(data, 2, count);
  number(data, 3, count);
  const repetition = number(data, 6, body.length);
  const end = repetition + number(data, 5, body.length - repetition);
  const part = (at: number, until: number, most: number) =>
    most === 0 ? count : checkHybrid(body, { at, end: until, width: bitsOf(most), count }, most);
  part(0, repetition, levels.repetition);
  const defined = part(repetition, end, levels.definition);
  if (defined !== count - nulls)
    throw new RangeError(`${nulls} nulls, where ${count - defined} are`);
  const packed = body.subarray(end);
  const isPacked = data.get(7) !== 0;
  const values = isPacked ? unpacked(page, packed, unpackedSize(header) - end) : packed;
  checkValues(column, values, 0, defined, number(data, 4, 255), true);
  return count;
}

/** Values in runs. Others take bytes each, so that they end where their page does. */
function checkValues(
  column: ColumnMetaData,
  body: Uint8Array,
  at: number,
  count: number,
  how: number,
  isV2: boolean,
): void {
  if (how === encoding.dictionary || how === encoding.dictionaryOld) {
    const width = count === 0 && at === body.length ? 0 : body[at];
    if (width === undefined || width > 32) throw new RangeError(`values of ${width} bits`);
    // In pages of the first version the reader takes values of no bits for zeroes.
    if (width > 0 || isV2) checkHybrid(body, { at: at + 1, end: body.length, width, count }, -1);
  } else if (how === encoding.runs) {
    if (column.type !== 'BOOLEAN') throw new RangeError(`runs of ${column.type}`);
    checkHybrid(body, { at: at + 4, end: body.length, width: 1, count }, -1);
  }
}

/** Bytes of a page without their compression. */
function unpacked({ column }: Page, body: Uint8Array, length: number): Uint8Array {
  if (length < 0) throw new RangeError('its levels are longer than their page');
  if (column.codec !== 'SNAPPY') return body;
  const page = new Uint8Array(length);
  snappyUncompress(body, page);
  return page;
}

/** Not more than the whole column is said to take, which has been checked. */
function unpackedSize(header: ThriftFields): number {
  return number(header, 2, maxPage);
}

const maxPage = 2 ** 31 - 1;

/** As the reader has it: each group that is not required adds a level. */
function levelsOf(schema: FileMetaData['schema'], path: readonly string[]): Levels {
  let repetition = 0;
  let definition = 0;
  let at = 0;
  for (const name of path) {
    at = childNamed(schema, at, name);
    const kind = schema[at]!.repetition_type;
    if (kind === 'REPEATED') repetition++;
    if (kind !== 'REQUIRED') definition++;
  }
  return { repetition, definition };
}

/** Rows of a schema are in the order of a walk that sees parents first. */
function childNamed(schema: FileMetaData['schema'], parent: number, name: string): number {
  let at = parent + 1;
  for (let left = schema[parent]?.num_children ?? 0; left > 0; left--) {
    if (schema[at]?.name === name) return at;
    at = after(schema, at);
  }
  throw new RangeError(`the schema has no ${name}`);
}

/** Where the row after a row and all below it is. */
function after(schema: FileMetaData['schema'], row: number): number {
  let at = row;
  for (let left = 1; left > 0; left--) {
    if (at >= schema.length) throw new RangeError('the schema ends too early');
    left += schema[at++]!.num_children ?? 0;
  }
  return at;
}

function bitsOf(most: number): number {
  return 32 - Math.clz32(most);
}

/** @throws RangeError where the field is not there, or not within 0 … `most`. */
function number(fields: ThriftFields, field: number, most: number): number {
  const value = fields.get(field);
  if (typeof value === 'number' && value >= 0 && value <= most) return value;
  throw new RangeError(`field ${field} of a page is ${String(value)}, of at most ${most}`);
}

function struct(fields: ThriftFields, field: number): ThriftFields {
  const value = fields.get(field);
  if (typeof value === 'object') return value;
  throw new RangeError(`a page has no field ${field}`);
}
