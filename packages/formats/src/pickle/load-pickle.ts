import { type RawTrace, Snapshot } from '@tracemalloc/core';
import { ownBytes } from '@tracemalloc/core/codec';
import { metadataOf } from './attributes.ts';
import { badPickle } from './bad-pickle.ts';
import { isTuple, itemsOf, type PyDict, PyInstance, type PyValue } from './py-value.ts';
import { unpickle } from './unpickle.ts';

/** Memory that tracebacks may take beside a multiple of the file: see {@link checkTraces}. */
const freeBytes = 64 * 2 ** 20;
const bytesPerByte = 128;
const bytesPerFrame = 8;

/**
 * Reads what `Snapshot.dump()` of CPython 3.4 to 3.15 wrote, with protocol 0 to 5. Traces of 3.8
 * and before have no total frame count. Other attributes of the snapshot become metadata.
 *
 * A pickle is a program; nothing of this one is executed. It may name `tracemalloc.Snapshot` and
 * what that is made of; any other name is refused. Takes 64 MiB + 128 × its length at most.
 *
 * @throws TracemallocError with `details.offset`: `refused-class` (with `module` and `name`),
 * `truncated`, `trailing-data`, `unsupported-version`, `too-large`, else `corrupt`. RangeError
 * when a trace is larger than 2^53 − 1 bytes, naming its size. TypeError for other than bytes.
 * Python: tracemalloc.Snapshot.load.
 */
export function loadPickle(bytes: Uint8Array): Snapshot {
  const root = unpickle(ownBytes('loadPickle', bytes));
  const snapshot = stateOf(root, 'Snapshot', bytes.length);
  const holder = stateOf(snapshot.get('traces'), '_Traces', bytes.length);
  const items = itemsOf(holder.get('_traces'));
  if (items === null) throw badPickle('its traces are no list', bytes.length);
  const traces = checkTraces(items, bytes.length);
  const limit = snapshot.get('traceback_limit');
  if (typeof limit !== 'number') throw badPickle('it has no traceback_limit', bytes.length);
  const metadata = metadataOf(snapshot, ['traces', 'traceback_limit'], bytes.length);
  try {
    return Snapshot.fromTraces(traces, limit, metadata);
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
    throw badPickle(error.message, bytes.length);
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

/**
 * Checks the layout of the traces, and what their tracebacks will take: one list of many frames
 * that is shared by traces of many totals is small in a pickle and huge as tracebacks.
 */
function checkTraces(items: readonly PyValue[], fileBytes: number): readonly RawTrace[] {
  const seen = new Map<unknown, Set<unknown>>();
  const maxBytes = freeBytes + bytesPerByte * fileBytes;
  let frameBytes = 0;
  for (const [index, item] of items.entries()) {
    const raw = rawTrace(item, index, fileBytes);
    const totals = seen.get(raw[2]) ?? new Set();
    if (totals.size === 0) seen.set(raw[2], totals);
    if (totals.has(raw[3])) continue;
    totals.add(raw[3]);
    frameBytes += raw[2].length * bytesPerFrame;
    if (frameBytes > maxBytes) {
      throw badPickle(`its tracebacks take more than ${maxBytes} bytes`, fileBytes, 'too-large');
    }
  }
  return items as readonly RawTrace[];
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
