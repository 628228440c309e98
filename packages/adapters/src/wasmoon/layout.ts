import { type HeapLayout, lua54Heap } from './objects/heap-layout.ts';

/**
 * Where Lua keeps what the frame walk reads, in bytes from the start of each struct. Nothing of it
 * is public, so a layout is used only for the build that it was read off, and only after the
 * self-test has compared it with Lua's own `lua_getinfo`.
 */
export type Layout = {
  /** `lua_State` */
  readonly thread: {
    readonly status: number;
    readonly top: number;
    readonly globalState: number;
    readonly call: number;
    readonly stack: number;
    readonly hook: number;
    readonly baseHookCount: number;
    readonly hookMask: number;
  };
  /** `CallInfo`; a list, newest first, whose last element is no call. */
  readonly call: {
    readonly func: number;
    readonly top: number;
    readonly previous: number;
    readonly next: number;
    readonly savedPc: number;
    readonly status: number;
    readonly size: number;
  };
  /** `TValue`, an element of the Lua stack. */
  readonly value: { readonly tag: number; readonly size: number };
  readonly luaClosure: { readonly proto: number };
  readonly cClosure: { readonly callback: number; readonly upvalue: number };
  readonly proto: { readonly code: number };
  /** `global_State`: the list of all collectable objects, newest first, linked at offset 0. */
  readonly globalState: { readonly objects: number };
  /** `GCObject`: what kind of object it is. */
  readonly object: { readonly tag: number };
  /** `lua_Debug`, which is public but for its last field. */
  readonly record: {
    readonly name: number;
    readonly what: number;
    readonly source: number;
    readonly sourceLength: number;
    readonly currentLine: number;
    readonly lineDefined: number;
    readonly shortSource: number;
    readonly call: number;
    readonly size: number;
  };
  /** What only the walk over the heap reads. */
  readonly heap: HeapLayout;
};

/** Type tags of values: Lua's type, its variant × 16, and 64 for what the collector owns. */
export const tag = { lightFunction: 22, cClosure: 102, thread: 72, threadObject: 8 } as const;

/** Bit of `CallInfo.callstatus`: the call is one of a C function. */
export const callsC = 2;

/** Lua 5.4 as wasmoon 1.16 has it: 32-bit WASM, 64-bit numbers, stacks moved by offsets. */
export const lua54: Layout = {
  thread: {
    status: 6,
    top: 12,
    globalState: 16,
    call: 20,
    stack: 28,
    hook: 88,
    baseHookCount: 104,
    hookMask: 112,
  },
  call: { func: 0, top: 4, previous: 8, next: 12, savedPc: 16, status: 34, size: 36 },
  value: { tag: 8, size: 16 },
  luaClosure: { proto: 12 },
  cClosure: { callback: 12, upvalue: 16 },
  proto: { code: 52 },
  globalState: { objects: 88 },
  object: { tag: 4 },
  record: {
    name: 4,
    what: 12,
    source: 16,
    sourceLength: 20,
    currentLine: 24,
    lineDefined: 28,
    shortSource: 44,
    call: 104,
    size: 108,
  },
  heap: lua54Heap,
};

/** Known builds, by their version and by the sizes of their objects. */
export const layouts: Readonly<Record<string, Layout>> = {
  'lua 504: thread 120, table 32, proto 84, upvalue 32': lua54,
};
