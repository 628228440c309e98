import type { DomainRow, TracebackRow, Tracer, TypeRow } from '@tracemalloc/core';
import { cpythonDict, emptyDict, isTableFull } from '../../python/sizes/cpython-rules.ts';
import { namesAtStart } from '../code/module-names.ts';
import type { GuestFrame } from '../host.ts';
import type { BlockSlots } from './block-slots.ts';

/**
 * The tables that modules keep their names in. The first one was there before the module ran; a
 * larger one takes its place wherever a name has no room.
 */
export class ModuleTables {
  readonly #tracer: Tracer;
  readonly #domain: DomainRow;
  readonly #slots: BlockSlots;
  readonly #type: TypeRow;
  /** By namespace. */
  #tables = new WeakMap<object, { readonly slot: number; names: number }>();

  constructor(tracer: Tracer, domain: DomainRow, slots: BlockSlots) {
    this.#tracer = tracer;
    this.#domain = domain;
    this.#slots = slots;
    this.#type = tracer.type('dict');
  }

  /** The module that runs in `frame` has bound so many names of its own, the last one at `row`. */
  grow(frame: GuestFrame, names: number, row: TracebackRow): void {
    const [name, namespace, module] = frame;
    // Code of a function, or of `exec`, has no module's names.
    if (name !== module || namespace !== frame[3] || frame.is_exec_top) return;
    const items = names + (module === '__main__' ? namesAtStart.main : namesAtStart.imported);
    if (!isTableFull(items - 1)) return;
    const bytes = cpythonDict(items, true) - emptyDict;
    const known = this.#tables.get(namespace as object);
    if (known === undefined) {
      const slot = this.#slots.take();
      this.#tables.set(namespace as object, { slot, names });
      this.#tracer.alloc(this.#domain, slot, bytes, row, this.#type);
    } else if (known.names < names) {
      known.names = names;
      this.#tracer.realloc(this.#domain, known.slot, known.slot, bytes, row, this.#type);
    }
  }

  /** The tracer has forgotten all blocks. */
  clear(): void {
    this.#tables = new WeakMap();
  }
}
