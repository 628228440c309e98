import { assemble, type Body as WholeBody } from '../../wasm/assemble.ts';
import { unsigned } from '../../wasm/bytes.ts';
import type { WasmGlobal } from '../../wasm/web-assembly.ts';

/** CPython's allocator domains, in its order: `PYMEM_DOMAIN_RAW`, `_MEM` and `_OBJ`. */
export const domains = [0, 1, 2] as const;

/** The functions of one domain, in the order of `PyMemAllocatorEx` after its context. */
export type DomainFunctions = readonly [
  malloc: unknown,
  calloc: unknown,
  realloc: unknown,
  free: unknown,
];

/** What is called for what happened: addresses and sizes as WASM has them, signed or not. */
export type ShimEvents = {
  readonly allocated: (block: number, size: number, by: number) => void;
  /** `from` may be 0. `by` is a row of {@link allocators}, here and there. */
  readonly moved: (from: number, to: number, size: number, by: number) => void;
  /** Before it is. */
  readonly freed: (block: number) => void;
  /** An object begins: `_Py_NewReference`. */
  readonly created: (object: number) => void;
};

/** The functions to be put in the place of CPython's. */
export type Shim = {
  readonly domains: readonly DomainFunctions[];
  /** Of the type of a `PyRefTracer`. */
  readonly refTracer: unknown;
  /** 1 while a call is on its way: calls inside it are the allocator's own business. */
  readonly isInside: WasmGlobal;
  /** Counts a block among those whose end is told. */
  readonly mark: (block: number) => void;
  /** Counts it no more. */
  readonly unmark: (block: number) => void;
  /** Not 0 for a block that counts. */
  readonly isKnown: (block: number) => number;
};

/** CPython's functions, by the number that events have them by. */
export const allocators: readonly string[] = ['PyMem_Raw', 'PyMem_', 'PyObject_'].flatMap(
  (domain) => ['Malloc', 'Calloc', 'Realloc', 'Free'].map((kind) => domain + kind),
);

/** What an object comes from whose block was another one's before. */
export const freeList = 'free list';

const i32 = 0x7f;
/** Of the memory for the bits of blocks, which grows. */
const firstPages = 16;
const [ifVoid, end, call, get, set, tee, local, constant] = [
  [0x04, 0x40],
  0x0b,
  0x10,
  0x23,
  0x24,
  0x22,
  0x20,
  0x41,
];
const returnCode = 0x0f;

const types = {
  malloc: 'ii:i',
  calloc: 'iii:i',
  realloc: 'iii:i',
  free: 'ii:',
  allocated: 'iii:',
  moved: 'iiii:',
  event: 'i:',
  test: 'i:i',
} as const;

type TypeName = keyof typeof types;
const kinds = ['malloc', 'calloc', 'realloc', 'free'] as const;

const inside = [get!, 0];
const enter = [constant!, 1, set!, 0];
const leave = [constant!, 0, set!, 0];
const locals = (...indices: number[]): number[] => indices.flatMap((index) => [local!, index]);

/** Numbers of the imported functions: those of the domains, then the events. */
const original = (domain: number, kind: number): number => domain * kinds.length + kind;
const event = domains.length * kinds.length;
/** Numbers of the functions that follow the imports. */
const [mark, unmark, isKnown] = [0, 1, 2].map((i) => unsigned(event + 4 + i)) as [
  number[],
  number[],
  number[],
];

/**
 * Of the blocks that were told of a bit each is kept, in a memory of the functions' own, since most objects of many programs are
 * made in blocks that were there before, and live in CPython's free lists.
 *
 * CPython's allocator and its reference tracer as functions of WASM that tell JavaScript what happened, and only that: calls
 * inside calls, failed ones, frees of NULL and the ends of objects never leave WASM, and CPython's own functions are called
 * without a detour. A program that allocates calls these ten million times a second.
 */
export function makeShim(originals: readonly DomainFunctions[], events: ShimEvents): Shim {
  const imports: [callable: unknown, signature: string][] = [];
  const addImport = (value: unknown, type: TypeName): void => {
    imports.push([value, types[type]]);
  };
  for (const functions of originals) {
    for (const [k, kind] of kinds.entries()) addImport(functions[k], kind);
  }
  addImport(events.allocated, 'allocated');
  addImport(events.moved, 'moved');
  addImport(events.freed, 'event');
  addImport(events.created, 'event');
  const functions: WholeBody[] = [
    { signature: types.event, ...known.mark },
    { signature: types.event, ...known.unmark },
    { signature: types.test, ...known.isKnown },
  ];
  const own = functions.length;
  for (const domain of domains) {
    const bodyOf = (kind: number) => code[kinds[kind]!](original(domain, kind));
    for (const [k, kind] of kinds.entries()) {
      functions.push({ signature: types[kind], ...bodyOf(k) });
    }
  }
  functions.push({ signature: types.realloc, ...refTracer });
  const exports = assemble({ imports, functions, globals: ['inside'], pages: firstPages });
  const exported = (index: number): unknown => exports[String(index)];
  return {
    domains: domains.map((domain) => {
      const first = own + domain * kinds.length;
      return [exported(first), exported(first + 1), exported(first + 2), exported(first + 3)];
    }),
    refTracer: exported(own + domains.length * kinds.length),
    isInside: exports['inside'] as WasmGlobal,
    mark: exported(0) as Shim['mark'],
    unmark: exported(1) as Shim['unmark'],
    isKnown: exported(2) as Shim['isKnown'],
  };
}

