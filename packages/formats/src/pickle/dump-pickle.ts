import { type Snapshot, type SnapshotData, TracemallocError } from '@tracemalloc/core';
import { opcode, PickleWriter } from './pickle-writer.ts';
import { writeAttributes } from './write-attributes.ts';

/** Items that pickle.py appends at once; more would only deepen the reader's stack. */
const batch = 1000;

/** What {@link dumpPickle} writes. */
export type DumpPickleOptions = {
  /**
   * Which CPython shall read it: `3.9` (default) and later, whose traces have four fields; or `3.4`
   * to 3.8, whose traces have three and no whole depth of a stack. Neither reads the other's.
   */
  readonly python?: '3.9' | '3.4';
};

/**
 * Writes a snapshot as CPython 3.9 or later reads it with `tracemalloc.Snapshot.load`: protocol 4,
 * traces of four fields, unknown totals as None; or as older ones do, on request. Metadata become attributes of the snapshot.
 * Functions, types and the counters of sites are lost: Python's traces have no place for them.
 * O(traces).
 *
 * @throws TracemallocError `unsupported` when the snapshot is sampled: its traces have weights.
 * RangeError when a metadata field has the name of a member of Python's Snapshot.
 * Python: tracemalloc.Snapshot.dump.
 */
export function dumpPickle(
  snapshot: Snapshot,
  { python = '3.9' }: DumpPickleOptions = {},
): Uint8Array {
  const { data } = snapshot;
  if (python !== '3.9' && python !== '3.4') {
    throw new RangeError(
      `option python of dumpPickle must be "3.9" or "3.4", got ${String(python)}`,
    );
  }
  if (data.traces.weight !== null) {
    throw new TracemallocError(
      'unsupported',
      'a snapshot whose blocks have weights (it is sampled, added up, or of a time range) has more than a pickle of CPython can hold; keep it with dump',
    );
  }
  const writer = new PickleWriter();
  writer.op1(opcode.proto, 4);
  writer.newObject('Snapshot');
  writer.op(opcode.emptyDict);
  writer.op(opcode.mark);
  writer.string('traces');
  writer.newObject('_Traces');
  writer.op(opcode.emptyDict);
  writer.string('_traces');
  writer.op(opcode.emptyList);
  new TraceWriter(writer, data, python === '3.9').writeAll();
  writer.op(opcode.setItem);
  writer.op(opcode.build);
  writer.string('traceback_limit');
  writer.integer(data.tracebackLimit);
  writeAttributes(writer, snapshot.metadata);
  writer.op(opcode.setItems);
  writer.op(opcode.build);
  return writer.finish();
}

/** Memo numbers of a table's rows. A row that is used once needs none. */
class Memo {
  readonly #uses: Int32Array;
  /** Number + 1; 0 = not written yet. */
  readonly #numbers: Int32Array;
  readonly #writer: PickleWriter;

  constructor(writer: PickleWriter, uses: Int32Array) {
    this.#writer = writer;
    this.#uses = uses;
    this.#numbers = new Int32Array(uses.length);
  }

  /** Pushes what was written for `row` before. @returns whether there was such a thing. */
  reuse(row: number): boolean {
    const number = this.#numbers[row]!;
    if (number > 0) this.#writer.get(number - 1);
    return number > 0;
  }

  /** Remembers the value on top of the stack as that of `row`. */
  keep(row: number): void {
    if (this.#uses[row]! > 1) this.#numbers[row] = this.#writer.memoize() + 1;
  }
}

class TraceWriter {
  readonly #writer: PickleWriter;
  readonly #data: SnapshotData;
  readonly #hasTotals: boolean;
  readonly #tracebacks: Memo;
  readonly #frames: Memo;
  readonly #files: Memo;

  constructor(writer: PickleWriter, data: SnapshotData, hasTotals: boolean) {
    this.#writer = writer;
    this.#data = data;
    this.#hasTotals = hasTotals;
    const uses = countUses(data);
    this.#tracebacks = new Memo(writer, uses.tracebacks);
    this.#frames = new Memo(writer, uses.frames);
    this.#files = new Memo(writer, uses.files);
  }

  writeAll(): void {
    const { traces } = this.#data;
    for (let start = 0; start < traces.length; start += batch) {
      const end = Math.min(traces.length, start + batch);
      this.#writer.op(opcode.mark);
      for (let row = start; row < end; row++) this.#writeTrace(row);
      this.#writer.op(opcode.appends);
    }
  }

  #writeTrace(row: number): void {
    const { traces, sites, tracebacks } = this.#data;
    const writer = this.#writer;
    const site = traces.site[row]!;
    const traceback = sites.traceback[site]!;
    const total = tracebacks.totalNframe[traceback]!;
    writer.op(opcode.mark);
    writer.integer(sites.domain[site]!);
    writer.integer(traces.size[row]!);
    if (!this.#tracebacks.reuse(traceback)) this.#writeTraceback(traceback);
    if (this.#hasTotals) {
      if (total < 0) writer.op(opcode.none);
      else writer.integer(total);
    }
    writer.op(opcode.tuple);
  }

  /** Frames are MOST RECENT FIRST in both. */
  #writeTraceback(row: number): void {
    const { offset, frame } = this.#data.tracebacks;
    const start = offset[row]!;
    const end = offset[row + 1]!;
    if (end - start > 3) this.#writer.op(opcode.mark);
    for (let index = start; index < end; index++) this.#writeFrame(frame[index]!);
    this.#writer.endTuple(end - start);
    this.#tracebacks.keep(row);
  }

  #writeFrame(row: number): void {
    if (this.#frames.reuse(row)) return;
    const { frames, strings } = this.#data;
    const file = frames.file[row]!;
    if (!this.#files.reuse(file)) {
      this.#writer.string(strings[file]!);
      this.#files.keep(file);
    }
    this.#writer.integer(frames.line[row]!);
    this.#writer.endTuple(2);
    this.#frames.keep(row);
  }
}

/** How often each row will be asked for: each traceback by traces, the rest when first written. */
function countUses(data: SnapshotData): Record<'tracebacks' | 'frames' | 'files', Int32Array> {
  const { traces, sites, tracebacks, frames, strings } = data;
  const uses = {
    tracebacks: new Int32Array(tracebacks.length),
    frames: new Int32Array(frames.length),
    files: new Int32Array(strings.length),
  };
  for (let row = 0; row < traces.length; row++) {
    increment(uses.tracebacks, sites.traceback[traces.site[row]!]!);
  }
  for (let row = 0; row < tracebacks.length; row++) {
    if (uses.tracebacks[row] === 0) continue;
    for (let index = tracebacks.offset[row]!; index < tracebacks.offset[row + 1]!; index++) {
      increment(uses.frames, tracebacks.frame[index]!);
    }
  }
  for (let row = 0; row < frames.length; row++) {
    if (uses.frames[row]! > 0) increment(uses.files, frames.file[row]!);
  }
  return uses;
}

function increment(counts: Int32Array, row: number): void {
  counts[row] = counts[row]! + 1;
}
