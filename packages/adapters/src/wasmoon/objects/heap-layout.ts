/**
 * Where Lua 5.4 in 32-bit WASM keeps what its collector follows, in bytes from the start of each struct, beside
 * what the frame walk reads. Used only after the self-test found in memory what its program made.
 */
export const lua54Heap = {
  /** `lua_State`: its block begins `before` it; its first call lies in it. */
  thread: { before: 4, calls: 8, stackLast: 24, firstCall: 52, size: 120 },
  /** `CallInfo` of a function with `...`: how many arguments that has. */
  call: { extraArguments: 24 },
  /** `StackValue`s that a stack has beyond its last. */
  extraStack: 5,
  /** `global_State`: the registry, lists of objects, those that wait for their finalizers, metatables by type. */
  globalState: {
    counted: 8,
    debt: 12,
    strings: 32,
    registry: 40,
    lists: [88, 96, 120, 124],
    waiting: 120,
    fixed: 124,
    metatables: 272,
    ownBytes: 744,
  },
  string: { shortLength: 7, longLength: 12, text: 16 },
  table: {
    flags: 6,
    logOfNodes: 7,
    arraySize: 8,
    array: 12,
    nodes: 16,
    lastFree: 20,
    metatable: 24,
    size: 32,
  },
  /** `Node` of a table: the value, and the key beside it. */
  node: { keyTag: 9, key: 16, size: 24 },
  /** `LClosure` and `CClosure`. */
  closure: { count: 6, first: 16 },
  /** `UpVal`: points to its value, in itself or on a stack. */
  upvalue: { value: 8, size: 32 },
  userdata: { count: 6, length: 8, metatable: 12, bare: 16, first: 24 },
  proto: {
    parameters: 6,
    isVariadic: 7,
    upvalueCount: 12,
    constantCount: 16,
    codeCount: 20,
    lineCount: 24,
    protoCount: 28,
    localCount: 32,
    absoluteLineCount: 36,
    lineDefined: 40,
    constants: 48,
    protos: 56,
    upvalues: 60,
    locals: 72,
    source: 76,
    size: 84,
  },
  /** `Upvaldesc`, which begins with its name. */
  upvalueName: { size: 8 },
  /** `LocVar`, which begins with its name: the instructions from and to which it is there. */
  local: { start: 4, end: 8, size: 12 },
} as const;

/** The layout of a build's objects. */
export type HeapLayout = typeof lua54Heap;

/** Tags of objects: Lua's type + 16 × its variant. Values that point to objects have 64 more. */
export const objectTag = {
  shortString: 4,
  longString: 20,
  table: 5,
  luaFunction: 6,
  cFunction: 38,
  userdata: 7,
  thread: 8,
  upvalue: 9,
  proto: 10,
} as const;

/** Tags of values that are no objects. */
export const plainTag = { no: 1, integer: 3, yes: 17, float: 19 } as const;

/** Bit of a value's tag: it points to an object. */
export const pointsToObject = 64;

/** Bit of a table's flags: its array is longer than `arraySize`, up to the next power of two. */
export const isLonger = 128;
