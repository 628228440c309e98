import type { Snapshot } from '@tracemalloc/core';
import type { GuestValue, PythonHost } from './python-host.ts';
import { RawTraces } from './raw-traces.ts';
import { snapshotOfList } from './trace-list.ts';

type Held = {
  readonly snapshot: Snapshot;
  readonly raw: RawTraces;
  /** The items of the guest's list as they were when it was made or read; null without a list. */
  readonly rows: readonly GuestValue[] | null;
};

/** Which core snapshot stands behind a guest's `_Traces` object. Dies with that object. */
export class TraceHolder {
  readonly #host: PythonHost;
  readonly #held: WeakMap<object, Held> = new WeakMap();

  constructor(host: PythonHost) {
    this.#host = host;
  }

  hold(traces: GuestValue, snapshot: Snapshot): void {
    this.#set(traces, snapshot, null);
  }

  /** All traces as a list of the guest, which stands for the same snapshot until it is changed. */
  listOf(traces: GuestValue): GuestValue {
    const held = this.#held.get(traces as object);
    if (held === undefined) return this.#host.list([]);
    const list = held.raw.all();
    this.#held.set(traces as object, { ...held, rows: [...this.#host.items(list)] });
    return list;
  }

  /** The snapshot that `hold` was given, or that was made of the guest's list. */
  held(traces: GuestValue): { readonly snapshot: Snapshot; readonly raw: RawTraces } | undefined {
    return this.#held.get(traces as object);
  }

  /**
   * The snapshot of `traces`, made from the guest's list if there is one; `null` when columns can't
   * hold it (see {@link snapshotOfList}). Cost: O(1) without a list, else O(traces); the list is
   * converted again only when its items changed.
   */
  snapshotOf(traces: GuestValue, list: GuestValue): Snapshot | null {
    const held = this.#held.get(traces as object);
    if (this.#host.kind(list) === 'none') return held?.snapshot ?? null;
    const kind = this.#host.kind(list);
    if (kind !== 'list' && kind !== 'tuple') return null;
    const rows = this.#host.items(list);
    if (held?.rows && sameItems(held.rows, rows)) return held.snapshot;
    const snapshot = snapshotOfList(this.#host, rows, 1);
    if (snapshot !== null) this.#set(traces, snapshot, [...rows]);
    return snapshot;
  }

  #set(traces: GuestValue, snapshot: Snapshot, rows: readonly GuestValue[] | null): void {
    this.#held.set(traces as object, { snapshot, raw: new RawTraces(this.#host, snapshot), rows });
  }
}

function sameItems(a: readonly GuestValue[], b: readonly GuestValue[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
