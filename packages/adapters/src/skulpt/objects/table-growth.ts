import {
  dictSlots,
  isTableFull,
  setMerged,
  setRoom,
  setSlots,
  usableSlots,
} from '../../python/sizes/cpython-rules.ts';
import type { GuestStack } from '../frames/guest-stack.ts';
import type { Skulpt, SkulptObject } from '../host.ts';
import type { Native, Watch } from './watch.ts';

/** A dict; or what a set has its items in, as the keys of a dict. */
type Table = SkulptObject & { readonly size: number };
/** In newer versions a set has its items in something else, which is left alone. */
type GuestSet = SkulptObject & { v: Table };

/** What sets give their items as values: no Python object, so that no dict has it. */
const inSet = true;

/**
 * Watches what makes dicts and sets grow. `$tmRoom` of a dict is the number of items that it has room
 * for, or, below 0, of an object with slots, of which −1 − `$tmRoom` come before its first attribute;
 * of a set's table the number of its slots.
 */
export function watchTables(Sk: Skulpt, stack: GuestStack, watch: Watch): void {
  const { dict } = Sk.builtin;
  const changing = (original: Native<Table>): Native<Table> =>
    function (key, value): unknown {
      const before = this.size;
      const result = original.call(this, key, value);
      if (before !== this.size) {
        if (value !== inSet) fillDict(this, before, stack);
        else fillSet(this, stack);
      }
      return result;
    };
  watch.member(dict.prototype, 'set$item', changing);
  // The same in newer versions.
  watch.member(dict.prototype, 'dict$setItem', changing);
  watch.method(dict.prototype, 'setdefault', (original: Native<Table>) => {
    return function (...args): unknown {
      const before = this.size;
      const result = original.apply(this, args);
      if (before !== this.size) fillDict(this, before, stack);
      return result;
    };
  });
  watch.method(dict.prototype, 'clear', (original: Native<Table>) => {
    return function (...args): unknown {
      this.$tmRoom = 0;
      return original.apply(this, args);
    };
  });
  watchSets(Sk, stack, watch);
}

/** What a table gets for an item that it has already, about: it is as large again. */
const slotBytes = 32;

function fillDict(table: Table, before: number, stack: GuestStack): void {
  const known = table.$tmRoom ?? 0;
  const isFull = known < 0 ? before === -1 - known : isTableFull(before);
  if (!isFull || !(table.$tmBirth! >= stack.base)) return;
  table.$tmGrowth = stack.stamp('dict growth');
  if (known >= 0) table.$tmRoom = usableSlots(dictSlots(before + 1));
  stack.meter?.charge(slotBytes * before);
}

function fillSet(table: Table, stack: GuestStack): void {
  const slots = table.$tmRoom ?? 8;
  const fill = table.size + (table.$tmLost ?? 0);
  if (fill * 5 < (slots - 1) * 3 || !(table.$tmBirth! >= stack.base)) return;
  table.$tmGrowth = stack.stamp('set growth');
  table.$tmRoom = setRoom(table.size);
  table.$tmLost = 0;
  stack.meter?.charge(slotBytes * table.size);
}

/** What is put into a set from another set at once leaves it smaller than what comes item by item. */
function watchSets({ builtin }: Skulpt, stack: GuestStack, watch: Watch): void {
  const { set } = builtin;
  const { frozenset } = builtin;
  const isSet = (value: unknown): value is GuestSet =>
    (value instanceof set || value instanceof frozenset) && isTable((value as GuestSet).v);
  const merge = (into: GuestSet, before: number, slots: number, from: GuestSet): void => {
    const merged = setMerged(before, slots, from.v.size);
    into.v.$tmRoom = setSlots(into.v.size, merged);
    into.v.$tmLost = 0;
  };
  const leaving = (original: Native<GuestSet>): Native<GuestSet> =>
    function (...args): unknown {
      const table = this.v;
      const { size } = table;
      const result = original.apply(this, args);
      if (table.size < size) table.$tmLost = (table.$tmLost ?? 0) + 1;
      return result;
    };
  watch.method(set.prototype, 'remove', leaving);
  watch.method(set.prototype, 'pop', leaving);
  for (const { prototype } of [set, frozenset]) {
    watch.member(prototype, 'set$discard', leaving);
    watch.member(prototype, 'set$copy', (original: Native<GuestSet>) => {
      return function (): unknown {
        const copy = original.call(this) as GuestSet;
        if (isTable(copy.v)) merge(copy, 0, 8, this);
        return copy;
      };
    });
    watch.member(prototype, 'set$make_basetype', (original: Native<GuestSet>) => {
      return function (other): unknown {
        const made = original.call(this, other);
        if (isSet(made) && isSet(other)) merge(made, 0, 8, other);
        return made;
      };
    });
    watch.member(prototype, 'set$update', (original: Native<GuestSet>) => {
      return function (other): unknown {
        const { size: before, $tmRoom: slots = 8 } = (this.v ?? {}) as Partial<Table>;
        const result = original.call(this, other);
        if (isSet(other) && isSet(this) && this.v.$tmBirth! >= stack.base) {
          merge(this, before ?? 0, slots, other);
        }
        return result;
      };
    });
  }
  watch.member(frozenset.prototype, 'tp$new', (original: Native<unknown>) => {
    return function (...args): unknown {
      const made = original.apply(this, args);
      const source = (args[0] as readonly unknown[])[0];
      if (isSet(made) && isSet(source) && made !== source && made.v !== source.v) {
        merge(made, 0, 8, source);
      }
      return made;
    };
  });
  for (const native of [set, frozenset]) {
    watch.method(native.prototype, 'difference', (original: Native<GuestSet>) => {
      return function (...others): unknown {
        const made = original.apply(this, others);
        // Copied only where there is little to leave out.
        const out = others[0];
        const isCopied = isSet(out) && this.v.size >> 2 > out.v.size;
        if (isSet(made) && !isCopied) made.v.$tmRoom = 8;
        return made;
      };
    });
  }
}

function isTable(value: unknown): value is Table {
  const { size, entries } = (value ?? {}) as { size?: unknown; entries?: unknown };
  return typeof size === 'number' && typeof entries === 'object';
}
