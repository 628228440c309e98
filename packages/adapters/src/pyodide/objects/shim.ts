import { assemble, type Body } from '../../wasm/assemble.ts';
import {
  type Code,
  get,
  global,
  lessSigned,
  load,
  mul,
  not,
  num,
  or,
  returning,
  set,
  setGlobal,
  sub,
  tee,
  when,
} from '../../wasm/expressions.ts';
import type { LedgerCalls } from '../../wasm/ledger/index.ts';
import type { WasmGlobal } from '../../wasm/web-assembly.ts';
import type { Layout } from '../layout.ts';
import { type FrameQuestions, frameImports, walkCode } from './shim-walk.ts';

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

/** What the shim is made of, besides the allocators that it calls. */
export type ShimParts = {
  /** Told of events one by one, while `isDirect`. */
  readonly events: ShimEvents;
  /** Counts them otherwise. */
  readonly ledger: LedgerCalls;
  readonly frames: FrameQuestions;
  readonly layout: Layout;
  /** The guest's memory; `null` where nobody has it: then all events are told. */
  readonly memory: unknown;
};

const globals = [
  'isInside',
  'isDirect',
  'isExcluded',
  'wasCalled',
  'depth',
  'scratch',
  'current',
] as const;
type ShimGlobal = (typeof globals)[number];

/** The functions to be put in the place of CPython's. */
export type Shim = {
  readonly domains: readonly DomainFunctions[];
  /** Of the type of a `PyRefTracer`. */
  readonly refTracer: unknown;
  /**
   * `isInside`: a call is on its way, so that calls inside it are the allocator's own business. `isDirect`: events are told one by
   * one. `isExcluded`: what is allocated is not recorded. `wasCalled`: set by each allocation. `depth`: frames of the last walk,
   * whose lines and stacks lie in `scratch`. `current`: where the newest frame is.
   */
  readonly globals: Readonly<Record<ShimGlobal, WasmGlobal>>;
};

/** CPython's functions, by the number that events have them by. */
export const allocators: readonly string[] = ['PyMem_Raw', 'PyMem_', 'PyObject_'].flatMap(
  (domain) => ['Malloc', 'Calloc', 'Realloc', 'Free'].map((kind) => domain + kind),
);

/** What an object comes from whose block was another one's before. */
export const freeList = 'free list';

const kinds = ['malloc', 'calloc', 'realloc', 'free'] as const;
const kindSignatures = { malloc: 'ii:i', calloc: 'iii:i', realloc: 'iii:i', free: 'ii:' } as const;
const eventSignatures = { allocated: 'iii:', moved: 'iiii:', freed: 'i:', created: 'i:' } as const;
const ledgerSignatures = {
  flush: ':',
  allocated: 'iii:i',
  freed: 'i:',
  moving: 'ii:',
  moved: 'iiii:i',
  movedAway: 'i:',
  created: 'ii:i',
  retag: 'ii:i',
  tell: 'i:',
  untell: 'i:',
  isKnown: 'i:i',
  lineOf: 'i:i',
  child: 'ii:i',
} as const;

/** Numbers of functions: those of the domains are called, then what the ledger, JavaScript and the walk have; then come our own. */
const ledgerNames = Object.keys(ledgerSignatures) as (keyof typeof ledgerSignatures)[];
const eventNames = Object.keys(eventSignatures) as (keyof typeof eventSignatures)[];
const walkNames = Object.keys(frameImports) as (keyof typeof frameImports)[];
const own = ['walk', 'note', 'noteMoved', 'noteFreed', 'noteCreated'] as const;
const firstLedger = domains.length * kinds.length;
const firstEvent = firstLedger + ledgerNames.length;
const firstWalk = firstEvent + eventNames.length;
const firstOwn = firstWalk + walkNames.length;

const callOf = (index: number, parameters: readonly Code[]): Code => [
  ...parameters.flat(),
  0x10,
  index,
];
const ledger = (name: (typeof ledgerNames)[number], ...parameters: Code[]): Code =>
  callOf(firstLedger + ledgerNames.indexOf(name), parameters);
const tell = (name: (typeof eventNames)[number], ...parameters: Code[]): Code =>
  callOf(firstEvent + eventNames.indexOf(name), parameters);
const ask = (name: (typeof walkNames)[number], ...parameters: Code[]): Code =>
  callOf(firstWalk + walkNames.indexOf(name), parameters);
const our = (name: (typeof own)[number], ...parameters: Code[]): Code =>
  callOf(firstOwn + own.indexOf(name), parameters);
const flag = (name: ShimGlobal): Code => global(globals.indexOf(name));
const setFlag = (name: ShimGlobal, value: Code): Code => setGlobal(globals.indexOf(name), value);

/**
 * CPython's allocator and its reference tracer as functions of WASM. They have a ledger count what happens; where every event is wanted in
 * JavaScript, they tell it, and only what is news: calls inside calls, failed ones, frees of NULL and the ends of objects never leave WASM.
 * CPython's own functions are called without a detour. A program that allocates calls these ten million times a second.
 */
