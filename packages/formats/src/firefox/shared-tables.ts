import type { SnapshotData } from '@tracemalloc/core';
import {
  type FunctionTable,
  frameLabel,
  functionTable,
  type StackTree,
} from '@tracemalloc/core/analysis';
import type { TextWriter } from '../shared/text-writer.ts';
import { filled, writeFields, writeTable } from './table.ts';

/** `Guest` of the profile's categories. */
const guestCategory = 1;

/**
 * Writes what threads of a profile have in common: stacks → frames → functions → sources.
 *
 * @param texts what else must be among the strings. @returns the rows of strings.
 */
export function writeSharedTables(
  writer: TextWriter,
  data: SnapshotData,
  tree: StackTree,
  texts: readonly string[],
): ReadonlyMap<string, number> {
  const functions = functionTable(data);
  writeTable(writer, 'stackTable', tree.length, {
    frame: tree.frame,
    // How far above its row the parent's is; 0 = a root.
    prefixOffset: tree.parent.map((parent, row) => (parent < 0 ? 0 : row - parent)),
  });
  writer.write(',');
  writeFrames(writer, data, functions);
  writer.write(',');
  const rows = writeFunctions(writer, data, functions, texts);
  writer.write(',\n');
  writeFields(writer, {
    resourceTable: { length: 0, name: [], host: [], type: [] },
    nativeSymbols: { length: 0, libIndex: [], address: [], name: [], functionSize: [] },
    sourceLocationTable: { length: 0, source: [], line: [], column: [] },
  });
  return rows;
}

function writeFrames(
  writer: TextWriter,
  { frames: { length, line } }: SnapshotData,
  functions: FunctionTable,
): void {
  writeTable(writer, 'frameTable', length, {
    address: filled(length, -1),
    inlineDepth: filled(length, 0),
    category: filled(length, guestCategory),
    subcategory: filled(length, 0),
    func: functions.ofFrame,
    nativeSymbol: filled(length, null),
    innerWindowID: filled(length, null),
    line: Array.from(line, (number) => (number > 0 ? number : null)),
    column: filled(length, null),
    originalLocation: filled(length, null),
    lib: filled(length, -1),
  });
}

/** Functions, the files that they are in, and the strings of both. */
function writeFunctions(
  writer: TextWriter,
  data: SnapshotData,
  { length, file, frame }: FunctionTable,
  texts: readonly string[],
): ReadonlyMap<string, number> {
  const names = frame.map((row) => frameLabel(data, row));
  const sourceOfFile = new Map<number, number>();
  for (const row of file) if (!sourceOfFile.has(row)) sourceOfFile.set(row, sourceOfFile.size);
  // What stands for the name of an unknown function is no string of the snapshot.
  const stringRows = new Map(data.strings.map((text, row) => [text, row]));
  for (const text of [...names, ...texts]) {
    if (!stringRows.has(text)) stringRows.set(text, stringRows.size);
  }
  writeTable(writer, 'funcTable', length, {
    isJS: filled(length, true),
    relevantForJS: filled(length, false),
    name: names.map((text) => stringRows.get(text)!),
    resource: filled(length, -1),
    source: file.map((row) => sourceOfFile.get(row)!),
    lineNumber: filled(length, null),
    columnNumber: filled(length, null),
    originalLocation: filled(length, null),
  });
  writer.write(',');
  const sources = sourceOfFile.size;
  writeTable(writer, 'sources', sources, {
    id: filled(sources, null),
    filename: sourceOfFile.keys(),
    startLine: filled(sources, 1),
    startColumn: filled(sources, 1),
    sourceMapURL: filled(sources, null),
    content: filled(sources, null),
  });
  writer.write(',\n"stringArray":[');
  writer.list(stringRows.keys(), (text) => JSON.stringify(text));
  writer.write(']');
  return stringRows;
}
