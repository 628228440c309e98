import { assemble, type Body, call, locals, op } from './assemble.ts';

/** A function of an allocator, and which of its parameters are what. */
export type Gated = {
  readonly original: unknown;
  /** Its types as letters, `iii:i`; it gives an address. */
  readonly signature: string;
  /** Number of the parameter that has the bytes. */
  readonly bytes: number;
  /** Of the one that they are multiplied by. */
  readonly count?: number;
  /** Of the block that is to be moved. */
  readonly from?: number;
};

/** Whether so many bytes are refused, not 0 = they are. `from` is a block that they take the place of, or 0. */
export type IsRefused = (from: number, bytes: number) => number;

const first = 1;

/** What a function that moves blocks calls to do so is not asked for. */
const bodyOf = ({ signature, bytes, count, from }: Gated, original: number): Body => {
  const parameters = signature.indexOf(':');
  const through = [...locals(...Array(parameters).keys()), ...call(original)];
  const ask = [
    ...(from === undefined ? op.constant(0) : locals(from)),
    ...[...locals(bytes), ...(count === undefined ? [] : [...locals(count), op.multiply])],
    ...call(0),
  ];
  const isAsked = [op.getGlobal, 0, op.isZero];
  const refuse = [
    ...op.ifVoid,
    ...ask,
    ...op.ifVoid,
    ...op.constant(0),
    op.returnNow,
    op.end,
    op.end,
  ];
  if (from === undefined)
    return { signature, variables: 0, code: [...isAsked, ...refuse, ...through] };
  return {
    signature,
    variables: 1,
    code: [
      ...[...isAsked, ...locals(bytes), ...op.constant(0), op.greaterUnsigned, op.and, ...refuse],
      ...[op.getGlobal, 0, op.set, parameters, ...op.constant(1), op.setGlobal, 0],
      ...[...through, ...locals(parameters), op.setGlobal, 0],
    ],
  };
};

/**
 * Functions of WASM in front of those of an allocator, which ask before each call whether it is refused: then they give 0, as
 * an allocator does that has no memory. In the order of `gated`.
 */
export function makeGates(gated: readonly Gated[], isRefused: IsRefused): unknown[] {
  const exports = assemble({
    imports: [
      [isRefused, 'ii:i'],
      ...gated.map(({ original, signature }) => [original, signature] as const),
    ],
    functions: gated.map((one, i) => bodyOf(one, first + i)),
    globals: ['inside'],
    pages: 0,
  });
  return gated.map((_, i) => exports[String(i)]);
}
