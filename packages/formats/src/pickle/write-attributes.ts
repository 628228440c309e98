import type { SnapshotMetadata } from '@tracemalloc/core';
import { opcode, type PickleWriter } from './pickle-writer.ts';

const maxDepth = 100;

/** Attributes of these names would hide what Python's Snapshot is made of. */
const reserved: readonly string[] = [
  'traces',
  'traceback_limit',
  'compare_to',
  'dump',
  'filter_traces',
  'load',
  'statistics',
];

/**
 * Writes the fields of the metadata as names and values, for a dict that becomes the snapshot's
 * attributes.
 * @throws RangeError when a field would hide a member of Python's Snapshot; TypeError when a value
 * is not JSON-like.
 */
export function writeAttributes(writer: PickleWriter, metadata: SnapshotMetadata): void {
  for (const [name, value] of Object.entries(metadata)) {
    if (value === undefined) continue;
    if (reserved.includes(name) || name.startsWith('__')) {
      const what = `metadata field ${name} would hide a member of Python's Snapshot`;
      throw new RangeError(
        `${what}; leave it out with snapshot.withMetadata({ ${name}: undefined })`,
      );
    }
    writer.string(name);
    writeValue(writer, value, `metadata.${name}`, 0);
  }
}

function writeValue(writer: PickleWriter, value: unknown, path: string, depth: number): void {
  if (depth > maxDepth) throw new RangeError(`${path} nests deeper than ${maxDepth}`);
  if (value === null) writer.op(opcode.none);
  else if (value === true) writer.op(opcode.newTrue);
  else if (value === false) writer.op(opcode.newFalse);
  else if (typeof value === 'string') writer.string(value);
  else if (typeof value === 'number') writeNumber(writer, value);
  else if (Array.isArray(value)) {
    writer.op(opcode.emptyList);
    writer.op(opcode.mark);
    for (const item of value) writeValue(writer, item, `${path}[]`, depth + 1);
    writer.op(opcode.appends);
  } else if (typeof value === 'object') {
    writer.op(opcode.emptyDict);
    writer.op(opcode.mark);
    for (const [key, item] of Object.entries(value)) {
      if (item === undefined) continue;
      writer.string(key);
      writeValue(writer, item, `${path}.${key}`, depth + 1);
    }
    writer.op(opcode.setItems);
  } else {
    throw new TypeError(`${path} must be a JSON value to be saved, got a ${typeof value}`);
  }
}

function writeNumber(writer: PickleWriter, value: number): void {
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) writer.integer(value);
  else writer.float(value);
}
