import type { Snapshot } from '@tracemalloc/core';
import { ownBytes } from '@tracemalloc/core/codec';
import { metadataOf } from './attributes.ts';
import { badPickle } from './bad-pickle.ts';
import { refused } from './calls.ts';
import {
  isTuple,
  itemsOf,
  PyClass,
  PyDict,
  PyInstance,
  PyList,
  PyOpaque,
  type PyValue,
} from './py-value.ts';
import { type ReadTraces, readTraces, snapshotOfTraces } from './read-traces.ts';
import { type PickleProgress, unpickle } from './unpickle.ts';

const defaultMaxBytes = 2 ** 30;

/** Memory that tracebacks may take beside a multiple of the file: see `readTraces`. */
const freeBytes = 64 * 2 ** 20;
const bytesPerByte = 128;

/** How much {@link loadPickle} may take. */
export type LoadPickleOptions = {
  /** Told what of the file was left out: attributes that are no plain data, further pickles. */
  readonly onWarning?: (message: string) => void;
  /**
   * What attributes become. `json` (default): the nearest thing that JSON has; tuples and sets are
   * lists, bytes are Latin-1 text. `python`: nothing is lost; what JSON has no word for is an object
   * with one key: `$tuple`, `$set`, `$frozenset`, `$bytes`, `$int`, `$float`, `$dict`.
   */
  readonly attributes?: 'json' | 'python';
  /** Memory that the pickle's values may take, about; 1 GiB by default. More is `too-large`. */
  readonly maxBytes?: number;
  /** Told now and then how many bytes have been read: every 256 KiB, about. */
  readonly onProgress?: (progress: PickleProgress) => void;
};

/**
 * Reads what `Snapshot.dump()` of CPython 3.4 to 3.15 wrote, with protocol 0 to 5. Traces of 3.8
 * and before have no total frame count. Other attributes of the snapshot become metadata; those
 * that are no plain data are left out, with a warning that names them. Of several pickles in a row
 * the first is read, as Python does, with a warning.
 *
 * A pickle is a program; nothing of this one is executed, and nothing is built but snapshots and
 * plain data. Takes {@link LoadPickleOptions.maxBytes} at most, and 64 MiB + 128 × its length.
 *
 * @throws TracemallocError with `details.offset`: `refused-class` (with `module` and `name`) for a
 * pickle of something else, `unsupported` for one of several snapshots (see {@link loadPickles}),
 * `truncated`, `trailing-data`, `unsupported-version`, `too-large`, else `corrupt`. RangeError
 * when a trace is larger than 2^53 − 1 bytes, naming its size. TypeError for other than bytes.
 * Python: tracemalloc.Snapshot.load.
 */
export function loadPickle(bytes: Uint8Array, options: LoadPickleOptions = {}): Snapshot {
  const { snapshots, end } = read(ownBytes('loadPickle', bytes), 0, options);
  if (snapshots.length > 1) {
    const what = `it holds ${snapshots.length} snapshots, and loadPickle gives one: use loadPickles`;
    throw badPickle(what, end, 'unsupported');
  }
  checkRest(bytes, end, options);
  return snapshots[0]!;
}

/**
 * Reads all snapshots of a pickle: those of a list, tuple or dict, in their order; or the one that
 * it is. All else as {@link loadPickle}, several pickles in a row too.
 */
export function loadPickles(bytes: Uint8Array, options: LoadPickleOptions = {}): Snapshot[] {
  const { snapshots, end } = read(ownBytes('loadPickles', bytes), 0, options);
  checkRest(bytes, end, options);
  return snapshots;
}

/** Reads all snapshots of all pickles that are in a file one after the other. */
export function loadPicklesInARow(bytes: Uint8Array, options: LoadPickleOptions = {}): Snapshot[] {
  const own = ownBytes('loadPicklesInARow', bytes);
  const all: Snapshot[] = [];
  for (let start = 0; start < own.length; ) {
    const { snapshots, end } = read(own, start, options);
    all.push(...snapshots);
    if (end < own.length && !isPickle(own.subarray(end))) throw trailing(own, end);
    start = end;
  }
  return all;
}

function checkRest(bytes: Uint8Array, end: number, { onWarning }: LoadPickleOptions): void {
  if (end === bytes.length) return;
  if (!isPickle(bytes.subarray(end))) throw trailing(bytes, end);
  onWarning?.(`another pickle follows at byte ${end}: the first is read, as Snapshot.load does`);
}

