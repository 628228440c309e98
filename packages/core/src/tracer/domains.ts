import { checkDomain, checkInteger, checkOptions, checkString, describe } from '../base/check.ts';
import type { Bytes, DomainRow, LabelRow, TracebackRow, TypeRow } from '../base/units.ts';
import type { BlockStore } from '../table/block-store.ts';
import { PagedBlocks } from '../table/paged-blocks.ts';

/** Takes one live block of a walked domain; `label` is that of when it was allocated, default 0. */
export type EmitBlock = (
  size: Bytes,
  traceback: TracebackRow,
  type: TypeRow,
  label?: LabelRow,
) => void;

/** What a domain of `tracer.domain` is: CPython's domain, with the kind of its ids. */
export type DomainOptions = {
  /** A name for people: `lua`, `brython`, `pymem.obj`. */
  readonly name: string;
  /**
   * What ids are. `address`: where blocks lie. `serial`: numbers, counted up or chosen in any other
   * way. Both are looked up by index where they are dense, and hashed where not. `walked`: there are none, because nobody tells when a
   * block dies; `liveSet` lists what lives whenever somebody asks.
   */
  readonly ids: 'address' | 'serial' | 'walked';
  /** log2 of the alignment of address ids, 0 … 12. Default 3. */
  readonly shift?: number;
  /** CPython's domain number, 0 … 2^32 − 1. Default 0, the guest's own heap. */
  readonly code?: number;
  /** For `walked`: calls back for every live block. */
  readonly liveSet?: (emit: EmitBlock) => void;
};

export type Domain = {
  readonly row: DomainRow;
  readonly name: string;
  readonly code: number;
  store: BlockStore;
  /** The blocks of before a collection that runs now; `null` between collections. */
  collecting: BlockStore | null;
  newStore: () => BlockStore;
  readonly liveSet: ((emit: EmitBlock) => void) | null;
};

/** @throws TypeError or RangeError that names the option. */
export function makeDomain(row: DomainRow, options: DomainOptions): Domain {
  checkOptions('domain', options, ['name', 'ids', 'shift', 'code', 'liveSet']);
  const name = checkString('name', options.name);
  const code = checkDomain('code', options.code ?? 0);
  const shift = checkInteger('shift', options.shift ?? 3, 0, 12);
  const { ids, liveSet = null } = options;
  if (ids !== 'address' && ids !== 'serial' && ids !== 'walked') {
    throw new RangeError(`ids must be 'address', 'serial' or 'walked', got ${describe(ids)}`);
  }
  if ((ids === 'walked') !== (typeof liveSet === 'function')) {
    throw new TypeError(`liveSet must be a function exactly when ids is 'walked'`);
  }
  const newStore = () =>
    ids === 'address' ? new PagedBlocks(shift, ids) : new PagedBlocks(0, 'serial');
  return { row, name, code, store: newStore(), collecting: null, newStore, liveSet };
}
