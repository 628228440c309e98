import { type Assembly, assemble, type Body, call, locals, op } from '../../wasm/assemble.ts';
import type { WasmGlobal } from '../../wasm/web-assembly.ts';

/** Functions of the guest that are looked on, as they were. */
export type Originals = {
  /** `gc_alloc(bytes, flags)`, which gives an address. */
  readonly alloc: unknown;
  /** `gc_free(block)` */
  readonly free: unknown;
  /** `gc_realloc(block, bytes, mayMove)`, which gives an address. */
  readonly realloc: unknown;
  /** `gc_collect_end()`: the sweep. */
  readonly collectEnd: unknown;
  /** `mp_execute_bytecode(state, exception)`: one call of a Python function. */
  readonly execute: unknown;
  /** `mp_obj_malloc_helper(bytes, type)`: a block that is an object. */
  readonly newObject: unknown;
  /** `emscripten_stack_get_current()` */
  readonly stackPointer: unknown;
};

/** What JavaScript hears of: addresses and sizes as WASM has them, signed or not. */
export type ShimEvents = {
  /** `type` is the address of a type, 0 where the block may be anything. */
  readonly allocated: (block: number, bytes: number, type: number) => void;
  /** The guest has freed it, or would have, had it not been collecting. */
  readonly freed: (block: number) => void;
  /** `from` may be 0; `to` is 0 for what failed, or was freed. */
  readonly moved: (from: number, to: number, bytes: number) => void;
  /** What is not in use any more has been swept. */
  readonly collected: () => void;
};

/** The functions to be called in the place of the guest's. */
export type Shim = { readonly [name in Exclude<keyof Originals, 'stackPointer'>]: unknown } & {
  /** How many calls of Python functions are on their way. */
  readonly depth: WasmGlobal;
  /** The type of the object that the next block is for; 0 = of none. */
  readonly type: WasmGlobal;
  /** Of each two words: where the C stack was, and the address of its state; the oldest first. */
  readonly memory: { readonly buffer: ArrayBuffer };
};

const names = ['alloc', 'free', 'realloc', 'collectEnd', 'execute', 'newObject'] as const;
const signatures: Readonly<Record<keyof Originals, string>> = {
  alloc: 'ii:i',
  free: 'i:',
  realloc: 'iii:i',
  collectEnd: ':',
  execute: 'ii:i',
  newObject: 'ii:i',
  stackPointer: ':i',
};
const events = { allocated: 'iii:', freed: 'i:', moved: 'iii:', collected: ':' } as const;

const originalOf = (name: keyof Originals): number => Object.keys(signatures).indexOf(name);
const eventOf = (name: keyof ShimEvents): number =>
  Object.keys(signatures).length + Object.keys(events).indexOf(name);

/** `type` and `bytes`: of the object that a block is being allocated for. */
const globals = ['inside', 'depth', 'type', 'bytes'] as const;
const getGlobal = (name: (typeof globals)[number]): number[] => [
  op.getGlobal,
  globals.indexOf(name),
];
const setGlobal = (name: (typeof globals)[number]): number[] => [
  op.setGlobal,
  globals.indexOf(name),
];
const clear = (name: (typeof globals)[number]): number[] => [...op.constant(0), ...setGlobal(name)];

/** What a call inside another does: what it always did. */
const plainly = (name: keyof Originals, parameters: number): number[] => [
  ...[...getGlobal('inside'), ...op.ifVoid],
  ...[...locals(...Array(parameters).keys()), ...call(originalOf(name)), op.returnNow, op.end],
];

const [first, second, third, fourth] = [0, 1, 2, 3] as const;
/** log2 of the bytes of an entry of the stack, and of its entries in a page. */
const [entryBits, pageBits] = [3, 13];
const hasRoom = [
  ...[...locals(third), ...op.constant(pageBits), op.shiftRight],
  ...[...op.pages, op.lessUnsigned],
];

