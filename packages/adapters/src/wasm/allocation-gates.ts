import { assemble, type Body, call, locals, op } from './assemble.ts';
import type { WasmGlobal } from './web-assembly.ts';

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

/** Who is asked. */
export type GateKeeper = {
  /** Whether so many bytes are refused, not 0 = they are. `from` is a block that they take the place of, or 0. */
  isRefused(from: number, bytes: number): number;
  /** Bytes that may be had from now on before anybody is asked again. */
  readonly room: number;
};

const first = 1;
const [inside, room] = [0, 1];
const orElse = 0x05;

/** What a function that moves blocks calls to do so is not asked for. */
const bodyOf = ({ signature, bytes, count, from }: Gated, original: number): Body => {
  const parameters = signature.indexOf(':');
  const through = [...locals(...Array(parameters).keys()), ...call(original)];
  const size = [...locals(bytes), ...(count === undefined ? [] : [...locals(count), op.multiply])];
  const ask = [...(from === undefined ? op.constant(0) : locals(from)), ...size, ...call(0)];
  const isAsked = [op.getGlobal, inside, op.isZero];
  // What there is room for is had without a call.
  const refuse = [
    ...[...op.ifVoid, ...size, op.getGlobal, room, op.greaterUnsigned, ...op.ifVoid],
    ...[...ask, ...op.ifVoid, ...op.constant(0), op.returnNow, op.end, orElse],
    ...[op.getGlobal, room, ...size, op.subtract, op.setGlobal, room, op.end, op.end],
  ];
  if (from === undefined)
    return { signature, variables: 0, code: [...isAsked, ...refuse, ...through] };
  return {
    signature,
    variables: 1,
    code: [
      ...[...isAsked, ...locals(bytes), ...op.constant(0), op.greaterUnsigned, op.and, ...refuse],
      ...[op.getGlobal, inside, op.set, parameters, ...op.constant(1), op.setGlobal, inside],
      ...[...through, ...locals(parameters), op.setGlobal, inside],
    ],
  };
};

/**
 * Functions of WASM in front of those of an allocator, which ask before each call whether it is refused: then they give 0, as
 * an allocator does that has no memory. In the order of `gated`.
 */
export function makeGates(gated: readonly Gated[], keeper: GateKeeper): unknown[] {
  const isRefused = (from: number, bytes: number): number => {
    const refused = keeper.isRefused(from, bytes);
    granted.value = keeper.room;
    return refused;
  };
  const exports = assemble({
    imports: [
      [isRefused, 'ii:i'],
      ...gated.map(({ original, signature }) => [original, signature] as const),
    ],
    functions: gated.map((one, i) => bodyOf(one, first + i)),
    globals: ['inside', 'room'],
    pages: 0,
  });
  const granted = exports['room'] as WasmGlobal;
  return gated.map((_, i) => exports[String(i)]);
}
