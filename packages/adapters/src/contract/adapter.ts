/// <reference lib="esnext.disposable" preserve="true" />
import type { SnapshotMetadata, Traceback, Tracer } from '@tracemalloc/core';
import type { Heap } from '@tracemalloc/core/graph';

/**
 * What an adapter claims to see. It travels in every snapshot, and the conformance suite holds the
 * adapter to it.
 */
export type AdapterCaps = {
  /**
   * How frees are seen. `exact`: when they happen. `gc-sync`: whenever memory is read. `gc-async`:
   * after a turn of the event loop. `lower-bound`: whenever the host cared to collect.
   * `reachable`: by a walk over what lives, whenever memory is read.
   */
  readonly frees: 'exact' | 'gc-sync' | 'gc-async' | 'lower-bound' | 'reachable' | 'none';
  /** Whether a size is what the guest asked for, or a model's guess. */
  readonly sizes: 'exact' | 'modelled';
  /** `exact`: the line being run; `statement`: where its statement begins. */
  readonly lines: 'exact' | 'statement' | 'call' | 'function' | 'none';
  /** Whether the guest is refused what goes beyond `tracer.setLimit`. Left out: no, or the adapter does not say. */
  readonly limits?: boolean;
  /** What the self-test did not see, in words: snapshots lack it. Left out or empty: nothing. */
  readonly missing?: readonly string[];
};

/**
 * What an adapter is while it is attached: the same words on every host. `attachX(host, tracer,
 * options)` gives one; an adapter of an author's own gives what of it its host needs
 * (`Pick<Adapter, 'caps' | 'detach'>` is enough).
 *
 * What `attach` says of a host is the same everywhere:
 * - wrong options: a RangeError or TypeError that names the option, before anything is touched;
 * - attached already: TracemallocError `misuse`;
 * - no such host, or a build in which something that is hooked is missing or is another thing:
 *   TracemallocError `unsupported-host`, after everything is put back ({@link attachOrRestore});
 * - a build that is not known but has all that is hooked: a warning;
 * - what the self-test does not find: a warning, and the capability is off (`caps.missing`,
 *   `caps.lines`). Nothing is misreported, and nothing is thrown.
 *
 * After that, an adapter never throws into the guest.
 */
export type Adapter = {
  /** Where it reports to. */
  readonly tracer: Tracer;
  /** What it can do on this host. */
  readonly caps: AdapterCaps;
  /** Events that something failed in, so that they were not recorded or lack frames. 0 is usual. */
  readonly failures: number;
  /** Takes all hooks out again and leaves the interpreter as it was found. Again: does nothing. */
  detach(): void;
  /** The same at the end of a block: `using adapter = attachBrython($B, tracer)`. */
  [Symbol.dispose](): void;
  /** Calls `work`; what the guest allocates in it is not recorded. Nests. */
  exclude<T>(work: () => T): T;
  /** Leaves a file out that is loaded later: its frames, and what is allocated in them. */
  excludeFile(file: string): void;
  /** Sees frees and sizes now, as well as the host can within a turn. Python: `gc.collect()`. */
  settle(): void;
  /** The same between turns of the event loop: as exactly as the host allows at all. */
  settleLater(): Promise<void>;
  /**
   * Who holds what in the guest, for `takeGraphSnapshot`; left out where the host can't be walked. It is
   * to be walked while nothing of the guest runs, in `exclude`.
   */
  readonly heap?: Heap;
  /** Where a guest value was allocated; `null` when it isn't traced. */
  tracebackOf(value: unknown): Traceback | null;
};

/**
 * Metadata that says of a snapshot who made it and how far its figures go.
 * @param host The interpreter and its version: `brython 3.14.3`.
 * @param adapter Who traced it: a package, or a path in one.
 * @param sizeModel What a size means: `exact`, `cpython64`, …
 * @param more What else there is to say, under keys of the adapter's own.
 */
export function describeAdapter(
  host: string,
  adapter: string,
  sizeModel: string,
  caps: AdapterCaps,
  more: SnapshotMetadata = {},
): SnapshotMetadata {
  return { host, adapter, sizeModel, ...more, liveness: caps.frees, capabilities: { ...caps } };
}
