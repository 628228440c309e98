import { listCapacity } from '../python-sizes/cpython-rules.ts';
import type { GuestStack } from './guest-stack.ts';
import type { NativeMethod, SkulptClass, SkulptHost, SkulptObject } from './host.ts';
import type { Undo } from './undo.ts';

type Items = SkulptObject & { readonly v: readonly unknown[] };
type Dict = SkulptObject & { readonly size: number };
type SetItem = (this: Dict, key: unknown, value: unknown) => unknown;

/**
 * The block of a list's or dict's items belongs to the line that made it grow, as CPython's
 * reallocation has it. Ways to grow that are not seen here (`+=`, slices, sets) leave it to the line
 * that made the container.
 */
export function watchGrowth(Sk: SkulptHost, stack: GuestStack, undo: Undo): void {
  const list = Sk.builtin['list'] as SkulptClass;
  for (const name of ['append', 'extend', 'insert']) {
    const method = list.prototype[name] as NativeMethod | undefined;
    if (method?.d$def === undefined) continue;
    const original = method.d$def.$meth;
    const watched = name === 'append' ? append(original, stack) : grow(original, stack);
    undo.replace(method.d$def, '$meth', () => watched);
    undo.replace(method, '$meth', () => watched);
  }
  const dict = Sk.builtin['dict'] as SkulptClass;
  // Newer versions have another name for it.
  const name = 'set$item' in dict.prototype ? 'set$item' : 'dict$setItem';
  if (!(name in dict.prototype)) return;
  undo.replace(dict.prototype as unknown as Record<string, SetItem>, name, (original) => {
    return function (key, value): unknown {
      const before = this.size;
      const result = original.call(this, key, value);
      if (before !== this.size && isFull(before) && this.$tm! >= stack.base) {
        this.$tmb = stack.stamp();
      }
      return result;
    };
  });
}

function append(original: (...args: unknown[]) => unknown, stack: GuestStack) {
  return function (this: Items, item: unknown): unknown {
    const before = this.v.length;
    const result = original.call(this, item);
    if (this.$tm! >= stack.base && before >= (this.$tmc ?? -1)) moved(this, before, stack);
    return result;
  };
}

function grow(original: (...args: unknown[]) => unknown, stack: GuestStack) {
  return function (this: Items, ...args: unknown[]): unknown {
    const before = this.v.length;
    const result = original.apply(this, args);
    if (this.$tm! >= stack.base && this.v.length > before && this.v.length > (this.$tmc ?? -1)) {
      moved(this, before, stack);
    }
    return result;
  };
}

function moved(list: Items, before: number, stack: GuestStack): void {
  list.$tmb = stack.stamp();
  list.$tmc = listCapacity(list.v.length, Math.max(before, list.$tmc ?? -1));
}

/** Whether a dict's table is full at so many items: at none, and at two thirds of 8, 16, 32 … */
function isFull(items: number): boolean {
  if (items < 5) return items === 0;
  const above = 3 * items + 1;
  return (above & (above - 1)) === 0 || (above & (above + 1)) === 0;
}