export function makeShim(originals: readonly DomainFunctions[], parts: ShimParts): Shim {
  const { events, frames, memory, layout } = parts;
  const imports: [callable: unknown, signature: string][] = [];
  for (const functions of originals) {
    for (const [k, kind] of kinds.entries()) imports.push([functions[k], kindSignatures[kind]]);
  }
  for (const name of ledgerNames) imports.push([parts.ledger[name], ledgerSignatures[name]]);
  for (const name of eventNames) imports.push([events[name], eventSignatures[name]]);
  for (const name of walkNames) imports.push([frames[name] ?? frames.fail, frameImports[name]]);
  const hasMemory = memory !== null;
  const functions: Body[] = [
    hasMemory
      ? walkCode(layout, { hasTaskStates: frames.thread !== null, ledger, ask, flag, setFlag })
      : { signature: ':i', variables: 0, code: num(-1) },
    ...notes(hasMemory ? layout.objectType : null),
  ];
  for (const domain of domains) {
    for (const [k, kind] of kinds.entries()) {
      functions.push({
        signature: kindSignatures[kind],
        ...hooks[kind](domain * kinds.length + k),
      });
    }
  }
  functions.push({ signature: 'iii:i', variables: 0, code: refTracer });
  const exports = assemble({
    ...{ imports, functions, globals, pages: 0 },
    ...(hasMemory && { memory }),
  });
  const exported = (index: number): unknown => exports[String(index)];
  return {
    domains: domains.map((domain) => {
      const first = own.length + domain * kinds.length;
      return [exported(first), exported(first + 1), exported(first + 2), exported(first + 3)];
    }),
    refTracer: exported(own.length + domains.length * kinds.length),
    globals: Object.fromEntries(
      globals.map((name) => [name, exports[name] as WasmGlobal]),
    ) as Shim['globals'],
  };
}

/** What is done about a call that has succeeded, or that is about to be made. */
function notes(objectType: number | null): Body[] {
  const failUnlessDirect = when(not(flag('isDirect')), ask('fail'));
  /** The number of the stack, to which `then` is done unless it can't be read. */
  const withStack = (stack: number, then: Code): Code => [
    ...set(stack, our('walk')),
    ...when(not(lessSigned(get(stack), num(0))), then),
  ];
  return [
    // (block, size, by)
    {
      signature: 'iii:',
      variables: 1,
      code: [
        ...setFlag('wasCalled', num(1)),
        ...when(
          not(flag('isDirect')),
          when(flag('isExcluded'), ledger('flush'), returning()),
          withStack(3, when(not(ledger('allocated', get(0), get(1), get(3))), returning())),
          failUnlessDirect,
        ),
        ...ledger('tell', get(0)),
        ...tell('allocated', get(0), get(1), get(2)),
      ],
    },
    // (from, to, size, by)
    {
      signature: 'iiii:',
      variables: 1,
      code: [
        ...when(not(get(0)), our('note', get(1), get(2), get(3)), returning()),
        ...when(
          not(flag('isDirect')),
          ledger('moving', get(0), get(1)),
          when(flag('isExcluded'), ledger('movedAway', get(0)), returning()),
          withStack(4, when(not(ledger('moved', get(0), get(1), get(2), get(4))), returning())),
          failUnlessDirect,
        ),
        ...ledger('untell', get(0)),
        ...ledger('tell', get(1)),
        ...tell('moved', get(0), get(1), get(2), get(3)),
      ],
    },
    // (block)
    {
      signature: 'i:',
      variables: 0,
      code: [
        ...when(not(flag('isDirect')), ledger('freed', get(0)), returning()),
        ...when(ledger('isKnown', get(0)), ledger('untell', get(0)), tell('freed', get(0))),
      ],
    },
    // (object)
    {
      signature: 'i:',
      variables: 2,
      code: [
        ...(objectType === null ? [] : countCreated(objectType, withStack, failUnlessDirect)),
        ...when(
          or(
            or(ledger('isKnown', get(0)), ledger('isKnown', sub(get(0), num(8)))),
            ledger('isKnown', sub(get(0), num(16))),
          ),
          tell('created', get(0)),
        ),
      ],
    },
  ];
}

function countCreated(
  objectType: number,
  withStack: (stack: number, then: Code) => Code,
  failUnlessDirect: Code,
): Code {
  const type = load(get(0), objectType);
  return when(
    not(flag('isDirect')),
    when(flag('isExcluded'), returning()),
    when(not(tee(1, ledger('created', get(0), type))), returning()),
    withStack(2, when(not(ledger('retag', get(1), get(2))), returning())),
    failUnlessDirect,
  );
}

const inside = flag('isInside');
const enter = setFlag('isInside', num(1));
const leave = setFlag('isInside', num(0));

/** What a call inside another does: what it always did. */
const plainly = (of: number, parameters: number): Code =>
  when(inside, returning(callOf(of, [...Array(parameters).keys()].map(get))));

const hooks: Readonly<Record<(typeof kinds)[number], (of: number) => Omit<Body, 'signature'>>> = {
  malloc: (of) => ({
    variables: 1,
    code: [
      ...[...plainly(of, 2), ...enter],
      ...when(tee(2, callOf(of, [get(0), get(1)])), our('note', get(2), get(1), num(of))),
      ...[...leave, ...get(2)],
    ],
  }),
  calloc: (of) => ({
    variables: 1,
    code: [
      ...[...plainly(of, 3), ...enter],
      ...when(
        tee(3, callOf(of, [get(0), get(1), get(2)])),
        our('note', get(3), mul(get(1), get(2)), num(of)),
      ),
      ...[...leave, ...get(3)],
    ],
  }),
  realloc: (of) => ({
    variables: 1,
    code: [
      ...[...plainly(of, 3), ...enter],
      ...when(
        tee(3, callOf(of, [get(0), get(1), get(2)])),
        our('noteMoved', get(1), get(3), get(2), num(of)),
      ),
      ...[...leave, ...get(3)],
    ],
  }),
  free: (of) => ({
    variables: 0,
    code: [
      ...[...plainly(of, 2), ...enter],
      ...our('noteFreed', get(1)),
      ...[...callOf(of, [get(0), get(1)]), ...leave],
    ],
  }),
};

/** `(object, event, data) => 0`; event 0 is that an object begins. */
const refTracer: Code = [
  ...when(not(or(get(1), inside)), enter, our('noteCreated', get(0)), leave),
  ...num(0),
];