function trailing(bytes: Uint8Array, end: number): Error {
  return badPickle(`${bytes.length - end} bytes after its end`, end, 'trailing-data');
}

/** @returns at least one snapshot. */
function read(
  bytes: Uint8Array,
  start: number,
  options: LoadPickleOptions,
): { snapshots: Snapshot[]; end: number } {
  const { value, end } = unpickle(
    bytes,
    start,
    options.maxBytes ?? defaultMaxBytes,
    options.onProgress,
  );
  const found = value instanceof PyInstance ? [value] : instancesIn(value);
  if (found.length === 0) throw noSnapshot(value, end);
  const budget = new Budget(freeBytes + bytesPerByte * bytes.length, end);
  // All are looked at before the first is built.
  const traces = found.map((one) => tracesOf(one, end, budget));
  const snapshots = found.map((one, i) => snapshotOf(one, traces[i]!, end, options));
  return { snapshots, end };
}

function noSnapshot(value: PyValue, end: number): Error {
  const first = value instanceof PyList || isTuple(value) ? itemsOf(value)![0] : value;
  if (first instanceof PyOpaque || first instanceof PyClass) return refused(first.path, end);
  return badPickle('it holds no tracemalloc.Snapshot', end);
}

/** The snapshots of a list, a tuple or a dict, and of those in it. */
function instancesIn(root: PyValue): PyInstance[] {
  const found: PyInstance[] = [];
  const seen = new Set<PyValue>();
  const left: PyValue[] = [root];
  while (left.length > 0) {
    const value = left.pop()!;
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    seen.add(value);
    if (value instanceof PyInstance) {
      if (value.className === 'Snapshot') found.push(value);
    } else {
      const items = value instanceof PyDict ? value.entries : (itemsOf(value) ?? []);
      for (let i = items.length - 1; i >= 0; i--) left.push(items[i]!);
    }
  }
  return found;
}

function tracesOf(instance: PyInstance, end: number, budget: Budget): ReadTraces {
  const holder = stateOf(stateOf(instance, 'Snapshot', end).get('traces'), '_Traces', end);
  const list = holder.get('_traces');
  const parts = list instanceof PyList ? list.parts : itemsOf(list);
  if (parts === null) throw badPickle('its traces are no list', end);
  return readTraces(parts, end, (bytes) => budget.spend(bytes));
}

function snapshotOf(
  instance: PyInstance,
  traces: ReadTraces,
  fileBytes: number,
  { attributes = 'json', onWarning }: LoadPickleOptions,
): Snapshot {
  const snapshot = stateOf(instance, 'Snapshot', fileBytes);
  const limit = snapshot.get('traceback_limit');
  if (typeof limit !== 'number') throw badPickle('it has no traceback_limit', fileBytes);
  const own = ['traces', 'traceback_limit'];
  const { metadata, dropped } = metadataOf(snapshot, own, fileBytes, attributes);
  if (dropped.length > 0) {
    onWarning?.(
      `attributes are left out that are no plain data, since nothing of a pickle is executed: ${dropped.join(', ')}`,
    );
  }
  try {
    return snapshotOfTraces(traces, limit, metadata);
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
    throw badPickle(error.message, fileBytes);
  }
}

/** Whether `bytes` begin as a pickle of protocol 2 or newer does, or as a text pickle may. */
export function isPickle(bytes: Uint8Array): boolean {
  const [first, second] = bytes;
  if (first === 0x80) return second !== undefined && second <= 5;
  // Protocols 0 and 1 begin with the GLOBAL copy_reg, as pickles of any object do.
  return [...'ccopy_reg\n'].every((letter, index) => bytes[index] === letter.charCodeAt(0));
}

function stateOf(value: PyValue | undefined, className: string, offset: number): PyDict {
  if (value instanceof PyInstance && value.className === className && value.state) {
    return value.state;
  }
  throw badPickle(`it holds no tracemalloc.${className}`, offset);
}

/** What all snapshots of a pickle may take: they may share traces, and tracebacks frames. */
class Budget {
  readonly #maxBytes: number;
  readonly #offset: number;
  #spent = 0;

  constructor(maxBytes: number, offset: number) {
    this.#maxBytes = maxBytes;
    this.#offset = offset;
  }

  spend(bytes: number): void {
    this.#spent += bytes;
    if (this.#spent <= this.#maxBytes) return;
    const what = `its traces and tracebacks take more than ${this.#maxBytes} bytes`;
    throw badPickle(what, this.#offset, 'too-large');
  }
}
