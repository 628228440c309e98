import { type RawFrame, type RawTrace, Snapshot, TracemallocError } from '@tracemalloc/core';
import type { PyodideHost } from './host.ts';

/** Under which the code below is compiled: what it allocates is left out. */
const ownFile = 'tracemalloc-import';

/**
 * Traces as columns, which JavaScript reads where they lie: there may be millions. Of tracebacks, which are few and which
 * CPython's traces share, there are the ids in a column, and what they are as text.
 */
const packer = `
def pack(snapshot=None):
    import _tracemalloc
    if snapshot is None:
        if not _tracemalloc.is_tracing():
            return None
        traces, limit = _tracemalloc._get_traces(), _tracemalloc.get_traceback_limit()
        memory = _tracemalloc.get_traced_memory()
    else:
        traces, limit, memory = snapshot.traces._traces, snapshot.traceback_limit, None
    import json
    from array import array
    from operator import itemgetter
    def totals():
        try:
            return array('i', of(3))
        except (IndexError, TypeError):
            return array('i', [-1 if len(trace) < 4 or trace[3] is None else trace[3] for trace in traces])
    # While it traces, all that is made here is traced, too: as little as can be.
    of = lambda i: map(itemgetter(i), traces)
    ids = list(map(id, of(2)))
    columns = array('I', of(0)), array('d', of(1)), array('I', ids), totals()
    known = dict(zip(ids, of(2)))
    stacks = [(key, [frame[:2] for frame in frames]) for key, frames in known.items()]
    return (*columns, json.dumps((stacks, limit, memory)))
pack`;

type Column = Float64Array | Int32Array | Uint32Array;
type Buffer = { readonly data: Column; release(): void };
type Packed = {
  get(index: number): { getBuffer(type: string): Buffer; destroy(): void };
  destroy(): void;
};
type Pack = ((snapshot?: unknown) => Packed | undefined) & { destroy?(): void };

/**
 * What Pyodide's own tracemalloc has found, as a snapshot of ours: no pickle is made, nor read. Cost: about a microsecond a trace, most
 * of it in the guest.
 *
 * @param host What `loadPyodide()` gives. No adapter is needed.
 * @param snapshot A `tracemalloc.Snapshot` of the guest's, as a proxy: filtered, loaded, or taken before. Left out: one is taken now.
 * @throws TracemallocError `not-tracing` where one was to be taken, and the guest's tracemalloc was not started.
 */
export function readPyodideSnapshot(host: PyodideHost, snapshot?: unknown): Snapshot {
  const globals = host.runPython('dict()');
  const pack = host.runPython(packer, { globals, filename: ownFile }) as Pack;
  const packed = snapshot === undefined ? pack() : pack(snapshot);
  try {
    if (packed === undefined || packed === null) {
      throw new TracemallocError(
        'not-tracing',
        'the guest’s tracemalloc is not tracing: call tracemalloc.start() in it, or give a snapshot that it has taken',
      );
    }
    return snapshotOf(host, packed);
  } finally {
    packed?.destroy();
    pack.destroy?.();
    (globals as { destroy?(): void }).destroy?.();
  }
}

type Memory = readonly [current: number, peak: number];
type Stack = readonly [id: number, frames: readonly RawFrame[]];
type Text = readonly [stacks: readonly Stack[], limit: number, memory: Memory | null];

function snapshotOf({ version }: PyodideHost, packed: Packed): Snapshot {
  const size = column(packed, 1, 'f64') as Float64Array;
  const [text, limit, memory] = textOf(packed);
  const kinds = new Kinds(text);
  const kind = kinds.ofTraces(
    column(packed, 0, 'u32'),
    column(packed, 2, 'u32'),
    column(packed, 3, 'i32'),
  );
  const metadata = {
    host: `pyodide ${version}`,
    adapter: 'tracemalloc of CPython',
    sizeModel: 'exact',
    liveness: 'exact',
    ...(memory !== null && { tracedMemory: { current: memory[0], peak: memory[1] } }),
  };
  const { data } = Snapshot.fromTraces(kinds.first, limit, metadata);
  const ofKind = data.traces.site;
  const liveSize = new Float64Array(data.sites.length);
  const liveCount = new Float64Array(data.sites.length);
  const length = kind.reduce((count, one) => count + (one < 0 ? 0 : 1), 0);
  const traces = {
    length,
    size: new Float64Array(length),
    site: new Int32Array(length),
    weight: null,
  };
  let at = 0;
  for (let row = 0; row < kind.length; row++) {
    if (kind[row]! < 0) continue;
    const site = ofKind[kind[row]!]!;
    traces.size[at] = size[row]!;
    traces.site[at++] = site;
    liveSize[site]! += size[row]!;
    liveCount[site]! += 1;
  }
  return Snapshot.fromData({ ...data, sites: { ...data.sites, liveSize, liveCount }, traces });
}

function textOf(packed: Packed): Text {
  return JSON.parse(String(packed.get(4))) as Text;
}

/** Numbers what traces have in common: domain, traceback and its whole depth. */
class Kinds {
  /** A trace of each, of no bytes. */
  readonly first: RawTrace[] = [];
  readonly #stacks: ReadonlyMap<number, readonly RawFrame[]>;
  /** By id of a traceback: numbers that its traces have had. */
  readonly #known = new Map<number, number[]>();

  constructor(stacks: readonly Stack[]) {
    this.#stacks = new Map(stacks);
  }

  /** −1 for what the reading of traces has made itself. */
  ofTraces(domain: Column, stack: Column, total: Column): Int32Array {
    return Int32Array.from(stack, (id, row) => this.#of(id, domain[row]!, total[row]!));
  }

  #of(id: number, domain: number, total: number): number {
    let known = this.#known.get(id);
    if (known === undefined) {
      known = [];
      this.#known.set(id, known);
    }
    for (const kind of known) {
      if (kind < 0) return kind;
      const trace = this.first[kind]!;
      if (trace[0] === domain && (trace[3] ?? -1) === total) return kind;
    }
    const frames = this.#stacks.get(id)!;
    const kind = frames[0]?.[0] === ownFile ? -1 : this.first.length;
    if (kind >= 0) this.first.push([domain, 0, frames, total < 0 ? null : total]);
    known.push(kind);
    return kind;
  }
}

/** A copy: the guest's memory moves when it grows. */
function column(packed: Packed, index: number, type: string): Column {
  const array = packed.get(index);
  const buffer = array.getBuffer(type);
  try {
    return buffer.data.slice();
  } finally {
    buffer.release();
    array.destroy();
  }
}
