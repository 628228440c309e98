import {
  type ListSource,
  listExtended,
  listGrown,
  listResized,
  listSplit,
} from '../../python/sizes/cpython-rules.ts';
import type { GuestStack } from '../frames/guest-stack.ts';
import { isSuspension, type Skulpt, type SkulptObject } from '../host.ts';
import type { Native, Watch } from './watch.ts';

type List = SkulptObject & { readonly v: readonly unknown[] };
type SourceOf = (source: unknown) => ListSource;

/** Watches what makes lists grow or shrink, and what makes them with room to spare. */
export function watchLists(Sk: Skulpt, stack: GuestStack, watch: Watch): void {
  const { list } = Sk.builtin;
  const sourceOf = sourceTeller(Sk);
  watchItems(list.prototype, stack, watch);
  watchExtending(list.prototype, stack, sourceOf, watch);
  watchConstructor(list.prototype, stack, sourceOf, watch);
  watchMakers(Sk, sourceOf, watch);
}

/** The items were moved to a block of `room`. */
function moved(items: List, room: number, stack: GuestStack): void {
  items.$tmGrowth = stack.stamp('list growth');
  const more = room - Math.max(0, items.$tmRoom ?? 0);
  items.$tmRoom = room;
  if (more > 0) stack.meter?.charge(8 * more);
}

/** Methods that add or take an item. */
function watchItems(prototype: SkulptObject, stack: GuestStack, watch: Watch): void {
  watch.method(prototype, 'append', (original: Native<List>) => {
    return function (item): unknown {
      const before = this.v.length;
      const result = original.call(this, item);
      if (before >= (this.$tmRoom ?? -1) && this.$tmBirth! >= stack.base) {
        moved(this, listGrown(before + 1, before), stack);
      }
      return result;
    };
  });
  watch.method(prototype, 'insert', (original: Native<List>) => {
    return function (...args): unknown {
      const before = this.v.length;
      const result = original.apply(this, args);
      if (before >= (this.$tmRoom ?? -1) && this.$tmBirth! >= stack.base) {
        moved(this, listGrown(before + 1, before), stack);
      }
      return result;
    };
  });
  /** A list gives room back when less than half of it is needed. */
  const shrinking = (original: Native<List>): Native<List> =>
    function (...args): unknown {
      const before = this.v.length;
      const result = original.apply(this, args);
      const { length } = this.v;
      const room = this.$tmRoom ?? before;
      if (this.$tmRoom === undefined || length < room >> 1 || length === 0) {
        if (this.$tmBirth! >= stack.base)
          this.$tmRoom = length === 0 ? 0 : listResized(length, before, room);
      }
      return result;
    };
  watch.method(prototype, 'pop', shrinking);
  watch.method(prototype, 'remove', shrinking);
  watch.member(prototype, 'del$subscript', shrinking);
  watch.method(prototype, 'clear', (original: Native<List>) => {
    return function (...args): unknown {
      this.$tmRoom = 0;
      return original.apply(this, args);
    };
  });
}

/** `extend`, `+=` and assignments to a slice. */
function watchExtending(
  prototype: SkulptObject,
  stack: GuestStack,
  sourceOf: SourceOf,
  watch: Watch,
): void {
  const extending = (original: Native<List>): Native<List> =>
    function (source, ...rest): unknown {
      const before = this.v.length;
      const result = original.call(this, source, ...rest);
      if (isSuspension(result) || !(this.$tmBirth! >= stack.base)) return result;
      const known = this.$tmRoom ?? before;
      const room = listExtended(this.v.length, before, known, sourceOf(source));
      if (room !== known) moved(this, room, stack);
      return result;
    };
  watch.method(prototype, 'extend', extending);
  watch.member(prototype, 'sq$inplace_concat', extending);
  watch.member(prototype, 'nb$inplace_add', extending);
  const resizing = (original: Native<List>): Native<List> =>
    function (...args): unknown {
      const before = this.v.length;
      const known = this.$tmRoom ?? before;
      const result = original.apply(this, args);
      if (!(this.$tmBirth! >= stack.base)) return result;
      const { length } = this.v;
      const room = length === 0 ? 0 : listResized(length, before, known);
      if (room !== known) moved(this, room, stack);
      this.$tmRoom = room;
      return result;
    };
  watch.member(prototype, 'ass$slice', resizing);
  watch.member(prototype, 'sq$inplace_repeat', resizing);
  watch.member(prototype, 'nb$inplace_multiply', resizing);
}

function watchConstructor(
  prototype: SkulptObject,
  stack: GuestStack,
  sourceOf: SourceOf,
  watch: Watch,
): void {
  watch.init(prototype, (original: Native<List>) => {
    return function (...args): unknown {
      const result = original.apply(this, args);
      const source = (args[0] as readonly unknown[] | undefined)?.[0];
      if (source !== undefined && !isSuspension(result) && this.$tmBirth! >= stack.base) {
        this.$tmRoom = listExtended(this.v.length, 0, 0, sourceOf(source));
      }
      return result;
    };
  });
}

/** Functions that make lists with room to spare. */
function watchMakers(Sk: Skulpt, sourceOf: SourceOf, watch: Watch): void {
  const { list } = Sk.builtin;
  const isList = (value: unknown): value is List => value instanceof list;
  watch.member(Sk.builtins?.['sorted'] ?? {}, '$meth', (original: Native<unknown>) => {
    return function (...args): unknown {
      const made = original.apply(this, args);
      if (isList(made)) made.$tmRoom = listExtended(made.v.length, 0, 0, sourceOf(args[0]));
      return made;
    };
  });
  const text = Sk.builtin.str;
  const splitting = (original: Native<unknown>): Native<unknown> =>
    function (...args): unknown {
      const made = original.apply(this, args);
      if (isList(made)) {
        const [separator, maxsplit] = args;
        const room = listSplit(textLength(this), textLength(separator), numberOf(maxsplit));
        made.$tmRoom = listGrown(made.v.length, room);
      }
      return made;
    };
  watch.method(text.prototype, 'split', splitting);
  watch.method(text.prototype, 'rsplit', splitting);
  watch.method(text.prototype, 'splitlines', (original: Native<unknown>) => {
    return function (...args): unknown {
      const made = original.apply(this, args);
      if (isList(made)) made.$tmRoom = 0;
      return made;
    };
  });
}

/** 0 for None. */
function textLength(text: unknown): number {
  return String((text as SkulptObject | undefined)?.v ?? '').length;
}

/** `maxsplit`, −1 where it is left out. */
function numberOf(value: unknown): number {
  return Number((value as SkulptObject | undefined)?.v ?? value ?? -1);
}

/** Tells how CPython would know the length of what a list is made or extended from. */
function sourceTeller({ builtin }: Skulpt): SourceOf {
  const sequences = new Set<unknown>([builtin.list, builtin.tuple]);
  const tables = new Set<unknown>([builtin.set, builtin.frozenset, builtin.dict]);
  const views = new Set(['dict_keys', 'dict_values', 'dict_items']);
  return (source) => {
    const guestClass = (source as SkulptObject | undefined)?.ob$type;
    if (sequences.has(guestClass)) return 'list or tuple';
    const prototype = guestClass?.prototype;
    const name = prototype?.tp$name ?? '';
    if (tables.has(guestClass) || views.has(name)) return 'set or dict';
    if (prototype !== undefined && 'sq$length' in prototype) return 'of known length';
    return name.endsWith('iterator') ? 'of known length' : 'of unknown length';
  };
}