const bodies: Readonly<Record<(typeof names)[number], Omit<Body, 'signature'>>> = {
  alloc: {
    variables: 1,
    code: [
      ...plainly('alloc', 2),
      ...[...locals(first, second), ...call(originalOf('alloc')), op.tee, third],
      ...[...op.ifVoid, ...locals(third, first)],
      // A finalizer that runs in between may allocate, too.
      ...[...getGlobal('type'), ...op.constant(0)],
      ...[...getGlobal('bytes'), ...locals(first), op.equal, op.select],
      ...[...call(eventOf('allocated')), ...clear('type'), op.end],
      ...locals(third),
    ],
  },
  free: {
    variables: 0,
    code: [
      ...plainly('free', 1),
      ...[...locals(first), ...call(originalOf('free'))],
      ...[...locals(first), ...op.ifVoid, ...locals(first), ...call(eventOf('freed')), op.end],
    ],
  },
  realloc: {
    variables: 1,
    code: [
      ...plainly('realloc', 3),
      ...[...op.constant(1), ...setGlobal('inside')],
      ...[...locals(first, second, third), ...call(originalOf('realloc')), op.set, fourth],
      ...[...clear('inside'), ...locals(first, fourth, second), ...call(eventOf('moved'))],
      ...locals(fourth),
    ],
  },
  collectEnd: {
    variables: 0,
    code: [...call(originalOf('collectEnd')), ...call(eventOf('collected'))],
  },
  execute: {
    variables: 2,
    code: [
      ...[...getGlobal('depth'), op.set, third],
      ...[...call(originalOf('stackPointer')), op.set, fourth],
      // Calls that were left by an error of JavaScript's lie where the C stack is not any more.
      ...[...op.block, ...op.loop, ...locals(third), op.isZero, op.branchIf, 1],
      ...[...locals(third), ...op.constant(1), op.subtract, ...op.constant(entryBits)],
      ...[op.shiftLeft, ...op.load, ...locals(fourth), op.greaterUnsigned, op.branchIf, 1],
      ...[...locals(third), ...op.constant(1), op.subtract, op.set, third],
      ...[op.branch, 0, op.end, op.end],
      ...[...hasRoom, op.isZero, ...op.ifVoid, ...op.constant(1), ...op.grow, op.drop, op.end],
      ...[...hasRoom, ...op.ifVoid],
      ...[...locals(third), ...op.constant(entryBits), op.shiftLeft],
      ...[...locals(fourth), ...op.store(0)],
      ...[...locals(third), ...op.constant(entryBits), op.shiftLeft],
      ...[...locals(first), ...op.store(4)],
      ...[...locals(third), ...op.constant(1), op.add, ...setGlobal('depth'), op.end],
      ...[...locals(first, second), ...call(originalOf('execute')), op.set, fourth],
      ...[...locals(third), ...setGlobal('depth'), ...locals(fourth)],
    ],
  },
  newObject: {
    variables: 1,
    code: [
      ...[...locals(second), ...setGlobal('type'), ...locals(first), ...setGlobal('bytes')],
      ...[...locals(first, second), ...call(originalOf('newObject')), op.set, third],
      ...[...clear('type'), ...locals(third)],
    ],
  },
};

/**
 * Functions of WASM between MicroPython and JavaScript: JavaScript hears of blocks only, and of each once. Calls of Python functions,
 * which are the most frequent, stay in WASM altogether, which keeps a list of those that are on their way.
 */
export function makeShim(originals: Originals, listener: ShimEvents): Shim {
  const imports: Assembly['imports'] = [
    ...Object.entries(signatures).map(
      ([name, signature]) => [originals[name as keyof Originals], signature] as const,
    ),
    ...Object.entries(events).map(
      ([name, signature]) => [listener[name as keyof ShimEvents], signature] as const,
    ),
  ];
  const functions = names.map((name) => ({ signature: signatures[name], ...bodies[name] }));
  const exports = assemble({ imports, functions, globals, pages: 1 });
  const made = Object.fromEntries(names.map((name, i) => [name, exports[String(i)]]));
  const { depth, type, memory } = exports as unknown as Pick<Shim, 'depth' | 'type' | 'memory'>;
  return { ...made, depth, type, memory } as Shim;
}
