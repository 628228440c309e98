import type { Bytes } from '@tracemalloc/core';
import type {
  JsClosure,
  LuaClosure,
  LuaTable,
  LuaText,
  LuaThread,
  Proto,
  UserData,
} from '../host.ts';
import type { Kind } from '../layout.ts';

/**
 * Bytes that the object takes in Lua 5.3 written in C, on 64 bits: fengari's own are the engine's, which tells
 * nobody. What the constructor of a table asks for ahead is not known here: parts have a power of two.
 */
export function sizeOf(object: object, kind: Kind): Bytes {
  return measures[kind](object as never);
}

const measures: { readonly [kind in Kind]: (object: never) => Bytes } = {
  string: ({ realstring }: LuaText) => 25 + realstring.length,
  table: ({ strong }: LuaTable) => {
    const array = arrayPart(strong);
    return 56 + 16 * powerOfTwo(array) + 40 * powerOfTwo(strong.size - array);
  },
  function: (closure: LuaClosure | JsClosure) => 32 + ('p' in closure ? 8 : 16) * closure.nupvalues,
  userdata: ({ len }: UserData) => 40 + (len ?? 0),
  thread: ({ stack }: { readonly stack: LuaThread['stack'] | null }) =>
    208 + 16 * (stack?.length ?? 0),
  proto: ({ code, k, p, lineinfo, locvars, upvalues }: Proto) =>
    120 +
    4 * (code.length + lineinfo.length) +
    8 * p.length +
    16 * (k.length + locvars.length + upvalues.length),
};

/** How many of the keys are 1, 2, 3, … without a gap, or nearly: Lua's border. */
function arrayPart(keys: LuaTable['strong']): number {
  const { size } = keys;
  if (keys.has(size)) return size;
  let [low, high] = [0, size];
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (keys.has(middle)) low = middle;
    else high = middle;
  }
  return low;
}

function powerOfTwo(count: number): number {
  return count < 2 ? count : 2 ** (32 - Math.clz32(count - 1));
}
