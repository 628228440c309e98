import type { Snapshot, SnapshotData } from '@tracemalloc/core';
import { FrameCursor, measure, metrics } from '@tracemalloc/core/analysis';
import { TextWriter } from '../shared/text-writer.ts';

/** Of the layout; `snapshot.schema.json` beside this file is its description. */
const version = 1;

/**
 * A snapshot as JSON for programs: tables as columns, each string once, in a layout that
 * `@tracemalloc/formats/json/schema.json` describes and that changes only with its version number.
 * It has the sites with all counted metrics, and no single blocks.
 *
 * @throws TypeError when the metadata hold a BigInt, or themselves.
 */
export function dumpJson(snapshot: Snapshot): Uint8Array {
  const { data } = snapshot;
  const { frames, tracebacks, sites } = data;
  const cursor = new FrameCursor(data);
  const writer = new TextWriter();
  writer.write(`{\n"format":"tracemalloc","version":${version},\n`);
  writer.write(`"metadata":${JSON.stringify(data.metadata)},\n`);
  writer.write(`"tracebackLimit":${data.tracebackLimit},\n"strings":[`);
  writer.list(data.strings, (text) => JSON.stringify(text));
  writer.write('],\n"frames":{');
  writeColumn(writer, 'filename', frames.file);
  writer.write(',');
  writeColumn(writer, 'lineno', frames.line);
  writer.write(',');
  writeColumn(writer, 'function', frames.functionName);
  writer.write('},\n"tracebacks":{"frames":[');
  writer.list(Array(tracebacks.length).keys(), (row) => {
    return `[${cursor.moveTo(row).rows().join(',')}]`;
  });
  writer.write('],"totalNframe":[');
  writer.list(tracebacks.totalNframe, (total) => (total < 0 ? 'null' : `${total}`));
  writer.write(']},\n"sites":{');
  writeColumn(writer, 'traceback', sites.traceback);
  writer.write(',');
  writeColumn(writer, 'domain', sites.domain);
  if (sites.label.some((row) => row !== 0)) {
    writer.write(',');
    writeColumn(writer, 'label', sites.label);
  }
  writer.write(',');
  writeColumn(writer, 'type', sites.type);
  writeMetrics(writer, data);
  writer.write('}\n}\n');
  return writer.finish();
}

function writeMetrics(writer: TextWriter, data: SnapshotData): void {
  for (const metric of metrics) {
    const figures = measure(data, metric);
    if (figures === null) continue;
    writer.write(`,\n"${metric}":{`);
    writeColumn(writer, 'size', figures.size);
    writer.write(',');
    writeColumn(writer, 'count', figures.count);
    writer.write('}');
  }
}

function writeColumn(writer: TextWriter, name: string, column: Iterable<number>): void {
  writer.write(`"${name}":[`);
  writer.list(column, String);
  writer.write(']');
}
