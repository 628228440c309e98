import { type RawTrace, Snapshot, type SnapshotMetadata } from '@tracemalloc/core';
import { SnapshotColumns } from '@tracemalloc/core/codec';
import { badPickle } from './bad-pickle.ts';
import { expanded, isTuple, type PyValue } from './py-value.ts';
import { TraceRun, TraceStore } from './trace-store.ts';

const bytesPerFrame = 8;
const bytesPerTrace = 16;
const maxDomain = 0xffffffff;
const maxTotal = 0x7fffffff;

/** Traces as columns. */
export type ReadTraces = {
  readonly size: Float64Array;
  /** Keys of the store. */
  readonly key: Int32Array;
  readonly store: TraceStore;
  /** As they were, for errors. */
  readonly parts: readonly (PyValue | TraceRun)[];
};

/** The key of a trace that no snapshot can hold. */
const wrong = -1;

/**
 * Checks the layout of the traces, and what their tracebacks will take: one list of many frames
 * that is shared by traces of many totals is small in a pickle and huge as tracebacks.
 * @param spend Told how much memory they take.
 */
export function readTraces(
  parts: readonly (PyValue | TraceRun)[],
  offset: number,
  spend: (bytes: number) => void,
): ReadTraces {
  const length = parts.reduce<number>((sum, part) => {
    return sum + (part instanceof TraceRun ? part.length : 1);
  }, 0);
  spend(length * bytesPerTrace);
  const size = new Float64Array(length);
  const key = new Int32Array(length);
  // Those of one pickle are in one store.
  const run = parts.find((part) => part instanceof TraceRun);
  const store = run instanceof TraceRun ? run.store : new TraceStore();
  let at = 0;
  for (const part of parts) {
    if (part instanceof TraceRun) {
      size.set(store.size.subarray(part.from, part.to), at);
      key.set(store.key.data.subarray(part.from, part.to), at);
      at += part.length;
    } else {
      const raw = rawTrace(part, at, offset);
      // What is no number is refused below.
      size[at] = typeof raw[1] === 'number' ? raw[1] : Number.NaN;
      key[at++] = keyOf(raw, store);
    }
  }
  spendFrames(key, store, spend);
  return { size, key, store, parts };
}

function spendFrames(key: Int32Array, store: TraceStore, spend: (bytes: number) => void): void {
  const isSpent = new Uint8Array(store.stack.length);
  for (const row of key) {
    if (row === wrong || isSpent[row] === 1) continue;
    isSpent[row] = 1;
    const stack = store.stack.data[row]!;
    spend((store.stacks.endOf(stack) - store.stacks.startOf(stack)) * bytesPerFrame);
  }
}

function keyOf([domain, , frames, total = null]: RawTrace, store: TraceStore): number {
  if (!isInteger(domain, maxDomain)) return wrong;
  if (total !== null && !isInteger(total, maxTotal)) return wrong;
  const stack = store.stacks.ofTuple(frames);
  return stack < 0 ? wrong : store.keyOf(domain, stack, total ?? -1);
}

function isInteger(value: unknown, most: number): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most;
}

/** @throws RangeError or TypeError that names the trace, as Snapshot.fromTraces does. */
export function snapshotOfTraces(
  { size, key, store, parts }: ReadTraces,
  limit: number,
  metadata: SnapshotMetadata,
): Snapshot {
  const isRight = size.every((bytes) => Number.isSafeInteger(bytes) && bytes >= 0);
  if (!isRight || key.includes(wrong) || !isInteger(limit, Number.MAX_SAFE_INTEGER)) {
    return Snapshot.fromTraces(expanded(parts) as unknown as RawTrace[], limit, metadata);
  }
  const rows = new Rows(store);
  const site = key.map((row) => rows.siteOf(row));
  return Snapshot.fromData(rows.columns.finish(size, site, limit, metadata));
}

/** Rows of a snapshot for what of a store is its own. */
class Rows {
  readonly columns: SnapshotColumns = new SnapshotColumns();
  readonly #store: TraceStore;
  /** By key, file and frame of the store, + 1; 0 = not asked for yet. */
  readonly #sites: Int32Array;
  readonly #files: Int32Array;
  readonly #frames: Int32Array;
  /** Of the traceback that is made. */
  #stack: Int32Array = new Int32Array(64);

  constructor(store: TraceStore) {
    this.#store = store;
    this.#sites = new Int32Array(store.stack.length);
    this.#files = new Int32Array(store.stacks.files.length);
    this.#frames = new Int32Array(store.stacks.file.length);
  }

  siteOf(key: number): number {
    const known = this.#sites[key]!;
    if (known > 0) return known - 1;
    const { stack, domain, total } = this.#store;
    const traceback = this.#tracebackOf(stack.data[key]!, total.data[key]!);
    const site = this.columns.site(traceback, domain.data[key]! >>> 0);
    this.#sites[key] = site + 1;
    return site;
  }

  #tracebackOf(stack: number, total: number): number {
    const { stacks } = this.#store;
    const start = stacks.startOf(stack);
    const count = stacks.endOf(stack) - start;
    if (count > this.#stack.length) this.#stack = new Int32Array(count * 2);
    const { data } = stacks.frames;
    for (let i = 0; i < count; i++) this.#stack[i] = this.#frameOf(data[start + i]!);
    return this.columns.traceback(this.#stack, 0, count, total);
  }

  #frameOf(row: number): number {
    const known = this.#frames[row]!;
    if (known > 0) return known - 1;
    const { file, line } = this.#store.stacks;
    const frame = this.columns.frame(this.#fileOf(file.data[row]!), line.data[row]!);
    this.#frames[row] = frame + 1;
    return frame;
  }

  #fileOf(row: number): number {
    const known = this.#files[row]!;
    if (known > 0) return known - 1;
    const file = this.columns.string(this.#store.stacks.files[row]!);
    this.#files[row] = file + 1;
    return file;
  }
}

function rawTrace(item: PyValue, index: number, offset: number): RawTrace {
  if (!isTuple(item) || (item.length !== 3 && item.length !== 4) || !isTuple(item[2])) {
    throw badPickle(`trace ${index} is not (domain, size, frames, total_nframe)`, offset);
  }
  const size = item[1];
  if (typeof size === 'bigint') {
    throw new RangeError(
      `the size of trace ${index} must be an integer in 0..${Number.MAX_SAFE_INTEGER}, got ${size}`,
    );
  }
  return item as unknown as RawTrace;
}
