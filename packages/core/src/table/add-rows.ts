import type { TableColumns } from './table-columns.ts';
import type { Tables } from './tables.ts';

/**
 * Adds the rows of others to tables, not their counters. Cost: O(sites + frames of tracebacks).
 * @returns Their site row → the site in the tables.
 */
export function addRows(tables: Tables, others: TableColumns): Int32Array {
  const { sites, tracebacks, frames, strings } = others;
  const stringRows = Int32Array.from(strings, (text) => tables.strings.intern(text));
  const frameRows = new Int32Array(frames.length);
  for (let row = 0; row < frameRows.length; row++) {
    const file = stringRows[frames.file[row]!]!;
    const functionName = stringRows[frames.functionName[row]!]!;
    frameRows[row] = tables.frames.intern(file, frames.line[row]!, functionName);
  }
  const tracebackRows = new Int32Array(tracebacks.length);
  for (let row = 0; row < tracebackRows.length; row++) {
    const from = tracebacks.offset[row]!;
    const count = tracebacks.offset[row + 1]! - from;
    tables.tracebacks.reserveStack(count);
    const { stack } = tables.tracebacks;
    for (let i = 0; i < count; i++) stack[i] = frameRows[tracebacks.frame[from + i]!]!;
    tracebackRows[row] = tables.tracebacks.intern(count, tracebacks.totalNframe[row]!);
  }
  const siteRows = new Int32Array(sites.length);
  for (let row = 0; row < siteRows.length; row++) {
    const traceback = tracebackRows[sites.traceback[row]!]!;
    const domain = tables.domain(sites.domain[row]!);
    const [type, label] = [stringRows[sites.type[row]!]!, stringRows[sites.label[row]!]!];
    siteRows[row] = tables.site(traceback, domain, type, label);
  }
  return siteRows;
}