type Body = Omit<WholeBody, 'signature'>;

/** What a call inside another does: what it always did. */
const plainly = (of: number, parameters: number): number[] => [
  ...[...inside, ...ifVoid!],
  ...[...locals(...Array(parameters).keys()), call!, ...unsigned(of), returnCode, end!],
];

const code: Readonly<Record<(typeof kinds)[number], (of: number) => Body>> = {
  malloc: (of) => ({
    variables: 1,
    code: [
      ...plainly(of, 2),
      ...[...enter, ...locals(0, 1), call!, ...unsigned(of), tee!, 2],
      ...[
        ...ifVoid!,
        ...locals(2),
        call!,
        ...mark,
        ...[...locals(2, 1), constant!, of],
        call!,
        ...unsigned(event),
        end!,
      ],
      ...[...leave, ...locals(2)],
    ],
  }),
  calloc: (of) => ({
    variables: 1,
    code: [
      ...plainly(of, 3),
      ...[...enter, ...locals(0, 1, 2), call!, ...unsigned(of), tee!, 3],
      ...[...ifVoid!, ...locals(3), call!, ...mark],
      ...[...locals(3, 1, 2), 0x6c, constant!, of, call!, ...unsigned(event), end!],
      ...[...leave, ...locals(3)],
    ],
  }),
  realloc: (of) => ({
    variables: 1,
    code: [
      ...plainly(of, 3),
      ...[...enter, ...locals(0, 1, 2), call!, ...unsigned(of), tee!, 3],
      ...[...ifVoid!, ...locals(1), call!, ...unmark, ...locals(3), call!, ...mark],
      ...[...locals(1, 3, 2), constant!, of, call!, ...unsigned(event + 1), end!],
      ...[...leave, ...locals(3)],
    ],
  }),
  free: (of) => ({
    variables: 0,
    code: [
      ...plainly(of, 2),
      ...enter,
      ...[...locals(1), call!, ...isKnown, ...ifVoid!],
      ...[...locals(1), call!, ...unmark, ...locals(1), call!, ...unsigned(event + 2), end!],
      ...[...locals(0, 1), call!, ...unsigned(of), ...leave],
    ],
  }),
};

/** `object` less what may lie before it in its block. */
const before = (bytes: number): number[] => [...locals(0), constant!, bytes, 0x6b];

/** `(object, event, data) => 0`; event 0 is that an object begins. */
const refTracer: Body = {
  variables: 0,
  code: [
    ...[...locals(1), ...inside, 0x72, 0x45, ...ifVoid!],
    ...[...locals(0), call!, ...isKnown, ...before(8), call!, ...isKnown, 0x72],
    ...[...before(16), call!, ...isKnown, 0x72, ...ifVoid!],
    ...[...enter, ...locals(0), call!, ...unsigned(event + 3), ...leave, end!],
    ...[end!, constant!, 0],
  ],
};

/** A bit for every 8 bytes: where its byte is, and what it is in it. */
const byteOf = [...locals(0), constant!, 6, 0x76];
const bitOf = [constant!, 1, ...locals(0), constant!, 3, 0x76, constant!, 7, 0x71, 0x74];
const loadByte = [0x2d, 0, 0];
const storeByte = [0x3a, 0, 0];
/** Bytes that there is room for. */
const room = [0x3f, 0, constant!, 16, 0x74];
const isInRoom = [...byteOf, ...room, 0x49];

const known: Readonly<Record<'mark' | 'unmark' | 'isKnown', Body>> = {
  mark: {
    variables: 0,
    code: [
      // As many pages more as it takes, and some; without them it is as if the block were not known.
      ...[...isInRoom, 0x45, ...ifVoid!],
      ...[...byteOf, constant!, 16, 0x76, 0x3f, 0, 0x6b, constant!, 8, 0x6a, 0x40, 0, 0x1a, end!],
      ...[...isInRoom, ...ifVoid!],
      ...[...byteOf, ...byteOf, ...loadByte, ...bitOf, 0x72, ...storeByte, end!],
    ],
  },
  unmark: {
    variables: 0,
    code: [
      ...[...isInRoom, ...ifVoid!, ...byteOf, ...byteOf, ...loadByte],
      ...[...bitOf, constant!, 0x7f, 0x73, 0x71, ...storeByte, end!],
    ],
  },
  isKnown: {
    variables: 0,
    code: [
      ...[...isInRoom, 0x04, i32, ...byteOf, ...loadByte, ...bitOf, 0x71, 0x05, constant!, 0, end!],
    ],
  },
};
