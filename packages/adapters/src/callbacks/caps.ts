import type { SnapshotMetadata } from '@tracemalloc/core';

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
};

/** What every adapter is when it is attached. */
export type Adapter = {
  readonly caps: AdapterCaps;
  /** Takes all hooks out again and leaves the interpreter as it was found. */
  detach(): void;
};

/** Metadata that says of a snapshot who made it and how far its figures go. */
export function describeAdapter(
  host: string,
  adapter: string,
  sizeModel: string,
  caps: AdapterCaps,
): SnapshotMetadata {
  return { host, adapter, sizeModel, liveness: caps.frees, capabilities: { ...caps } };
}
